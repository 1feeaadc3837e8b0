//! `cargo xtask durability`: what the broker promises, tried on the real binary, and judged by somebody else.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bench::Bench;
pub(crate) use power::guest;
use report::Report;

use crate::{console, program};

mod bench;
mod beside;
mod checker;
mod faults;
mod file;
mod greedy;
mod kill;
mod ledger;
mod page;
mod power;
mod process;
mod publisher;
mod report;
mod scene;
mod slow;
mod subscriber;
mod term;
mod wire;

/// What is tried, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Options {
    /// One of [`HARNESSES`], `quick`, or all with the page.
    what: Option<String>,
    kills: u32,
    restarts: u32,
    connections: u32,
    cuts: power::Cuts,
    seed: u64,
    /// Run the unoptimised binary.
    dev: bool,
}

const HARNESSES: [&str; 6] = ["kill", "power", "faults", "term", "slow", "greedy"];

/// What the stage of `cargo xtask test` runs: small sizes, no page.
const QUICK: &str = "quick";

impl Options {
    fn parse(arguments: &[&str]) -> Result<Self, String> {
        let (what, options) = match arguments {
            [first, rest @ ..] if !first.starts_with("--") => (Some(*first), rest),
            all => (None, all),
        };
        if let Some(what) = what
            && what != QUICK
            && !HARNESSES.contains(&what)
        {
            let names = HARNESSES.join(", ");
            return Err(format!(
                "`{what}` is nothing that is tried: use {names}, {QUICK}, or no name for all"
            ));
        }
        let is_quick = what == Some(QUICK);
        let mut parsed = Self {
            what: what.map(ToOwned::to_owned),
            kills: if is_quick { 30 } else { 100 },
            restarts: if is_quick { 20 } else { 200 },
            connections: 10_000,
            cuts: power::Cuts {
                own: if is_quick { 6 } else { 100 },
                suppressed: if is_quick { 1 } else { 5 },
                peers: if is_quick { 0 } else { 20 },
            },
            seed: 1,
            dev: is_quick,
        };
        for pair in options.chunks(2) {
            let &[name, value] = pair else {
                return Err(format!("`{}` needs a value", pair[0]));
            };
            if name == "--profile" && ["dev", "release"].contains(&value) {
                parsed.dev = value == "dev";
                continue;
            }
            let number: u32 = value.parse().map_err(|_| {
                format!("{name} is `{value}`: expected a whole number below 4294967296")
            })?;
            match name {
                "--kills" => parsed.kills = number,
                "--restarts" => parsed.restarts = number,
                "--connections" => parsed.connections = number,
                "--cuts" => parsed.cuts.own = number,
                "--suppress-syncs" => parsed.cuts.suppressed = number,
                "--peers" => parsed.cuts.peers = number,
                "--seed" => parsed.seed = number.into(),
                other => {
                    return Err(format!(
                        "`{other}` is no option: use --kills, --restarts, --connections, --cuts, --suppress-syncs, --peers, --seed, --profile"
                    ));
                }
            }
        }
        Ok(parsed)
    }
}

/// Tries what the arguments name; the first broken promise ends it.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> ExitCode {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(message) => {
            console::err(message);
            return ExitCode::from(2);
        }
    };
    match attempt(root, &options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            console::out(format!("durability: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn attempt(root: &Path, options: &Options) -> Result<(), String> {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target: PathBuf = target.map_or_else(|| root.join("target"), Into::into);
    let bench = Bench {
        program: program::build(root, options.dev)?,
        scratch: target.join("durability"),
        seed: options.seed,
    };
    let is_quick = options.what.as_deref() == Some(QUICK);
    let names: Vec<&str> = match options.what.as_deref() {
        None => HARNESSES.to_vec(),
        Some(QUICK) => vec!["kill", "power", "faults", "term"],
        Some(one) => vec![one],
    };
    let mut reports = Vec::new();
    for name in names {
        if is_quick
            && name == "power"
            && let Err(message) = power::prepare(&bench)
        {
            // It needs a Debian package, and leave to trace processes: not every container has both.
            console::out(format!("\nPower cuts: NOT TRIED: {message}"));
            continue;
        }
        let report = harness(&bench, root, &target, options, name)
            .map_err(|message| format!("{name}: {message}"))?;
        report.print();
        reports.push(report);
    }
    if options.what.is_none() {
        page::write(root, options.dev, &reports)?;
    }
    Ok(())
}

fn harness(
    bench: &Bench,
    root: &Path,
    target: &Path,
    options: &Options,
    name: &str,
) -> Result<Report, String> {
    match name {
        "kill" => kill::run(bench, options.kills),
        "power" => power::run(bench, root, target, options.cuts),
        "faults" => faults::run(bench, options.what.as_deref() == Some(QUICK)),
        "term" => term::run(bench, options.restarts),
        "greedy" => greedy::run(bench),
        _ => slow::run(bench, options.connections),
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn arguments_are_read_or_refused_by_name() {
        let all = Options::parse(&[]).expect("all");
        assert_eq!((all.what, all.kills, all.dev), (None, 100, false));
        let quick = Options::parse(&["quick"]).expect("quick");
        assert_eq!((quick.kills, quick.restarts, quick.dev), (30, 20, true));
        let words = ["kill", "--kills", "7", "--seed", "3", "--profile", "dev"];
        let kill = Options::parse(&words).expect("kill");
        assert_eq!((kill.kills, kill.seed, kill.dev), (7, 3, true));
        let words = [
            "power",
            "--cuts",
            "7",
            "--suppress-syncs",
            "2",
            "--peers",
            "0",
        ];
        let cuts = Options::parse(&words).expect("power").cuts;
        assert_eq!((cuts.own, cuts.suppressed, cuts.peers), (7, 2, 0));
        for (arguments, problem) in [
            (&["sink"][..], "`sink` is nothing that is tried"),
            (&["kill", "--kills"], "`--kills` needs a value"),
            (&["kill", "--kills", "-1"], "--kills is `-1`"),
            (&["kill", "--kill", "1"], "`--kill` is no option"),
            (&["--profile", "fast"], "--profile is `fast`"),
        ] {
            let refused = Options::parse(arguments).expect_err("refused");
            assert!(refused.contains(problem), "{arguments:?}: {refused}");
        }
    }
}
