//! Several brokers under the same loads, run by run in turns: what else this machine does hits all of them.

use super::load::{Load, Measured};
use super::server::Server;
use crate::console::out as say;

/// How often each broker runs a load: the figure is the median.
const RUNS: usize = 3;

/// A load, what it is called, and what is wanted of each contestant's row.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) load: Load,
    pub(super) wanted: &'static [&'static str],
}

/// A broker that is started anew for each run, with as many subscribers.
pub(super) struct Contestant<'a> {
    name: &'static str,
    start: Box<dyn Fn(usize) -> Result<Server, String> + 'a>,
}

impl<'a> Contestant<'a> {
    pub(super) fn new(
        name: &'static str,
        start: impl Fn(usize) -> Result<Server, String> + 'a,
    ) -> Self {
        Self {
            name,
            start: Box::new(start),
        }
    }
}

/// Measures, and prints a table; the first contestant is compared with each of the others.
pub(super) fn race(cases: &[Case], contestants: &[Contestant<'_>]) -> Result<(), String> {
    say("\n| Case | Broker | Events/s | Ingenium is faster by | p50 µs | p99 µs | Wanted |");
    say("|---|---|---:|---:|---:|---:|---|");
    for case in cases {
        let mut runs: Vec<Vec<Measured>> = contestants.iter().map(|_| Vec::new()).collect();
        for _ in 0..RUNS {
            for (contestant, runs) in contestants.iter().zip(&mut runs) {
                let server = (contestant.start)(case.load.subscribers)
                    .map_err(|error| format!("{}: {error}", contestant.name))?;
                let run = case.load.run(&server);
                runs.push(run.map_err(|error| format!("{}: {error}", contestant.name))?);
            }
        }
        let medians: Vec<Measured> = runs.into_iter().map(median).collect();
        let wanted = case.wanted.iter().chain(std::iter::repeat(&""));
        for ((contestant, measured), wanted) in contestants.iter().zip(&medians).zip(wanted) {
            let own = medians.first().unwrap_or(measured);
            print([case.name, contestant.name, wanted], measured, own);
        }
    }
    Ok(())
}

/// The run in the middle, by events a second; latencies by themselves, as at a given rate all runs have that rate.
fn median(mut runs: Vec<Measured>) -> Measured {
    let middle = runs.len() / 2;
    let mut latency = [0, 1].map(|which| {
        let mut all: Vec<_> = runs.iter().map(|run| run.latency[which]).collect();
        all.sort_unstable();
        all[middle]
    });
    latency.sort_unstable();
    runs.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let rate = runs.swap_remove(middle).rate;
    Measured { rate, latency }
}

fn print([case, broker, wanted]: [&str; 3], measured: &Measured, own: &Measured) {
    let [half, most] = measured.latency.map(|latency| latency.as_micros());
    let ratio = if std::ptr::eq(measured, own) {
        String::new()
    } else {
        format!("{:.2} ×", own.rate / measured.rate)
    };
    say(format!(
        "| {case} | {broker} | {:.0} | {ratio} | {half} | {most} | {wanted} |",
        measured.rate,
    ));
}
