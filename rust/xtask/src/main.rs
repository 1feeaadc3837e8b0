//! Developer commands: setup, generate, test; holds the tidy tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod agreement;
mod bench;
mod console;
mod durability;
mod endurance;
mod generate;
mod languages;
mod memory;
mod nats;
mod program;
mod release;
mod setup;
mod test;
#[cfg(test)]
mod tidy;

const USAGE: &str = "\
Developer commands of this repository

Usage: cargo xtask <COMMAND>

Commands:
  setup               Install what the tests need beside Rust, or say how
  test                Run every check: what CI runs
  agreement [--inputs N] [--seed N]
                      Put generated payloads before the decoders and the jsonschema crate: all must agree
  bench               How fast the judge is, as ratios to its peers in the same run
  bench recording     How fast a recording of a million events is judged, as a ratio to ajv
  bench backtest      How fast a backtest is, next to other engines that have to give the same answers
  bench broker [one|five|paced|batch|components|backlog]... [--events N]
                      How fast the embedded broker is, next to NATS JetStream and RabbitMQ; how fast the reference
                      components are over it; and how it bears N events, ten million unless said: `backlog` takes ten
                      minutes and nine gigabytes, and has to be named
  bench languages     How fast the packages of other languages are, as ratios to their peers
  durability [kill|power|faults|term|slow|greedy|quick] [--kills N] [--restarts N] [--connections N]
             [--cuts N] [--suppress-syncs N] [--peers N] [--seed N] [--profile dev|release]
                      Kill the broker, cut its power, break its disk, end it and flood it, and let an independent
                      checker judge; all of it, without a name: rewrites docs/durability.md
  endurance [--runs N] [--kills N] [--bars N] [--seed N] [--profile dev|release]
                      Run `ingenium up` again and again, undisturbed and killed at random
  generate [--check]  Write every generated file and print what changed
                      With --check write nothing and exit 1 if a file is stale
  foreign [--times N] [NAME...]
                      Put the components of conformance/examples before the judge, and a mutant of each
  languages [--check] [--others] [--samples N] [LANG...]
                      Put the packages of all languages through all proofs, and write docs/reference/languages.md;
                      with --others, what other people's generators make: docs/reference/other-generators.md
  release <VERSION>   Freeze the contract into schemas/released/<VERSION>/, if it keeps every earlier promise
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["setup"] => match setup::run(&root()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                console::err(&message);
                ExitCode::FAILURE
            }
        },
        ["test"] => test::run(&root()),
        ["agreement", ref options @ ..] => agreement::run(&root(), options),
        ["bench"] => bench::run(&root()),
        ["bench", "recording"] => bench::recording::run(&root()),
        ["bench", "backtest"] => bench::backtest::run(&root()),
        ["bench", "broker", ref options @ ..] => bench::broker::run(&root(), options),
        ["bench", "languages"] => languages::speed(&root()),
        ["durability", ref options @ ..] => durability::run(&root(), options),
        // What a machine runs whose power is cut; of no use elsewhere.
        ["power-guest", folder] => durability::guest(Path::new(folder)),
        ["endurance", ref options @ ..] => match endurance::Options::parse(options) {
            Ok(options) => endurance::run(&root(), options),
            Err(message) => {
                console::err(&message);
                ExitCode::from(2)
            }
        },
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["foreign", ref options @ ..] => languages::foreign(&root(), options),
        ["languages", ref options @ ..] => languages::run(&root(), options),
        ["release", version] => release::run(&root(), version),
        ["help" | "--help" | "-h"] => {
            console::out(USAGE.trim_end());
            ExitCode::SUCCESS
        }
        _ => {
            console::err(USAGE.trim_end());
            ExitCode::from(2)
        }
    }
}

/// The folder that holds the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
