//! SIGKILL at random moments, again and again, on one file.

use std::thread::sleep;
use std::time::Duration;

use super::bench::Bench;
use super::process::Process;
use super::report::{Report, row};
use super::scene::{self, KEYS, PUBLISHERS};
use super::subscriber::{Failing, Subscriber};

/// A process lives for at most so long after it listens, in milliseconds.
const LIFE: u64 = 350;

/// One start of so many is killed before it listens.
const EARLY: u32 = 8;

pub(super) fn run(bench: &Bench, kills: u32) -> Result<Report, String> {
    let folder = bench.folder("kill")?;
    let none = Duration::ZERO;
    let subscribers = [
        Subscriber::bind("steady", Failing::Never, none)?,
        Subscriber::bind("errors", Failing::Errors, none)?,
        Subscriber::bind("late", Failing::Late, none)?,
        Subscriber::bind("hangs-up", Failing::HangsUp, none)?,
    ];
    let mut random = bench.random();
    let played = scene::play(
        &bench.program,
        &folder,
        &subscribers,
        &mut random,
        |process, ledger, random| {
            let mut process = process;
            let mut early = 0;
            for kill in 1..=kills {
                // The moment of a kill is to be any: that is what is tried.
                sleep(Duration::from_millis(random.u64(20..LIFE)));
                ledger.moved(None);
                process.kill()?;
                if kill.is_multiple_of(EARLY) {
                    early += 1;
                    process = Process::start(&bench.program, &folder, &[])?;
                    sleep(Duration::from_millis(random.u64(..100)));
                    process.kill()?;
                }
                process = Process::start(&bench.program, &folder, &[])?;
                ledger.moved(Some(process.address()?));
            }
            Ok((process, early))
        },
    )?;
    let counts = played.counts;
    let early = played.result;
    let mut table = vec![row([&"what", &"count"])];
    table.push(row([&"kills while serving", &kills]));
    table.push(row([&"kills during a start", &early]));
    table.push(row([&"events acknowledged", &counts.acknowledged]));
    table.push(row([&"sent again by a publisher", &played.sent_again]));
    table.push(row([&"rows in the file", &counts.stored]));
    table.push(row([&"deliveries received", &counts.deliveries]));
    table.push(row([
        &"deliveries repeated (at least once)",
        &counts.repeated,
    ]));
    for what in [
        "**lost**",
        "**stored twice**",
        "**altered**",
        "**inversions**",
        "**never delivered**",
    ] {
        table.push(row([&what, &"**0**"]));
    }
    Ok(Report {
        title: "Kill",
        text: format!(
            "202 means on disk; the same event again is stored once; the order of a key holds for each Trigger; every event \
             reaches every Trigger at least once.\n\n\
             {PUBLISHERS} publishers send events of {KEYS} keys, resend the same bytes until there is a 202, tell some events \
             once more, and contradict some (422). Four Triggers: one subscriber takes everything, one answers one delivery in \
             ten with 500 or 503, one too late, one hangs up. The process is killed with SIGKILL after up to {LIFE} ms, also \
             while it starts, and started again on the same file. At the end a checker that shares no code with the broker \
             compares what was acknowledged, what was received, and the rows as SQLite reads them; then \
             `ingenium broker check`."
        ),
        table,
        command: format!("cargo xtask durability kill --kills {kills}"),
    })
}
