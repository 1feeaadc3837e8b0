//! The judge judged: sound components pass, each mutant fails exactly the checks that name it, and each check that is
//! scored has a mutant that fails it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::case::{Case, Level};
use crate::catalogue;
use crate::mutant::{Fault, LATER, NONE, SOUND, of_role};
use crate::report::{CheckResult, Report, Verdict};
use crate::role::Role;
use crate::run::{Error, Options, run};
use crate::target::Place;

/// The limit that the slow mutant breaks.
const READY_WITHIN: Duration = Duration::from_secs(1);

/// What senders show to a broker.
const TOKEN: &str = "conformance";

/// The component that accepts everything and does nothing.
const NULL: &str = "M-NULL";

/// A component that must pass.
#[derive(Debug, Clone)]
pub struct Sound {
    /// Its role.
    pub role: Role,
    /// Its name in the matrix.
    pub name: String,
    /// The command that starts it.
    pub command: Vec<String>,
}

/// What to test the judge with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The command that starts a mutant; `--role ROLE --as NAME` is added.
    pub mutant: Vec<String>,
    /// Components that must pass.
    pub sound: Vec<Sound>,
    /// Where reports go.
    pub output: PathBuf,
    /// How many run at once.
    pub at_once: usize,
}

/// What one component came to.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its role.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// What is wrong with it; nothing for a sound one.
    pub what: Option<&'static str>,
    /// The checks that are to fail.
    pub declared: BTreeSet<String>,
    /// The checks that failed, warnings included.
    pub failed: BTreeSet<String>,
    /// What a sound one is said to have done.
    pub why: Vec<String>,
}

impl Row {
    /// Whether it is as declared.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.declared == self.failed
    }
}

/// Which component failed which checks.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The components, sound ones first.
    pub rows: Vec<Row>,
    /// The checks that are scored, without a mutant that fails them.
    pub without_killer: Vec<String>,
    /// What the component that does nothing passed although it is about what is done.
    pub passed_by_null: Vec<String>,
}

