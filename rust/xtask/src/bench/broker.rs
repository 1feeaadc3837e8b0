//! `cargo xtask bench broker`: events a second and their way to a handler, beside NATS JetStream that syncs as well.
//!
//! Both run as a process of their own on the same disk. Publishers wait for the word that an event is on disk before
//! they send the next; subscribers acknowledge each. Publishers and subscribers are threads of this program.

mod http;
mod load;
mod nats;
mod server;

use std::path::Path;
use std::process::ExitCode;

use self::load::{Load, Measured};
use super::{Bench, exit};
use crate::console::out as say;

/// How often each case runs: the figure is the median.
const RUNS: usize = 3;

/// What is measured: a name, subscribers, publishers, events of each, and how many a second in all.
const CASES: &[(&str, Load)] = &[
    ("1 subscriber", Load::burst(1, 64, 400)),
    ("5 subscribers", Load::burst(5, 64, 200)),
    (
        "1 subscriber, 1,000 events/s",
        Load::paced(1, 4, 1000, 1000),
    ),
];

/// Measures, and prints a table.
pub(crate) fn run(root: &Path) -> ExitCode {
    exit(Bench::new(root).and_then(|bench| bench.broker()))
}

impl Bench<'_> {
    fn broker(&self) -> Result<(), String> {
        self.cargo(&["build", "--release", "--locked", "-p", "ingenium-cli"])?;
        let ingenium = self.target.join("release/ingenium");
        let nats = crate::nats::install(self.root, &self.target)?;
        let folder = self.target.join("tmp/broker");
        say("\n| Case | Broker | Events/s | Ratio | p50 µs | p99 µs |");
        say("|---|---|---:|---:|---:|---:|");
        for (name, load) in CASES {
            let own = median(|| load.run(&http::start(&ingenium, &folder, load.subscribers)?))?;
            let peer = median(|| load.run(&nats::start(&nats, &folder, load.subscribers)?))?;
            print(name, "Ingenium", &own, &peer);
            print(name, "NATS JetStream, sync always", &peer, &peer);
        }
        Ok(())
    }
}

/// The run in the middle, by events a second.
fn median(run: impl Fn() -> Result<Measured, String>) -> Result<Measured, String> {
    let mut runs = (0..RUNS).map(|_| run()).collect::<Result<Vec<_>, _>>()?;
    runs.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    Ok(runs.swap_remove(RUNS / 2))
}

fn print(case: &str, broker: &str, measured: &Measured, peer: &Measured) {
    let [half, most] = measured.latency.map(|latency| latency.as_micros());
    say(format!(
        "| {case} | {broker} | {:.0} | {:.2} | {half} | {most} |",
        measured.rate,
        measured.rate / peer.rate
    ));
}
