//! One run, from the first process to the report.

mod inputs;
mod lanes;
mod options;
mod repeat;
mod selection;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ingenium_runtime::clock;
use ingenium_types::scalar::UtcTimestamp;
use tokio::time::Instant;

use crate::broker::judge_broker;
use crate::broker::row::Against;
use crate::case::{Case, Instance, Profile};
use crate::catalogue;
use crate::conduct::conduct;
use crate::exchanges;
use crate::habits::Habits;
use crate::journal::Journal;
use crate::judge::{judge, set_aside};
use crate::report::{CheckResult, Report, Subject, Verdict};
use crate::role::Role;
use crate::scene::Scene;
use crate::stage::{Shared, Stage};
use crate::stimulus::Stimuli;
use crate::target::{self, Place};
use crate::telemetry::Telemetry;

use inputs::Inputs;
use lanes::play;
pub use options::Options;
use repeat::repeat;
use selection::{Selection, aside, is_about_everything};

/// How long an effect may take after its acknowledgement: it is usually there before.
const EFFECT_WITHIN: Duration = Duration::from_secs(5);

/// Where a run keeps what the component says and needs, and what shows that it is the run's.
const COMPONENT: &str = "component";
const MARK: &str = ".ingenium-conform";

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The component did not start.
    #[error(transparent)]
    Target(#[from] target::Error),
    /// The runner cannot write or listen.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// An embedded case file is malformed.
    #[error("{0}")]
    Case(String),
    /// Nothing is left to judge.
    #[error("the role {role} has no check in profile {profile} that is named {}; `ingenium conform list` shows them", only.join(" or "))]
    Nothing {
        /// The role.
        role: Role,
        /// The profile.
        profile: Profile,
        /// What was asked for.
        only: Vec<String>,
    },
    /// A value cannot be used.
    #[error("{0}")]
    Usage(String),
}

/// Told how far a run has come.
pub trait Progress: Send + Sync {
    /// So many checks are going to be played.
    fn begun(&self, checks: usize);

    /// A check has been played; it is judged at the end, with everything that was seen.
    fn done(&self, case: &Case);
}

/// Nobody looks.
impl Progress for () {
    fn begun(&self, _: usize) {}

    fn done(&self, _: &Case) {}
}

/// Judges one component, and leaves `exchanges.ndjson` and the component's output in the folder.
///
/// # Errors
/// [`Error`] when there was nothing to judge; a component that is judged badly is a report, not an error.
pub async fn run(options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let begun = Instant::now();
    let started = clock::now();
    if options.role == Role::Ingestor && matches!(options.place, Place::Url(_)) {
        let problem = "an ingestor runs to its end: write its command after `--`, not --url";
        return Err(Error::Usage(problem.to_owned()));
    }
    let selection = Selection::of(options)?;
    let cases = &selection.cases;
    let files = own_folder(&options.output)?;
    let telemetry = Telemetry::start()
        .await
        .map_err(system(Path::new("telemetry receiver")))?;
    let seed = options.seed.unwrap_or_else(|| seed_of(started));
    let token = format!("T{seed:08x}");
    if options.role == Role::Broker {
        progress.begun(cases.len());
        let url = telemetry.url();
        let judged = Box::pin(judge_broker(cases, options, &files, &token, url, progress)).await;
        telemetry.stop().await;
        let judged = judged?;
        let mut checks = judged.checks;
        options.baseline.apply(&mut checks, &day(started));
        not_scored(&mut checks)?;
        let counts = (judged.arrivals, judged.sent);
        return Ok(report(
            options,
            checks,
            counts,
            seed,
            started,
            begun.elapsed(),
        ));
    }
    let shared = Arc::new(Shared {
        role: options.role,
        place: options.place.clone(),
        stimuli: if options.live {
            Stimuli::live(&token, started, options.role)
        } else {
            Stimuli::recorded(&token)
        },
        journal: Journal::default(),
        output: files,
        telemetry: telemetry.url(),
        fixture: None,
        sink_listen: options.sink_listen,
        patience: options.effect_within.unwrap_or(EFFECT_WITHIN),
        answer_within: options.answer_within.unwrap_or(target::ANSWER_WITHIN),
        habits: Habits::default(),
        instances: std::sync::atomic::AtomicUsize::new(0),
    });
    progress.begun(cases.len());
    let scenes = Box::pin(play(cases, &shared, options, progress)).await;
    let posted = telemetry.stop().await;
    let scenes = scenes?;
    let mut inputs = Inputs::gather(&shared, options, started, posted)?;
    let (cases, scenes): (Vec<&Case>, Vec<Option<Scene>>) = cases
        .iter()
        .zip(scenes)
        .filter(|(case, _)| selection.is_judged(case))
        .unzip();
    let mut checks = verdicts(&cases, &scenes, &inputs, options);
    rerun_alone(&cases, &mut checks, &shared, options, &mut inputs, started).await?;
    options.baseline.apply(&mut checks, &day(started));
    not_scored(&mut checks)?;
    let file = options.output.join("exchanges.ndjson");
    exchanges::write(&file, &inputs.deliveries, &inputs.emissions, inputs.refused)
        .map_err(system(&file))?;
    let counts = (inputs.emissions.len(), inputs.deliveries.len());
    Ok(report(
        options,
        checks,
        counts,
        seed,
        started,
        begun.elapsed(),
    ))
}

/// The day of a moment.
fn day(moment: UtcTimestamp) -> String {
    moment.to_string().chars().take(10).collect()
}