/// Runs all mutants and all sound components.
///
/// # Errors
/// The first component that could not be judged at all.
pub async fn self_test(options: &Plan) -> Result<Matrix, Error> {
    let cases = catalogue::cases().map_err(Error::Case)?;
    let mut subjects: Vec<Subject> = options.sound.iter().map(Subject::sound).collect();
    for role in Role::ALL {
        subjects.extend(
            sound(role)
                .into_iter()
                .chain(of_role(role))
                .map(|fault| Subject::mutant(fault, &options.mutant, &cases)),
        );
    }
    let slots = Arc::new(Semaphore::new(options.at_once.max(1)));
    let mut running = JoinSet::new();
    for (place, subject) in subjects.into_iter().enumerate() {
        let (slots, output) = (Arc::clone(&slots), options.output.clone());
        running.spawn(async move {
            let slot = slots.acquire_owned().await;
            let report = subject.judge(&output).await;
            drop(slot);
            (place, subject, report)
        });
    }
    let mut judged = Vec::new();
    while let Some(one) = running.join_next().await {
        match one {
            Ok(one) => judged.push(one),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    judged.sort_by_key(|(place, ..)| *place);
    // A machine that is too busy turns haste into patience: a mutant that was not caught is judged alone.
    for (_, subject, report) in &mut judged {
        let survived = subject.what.is_some()
            && report.as_ref().is_ok_and(|report| {
                let row = subject.clone().row(report);
                row.failed.is_subset(&row.declared) && !row.holds()
            });
        if survived {
            *report = subject.judge(&options.output.join("alone")).await;
        }
    }
    let mut rows = Vec::new();
    let mut passed_by_null = Vec::new();
    for (_, subject, report) in judged {
        let report = report?;
        if subject.name == NULL {
            passed_by_null = passed_about_effects(&report);
        } else {
            rows.push(subject.row(&report));
        }
    }
    let killed: BTreeSet<&String> = rows.iter().flat_map(|row| &row.failed).collect();
    let without_killer = cases
        .iter()
        .filter(|case| case.level != Level::Info)
        .flat_map(scored)
        .map(|(id, _)| id)
        .filter(|id| !killed.contains(id))
        .collect();
    Ok(Matrix {
        rows,
        without_killer,
        passed_by_null,
    })
}

/// The sound components of a role: a broker once for each class, others once for each feature.
fn sound(role: Role) -> Vec<Fault> {
    let none = Fault::named(role, NONE);
    let classes: &[Option<&'static str>] = match role {
        Role::Source => &[],
        Role::Broker => &[None, Some("Kafka"), Some("MTChannelBasedBroker")],
        _ => &[None],
    };
    let of_feature = none.and_then(|fault| match role {
        Role::Portfolio => Some(Fault {
            margin: true,
            ..fault
        }),
        Role::Executor => Some(Fault {
            live: true,
            ..fault
        }),
        _ => None,
    });
    let as_class = |class: &Option<&'static str>| {
        none.map(|fault| Fault {
            class: *class,
            ..fault
        })
    };
    let later = match role {
        Role::Strategy | Role::Portfolio | Role::Executor => Fault::named(role, LATER),
        _ => None,
    };
    let plain = classes.iter().filter_map(as_class);
    plain.chain(of_feature).chain(later).collect()
}

/// What is judged by itself, and which mutants fail it: a check, or each of its rows.
fn scored(case: &Case) -> Vec<(String, &[String])> {
    if case.rows.is_empty() {
        return vec![(case.id.clone(), &case.killed_by)];
    }
    let rows = case.rows.iter();
    rows.map(|row| (format!("{}/{}", case.id, row.id), row.killed_by.as_slice()))
        .collect()
}

/// What came of it.
fn results(check: &CheckResult) -> Vec<(&str, Verdict)> {
    if check.rows.is_empty() {
        return vec![(&check.id, check.verdict)];
    }
    let rows = check.rows.iter();
    rows.map(|row| (row.id.as_str(), row.verdict)).collect()
}

/// What is held against a component, in full.
fn said(report: &Report) -> Vec<String> {
    let checks = report
        .checks
        .iter()
        .filter(|check| !check.verdict.is_good());
    checks
        .flat_map(|check| {
            let rows = check.rows.iter().flat_map(|row| &row.violations);
            check.violations.iter().chain(rows)
        })
        .map(|violation| format!("{}\n{}", violation.message, violation.bytes))
        .collect()
}

/// What says something about emissions, and was passed without any.
fn passed_about_effects(report: &Report) -> Vec<String> {
    // Answers alone can be right without an effect.
    const ANSWERS: [&str; 6] = ["RCV-04", "RCV-07", "RCV-11", "RCV-14", "OPS-01", "OPS-05"];
    report
        .checks
        .iter()
        .filter(|check| check.verdict.is_good() && check.verdict != Verdict::Skip)
        .filter(|check| !ANSWERS.contains(&check.id.as_str()))
        .filter(|check| check.level == Level::Must)
        .map(|check| check.id.clone())
        .collect()
}

#[derive(Debug, Clone)]
struct Subject {
    role: Role,
    name: String,
    what: Option<&'static str>,
    live: bool,
    strict: bool,
    margin: bool,
    class: Option<&'static str>,
    command: Vec<String>,
    declared: BTreeSet<String>,
}

impl Subject {
    fn sound(sound: &Sound) -> Self {
        Self {
            role: sound.role,
            name: sound.name.clone(),
            what: None,
            live: false,
            strict: false,
            margin: false,
            class: None,
            command: sound.command.clone(),
            declared: BTreeSet::new(),
        }
    }

    fn mutant(fault: Fault, start: &[String], cases: &[Case]) -> Self {
        let mut command = start.to_vec();
        let words = ["--role", fault.role.name(), "--as", fault.name];
        command.extend(words.map(ToOwned::to_owned));
        if fault.live {
            command.push("--live".to_owned());
        }
        if fault.margin {
            command.push("--margin".to_owned());
        }
        if fault.role == Role::Broker {
            let words = ["--state", "{state}", "--token", TOKEN];
            command.extend(words.map(ToOwned::to_owned));
        }
        Self {
            role: fault.role,
            name: fault.name.to_owned(),
            what: (!SOUND.contains(&fault.name)).then_some(fault.what),
            live: fault.live,
            strict: fault.strict,
            margin: fault.margin,
            command,
            class: fault.class,
            declared: cases
                .iter()
                .filter(|case| case.roles.contains(&fault.role))
                .flat_map(scored)
                .filter(|(_, killed_by)| killed_by.iter().any(|name| name == fault.name))
                .map(|(id, _)| id)
                .collect(),
        }
    }

    /// What it claims.
    fn claims(&self) -> Vec<String> {
        let claims = [
            (self.role == Role::Broker, "replay"),
            (self.live, "live"),
            (self.margin, "margin"),
        ];
        let made = claims.into_iter().filter(|(made, _)| *made);
        made.map(|(_, claim)| claim.to_owned()).collect()
    }

    async fn judge(&self, output: &std::path::Path) -> Result<Report, Error> {
        let mut class = self
            .class
            .map_or_else(String::new, |class| format!("-{class}"));
        for claim in self.claims() {
            class = format!("{class}-{claim}");
        }
        let name = self.name.replace('/', "-");
        let folder = output.join(format!("{}-{name}{class}", self.role));
        let options = Options {
            live: self.live,
            strict: self.strict,
            claims: self.claims(),
            class: self.class.map(ToOwned::to_owned),
            token: (self.role == Role::Broker).then(|| TOKEN.to_owned()),
            ready_within: (self.name == "M-SLOW-START").then_some(READY_WITHIN),
            ..Options::new(self.role, Place::Command(self.command.clone()), folder)
        };
        Box::pin(run(&options, &())).await
    }

    fn row(self, report: &Report) -> Row {
        let fails = |verdict: Verdict| {
            !matches!(
                verdict,
                Verdict::Pass | Verdict::Info | Verdict::Skip | Verdict::NotExercised
            )
        };
        let bad = |verdict: Verdict| !verdict.is_good();
        let is_mutant = self.what.is_some();
        let failed = report
            .checks
            .iter()
            .flat_map(results)
            // A sound component may be warned; a mutant is told from it by the warning.
            .filter(|(_, verdict)| {
                if is_mutant {
                    fails(*verdict)
                } else {
                    bad(*verdict)
                }
            })
            .map(|(id, _)| id.to_owned())
            .collect();
        Row {
            role: self.role,
            name: self.name,
            what: self.what,
            declared: self.declared,
            why: if is_mutant { Vec::new() } else { said(report) },
            failed,
        }
    }
}

impl Matrix {
    /// What is not as it should be, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self
            .rows
            .iter()
            .filter(|row| !row.holds())
            .map(|row| {
                format!(
                    "{} {} fails {:?}, declared {:?} {}",
                    row.role,
                    row.name,
                    row.failed,
                    row.declared,
                    row.why.join("; ")
                )
            })
            .collect();
        let mut say = |ids: &[String], what: &str| {
            if !ids.is_empty() {
                problems.push(format!("{what}: {}", ids.join(", ")));
            }
        };
        say(&self.without_killer, "checks that no mutant fails");
        say(
            &self.passed_by_null,
            "checks that a component passes that does nothing",
        );
        problems
    }

    /// The counts that matter, in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let (mutants, sound): (Vec<&Row>, Vec<&Row>) =
            self.rows.iter().partition(|row| row.what.is_some());
        let survivors = mutants.iter().filter(|row| row.failed.is_empty()).count();
        let astray = mutants.iter().filter(|row| !row.holds()).count();
        let false_failures = sound.iter().filter(|row| !row.holds()).count();
        format!(
            "{} mutants: {survivors} not killed, {astray} not as declared; scored checks without killer: {}; {} sound \
             components: {false_failures} false failures",
            mutants.len() + 1,
            self.without_killer.len(),
            sound.len()
        )
    }

    /// The matrix as a page: by check, by mutant.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        let mut killers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.what.is_some()) {
            for id in &row.failed {
                let name = format!("{} `{}`", row.role, row.name);
                killers.entry(id).or_default().push(name);
            }
        }
        page.push_str("| Check | Failed by |\n|---|---|\n");
        for (id, mut names) in killers {
            names.sort();
            let check = id.split('/').next().unwrap_or_default();
            let link = format!("[{id}](../../conformance/checks/{check}.md)");
            page.push_str(&format!("| {link} | {} |\n", names.join(", ")));
        }
        page.push_str("\n| Role | Mutant | What is wrong with it | Fails |\n|---|---|---|---|\n");
        for row in self.rows.iter().filter(|row| row.what.is_some()) {
            let failed: Vec<&str> = row.failed.iter().map(String::as_str).collect();
            let (role, name, what) = (row.role, &row.name, row.what.unwrap_or_default());
            page.push_str(&format!(
                "| {role} | `{name}` | {what} | {} |\n",
                failed.join(" ")
            ));
        }
        page
    }
}