/// What the contract's version does not ask for is reported, and not scored.
fn not_scored(checks: &mut [CheckResult]) -> Result<(), Error> {
    let requirements = catalogue::requirements().map_err(Error::Case)?;
    for check in checks {
        if !requirements.checks.contains(&check.id) && !check.verdict.is_good() {
            check.reason = format!(
                "{}: not asked for by contract {}, and not scored",
                check.verdict.word(),
                requirements.contract
            );
            check.verdict = Verdict::Info;
        }
    }
    Ok(())
}

fn verdicts(
    cases: &[&Case],
    scenes: &[Option<Scene>],
    inputs: &Inputs,
    options: &Options,
) -> Vec<CheckResult> {
    let evidence = inputs.evidence();
    cases
        .iter()
        .zip(scenes)
        .map(|(case, scene)| match (aside(case, options), scene) {
            (Some((verdict, reason)), _) => set_aside(case, verdict, &reason),
            (None, Some(scene)) => {
                let mut result = judge(case, scene, &evidence, options.strict);
                // A source may go on as long as it likes; what only answers is seen whole, or not judged whole.
                let unseen = inputs.refused > 0 && options.role != Role::Source;
                if unseen && result.verdict == Verdict::Pass && is_about_everything(case) {
                    result.verdict = Verdict::Inconclusive;
                    result.reason = format!(
                        "it emitted more than the runner records: {} emissions were refused with 429",
                        inputs.refused
                    );
                }
                result
            }
            (None, None) => set_aside(case, Verdict::Harness, "the case was not done"),
        })
        .collect()
}

/// What failed beside others is done once more, alone: a machine that was too busy is no fault of the component's.
async fn rerun_alone(
    cases: &[&Case],
    checks: &mut [CheckResult],
    shared: &Arc<Shared>,
    options: &Options,
    inputs: &mut Inputs,
    started: UtcTimestamp,
) -> Result<(), Error> {
    for (case, check) in cases.iter().zip(checks.iter_mut()) {
        let timed = case.instance != Instance::Shared && !case.steps.is_empty();
        // A rule about everything that was emitted has found what it has found: alone there is less to find.
        let found = check.verdict == Verdict::Fail && is_about_everything(case);
        let set_aside = aside(case, options).is_some();
        if !timed || found || set_aside || check.verdict.is_good() || inputs.emissions.is_empty() {
            continue;
        }
        let alone = Arc::new(shared.apart(shared.output.join("alone")));
        std::fs::create_dir_all(&alone.output).map_err(system(&alone.output))?;
        let mut stage = Stage::open(&alone).await?;
        let scene = conduct(case, &mut stage).await?;
        stage.close().await;
        let again = Inputs::gather(&alone, options, started, Vec::new())?;
        let second = judge(case, &scene, &again.evidence(), options.strict);
        if second.verdict.is_good() {
            check.verdict = Verdict::Flaky;
            check.reason = "it failed beside other checks and passed alone".to_owned();
        }
    }
    Ok(())
}

fn report(
    options: &Options,
    mut checks: Vec<CheckResult>,
    (emissions, deliveries): (usize, usize),
    seed: u64,
    started: UtcTimestamp,
    took: Duration,
) -> Report {
    let conformant = checks.iter().all(|check| check.verdict.is_good());
    for check in &mut checks {
        if !check.verdict.is_good() || check.verdict == Verdict::Warn {
            check.repeat = repeat(options, &check.id, seed);
        } else {
            check.hint.clear();
        }
    }
    let version = ingenium_contract::CONTRACT_VERSION;
    // What runs already cannot be killed, stopped and started, and what is known to fail fails.
    let is_whole = options.only.is_empty()
        && matches!(options.place, Place::Command(_))
        && !checks.iter().any(|check| check.verdict == Verdict::Xfail);
    let claim = (conformant && is_whole).then(|| match options.role {
        Role::Broker => {
            let against = Against::of_class(options.class.as_deref()).name();
            format!("Ingenium {version} broker as {against}")
        }
        role => format!("Ingenium {version} {role} {}", options.profile),
    });
    Report {
        contract: version.to_owned(),
        contract_digest: ingenium_contract::CONTRACT_DIGEST.to_owned(),
        runner: env!("CARGO_PKG_VERSION").to_owned(),
        role: options.role,
        subject: match &options.place {
            Place::Command(command) => Subject::Command(command.clone()),
            Place::Url(url) => Subject::Url(url.clone()),
        },
        profile: options.profile,
        strict: options.strict,
        seed,
        started: started.to_string(),
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        emissions,
        deliveries,
        conformant,
        claim,
        checks,
    }
}

/// A run of its own for every moment; what was stored under another run's ids must not be mistaken for this one's.
fn seed_of(started: UtcTimestamp) -> u64 {
    let nanoseconds = u64::try_from(started.as_nanoseconds()).unwrap_or_default();
    (nanoseconds / 1_000_000) & 0xffff_ffff
}

/// The folder for what the component says and needs, empty. What an earlier run left there goes; what somebody else has
/// put there does not.
fn own_folder(output: &Path) -> Result<PathBuf, Error> {
    let folder = output.join(COMPONENT);
    let mark = folder.join(MARK);
    if folder.exists() {
        if !mark.is_file() {
            return Err(Error::Usage(format!(
                "{} is not a folder of an earlier run, and is left alone: choose another --dir",
                folder.display()
            )));
        }
        std::fs::remove_dir_all(&folder).map_err(system(&folder))?;
    }
    std::fs::create_dir_all(&folder).map_err(system(&folder))?;
    std::fs::write(
        &mark,
        "Written by `ingenium conform`, which empties this folder.\n",
    )
    .map_err(system(&mark))?;
    Ok(folder)
}

fn system(what: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let what = what.display().to_string();
    move |source| Error::System { what, source }
}
