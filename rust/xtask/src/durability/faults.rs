//! A disk that fails: errors that `strace` injects into the system calls of the real binary.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::bench::Bench;
use super::checker::{self, Event, Observed, Sent};
use super::file;
use super::process::Process;
use super::report::{Report, row};
use super::wire::{self, Connection};

/// Which sync fails; `strace` counts each of the two calls by itself. The first few belong to a new file, the others to the write-ahead log; whenever that has a thousand
/// pages there is one of the file itself in between, as its log is folded into it.
const QUICK: &[u32] = &[1, 2, 3, 4, 9, 10, 11, 12, 16, 30];
const ALL: &[u32] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, 52, 60, 80, 120,
];

/// Writes that find no room, from the first to the last.
const FULL: &[(u32, u32)] = &[(40, 70), (300, 300), (400, 450)];

/// The file itself: it is behind its write-ahead log, which is kept until a sync of the file has succeeded.
const DATABASE: &str = "file";

/// The write-ahead log, with nothing in it that an earlier sync has not put on disk.
const SYNCED: &str = "write-ahead log, synced before";

/// Where they lie.
const FOLDER: &str = "folder";

/// Events are sent until the fault has shown itself, and no more than so many.
const MOST: u64 = 150;

/// How many more are sent after it has.
const AFTER: u32 = 20;

pub(super) fn run(bench: &Bench, quick: bool) -> Result<Report, String> {
    let mut table = vec![row([
        &"fault",
        &"of",
        &"acknowledged before",
        &"the answer",
        &"acknowledged after",
        &"the process",
        &"after a restart",
    ])];
    let mut refused_names = 0;
    // SQLite has its own call where the system knows it; the broker's sync of the folder is the other's first then.
    let both = (if quick { QUICK } else { ALL }).iter();
    let faults = both.map(|number| ("fsync,fdatasync", *number));
    for (calls, number) in faults.chain([("fsync", 1)]) {
        let fault = format!("{calls}:error=EIO:when={number}");
        let name = match calls {
            "fsync" => format!("fsync {number}: EIO"),
            _ => format!("sync {number}: EIO"),
        };
        let (row, is_refused_name) = sync_error(bench, &fault, &name)?;
        refused_names += u32::from(is_refused_name);
        table.push(row);
    }
    if refused_names == 0 {
        return Err("no start was refused whose folder could not be synced".to_owned());
    }
    for &(first, last) in FULL {
        let fault = format!("pwrite64:error=ENOSPC:when={first}..{last}");
        table.push(full_disk(
            bench,
            &fault,
            &format!("writes {first} to {last}: ENOSPC"),
        )?);
    }
    let mut text = String::new();
    write!(
        text,
        "After a sync that failed nothing is acknowledged any more: the kernel may have dropped the pages, and the next sync \
         would succeed without them. The process answers 503, ends with an error, and a restart has every event that was \
         acknowledged. A full disk is 503 with `Retry-After`, and the broker goes on when there is room.\n\n\
         `strace` lets one system call of the binary fail, the K-th sync or some writes, while a publisher sends events one \
         after another. Three failures are survived: of the file itself, as the \
         write-ahead log is kept until a later sync of the file succeeds; of that log where every byte of it was synced before, \
         which SQLite does once more before it folds the log into the file; and of the folder by SQLite, which takes no notice: \
         so the broker syncs the folder itself, and does not start when that fails."
    )
    .map_err(|error| error.to_string())?;
    Ok(Report {
        title: "Faults of the disk",
        text,
        table,
        command: "cargo xtask durability faults".to_owned(),
    })
}

/// A publisher that sends one event after another, and its own record.
struct Sequence {
    observed: Observed,
    next: u64,
    acknowledged: u64,
}

/// What became of one event.
enum Outcome {
    Taken,
    Refused { status: u16, retry_after: bool },
    Gone,
}

impl Sequence {
    fn new() -> Self {
        Self {
            observed: Observed::default(),
            next: 0,
            acknowledged: 0,
        }
    }

    /// Sends the next event, on a connection of its own.
    fn send(&mut self, address: SocketAddr) -> Result<Outcome, String> {
        self.next += 1;
        self.resend(address)
    }

    /// Sends the last event.
    fn resend(&mut self, address: SocketAddr) -> Result<Outcome, String> {
        let event = Event {
            key: 1,
            number: self.next,
        };
        // Some pages each: so the log is folded into the file after some dozens of them.
        let body = vec![u8::try_from(self.next % 251).unwrap_or_default(); 120_000];
        let request = wire::event(&event.source(), &event.id(), event.key, &body);
        let sent = Sent {
            body: body.into(),
            acknowledged: false,
        };
        let sent = self.observed.sent.entry(event).or_insert(sent);
        let answer = Connection::open(address).and_then(|mut connection| connection.ask(&request));
        let Ok(answer) = answer else {
            return Ok(Outcome::Gone);
        };
        match answer.status() {
            Some(202) => {
                if !std::mem::replace(&mut sent.acknowledged, true) {
                    self.acknowledged += 1;
                }
                Ok(Outcome::Taken)
            }
            Some(503) => Ok(Outcome::Refused {
                status: 503,
                retry_after: answer.header("retry-after").is_some(),
            }),
            _ => Err(format!(
                "event {} is answered with `{}`",
                event.id(),
                answer.line
            )),
        }
    }

    /// A restart without faults has what was acknowledged.
    fn verify(mut self, bench: &Bench, folder: &Path) -> Result<usize, String> {
        let mut process = Process::start(&bench.program, folder, &[])?;
        process.address()?;
        process.terminate()?;
        let (status, log) = process.wait()?;
        if !status.success() {
            return Err(format!(
                "the restart ends with {status}: {}",
                log.join("\n")
            ));
        }
        self.observed.stored = file::rows(folder)?;
        let (findings, counts) = checker::check(&self.observed);
        if let Some(complaint) = findings.complaint() {
            return Err(complaint);
        }
        file::check(&bench.program, folder)?;
        Ok(counts.stored)
    }
}

/// One sync fails.
fn sync_error(bench: &Bench, fault: &str, name: &str) -> Result<(Vec<String>, bool), String> {
    let (folder, trace) = (bench.folder("faults")?, bench.scratch.join("strace"));
    let failed = |message: String| format!("{name}: {message}");
    let mut process = Process::start(&bench.program, &folder, &strace(fault, &trace))?;
    let mut sequence = Sequence::new();
    let mut answer = "none: it does not listen".to_owned();
    let (mut after, mut repeated, mut goes_on) = (0_u32, 0, false);
    // A start that meets the fault says no address.
    let started = process.address();
    let is_started = started.is_ok();
    if let Ok(address) = started {
        let outcome = loop {
            match sequence.send(address).map_err(failed)? {
                Outcome::Taken if sequence.next < MOST => {}
                outcome => break outcome,
            }
        };
        answer = match outcome {
            Outcome::Taken => "202".to_owned(),
            Outcome::Refused {
                retry_after: false, ..
            } => return Err(failed("503 without `Retry-After`".to_owned())),
            Outcome::Refused { status, .. } => format!("{status}, `Retry-After`"),
            Outcome::Gone => "the connection ends".to_owned(),
        };
        goes_on = matches!(outcome, Outcome::Taken);
        while !goes_on && repeated < AFTER {
            repeated += 1;
            match sequence.resend(address).map_err(failed)? {
                Outcome::Taken => after += 1,
                Outcome::Gone => break,
                Outcome::Refused { .. } => {}
            }
        }
    }
    if goes_on {
        process.terminate().map_err(failed)?;
    }
    let (status, log) = process.wait()?;
    let log = log.join("\n");
    let of = injected(&trace)?.ok_or_else(|| failed(format!("no fault was injected: {log}")))?;
    if after > 0 {
        return Err(failed(format!(
            "{after} acknowledgements after a sync that failed: {log}"
        )));
    }
    // Syncs that no acknowledgement rests on: SQLite makes them by itself and repeats what they were to do.
    let may_go_on = is_started && [FOLDER, DATABASE, SYNCED].contains(&of);
    if status.success() != goes_on || (goes_on && !may_go_on) {
        return Err(failed(format!(
            "a sync of {of} failed, and the process ends with {status}: {log}"
        )));
    }
    let before = sequence.acknowledged;
    let stored = sequence.verify(bench, &folder).map_err(failed)?;
    let end = match (is_started, goes_on) {
        (false, _) => format!("does not start, {status}"),
        (true, true) => format!("goes on, {status}"),
        (true, false) => status.to_string(),
    };
    let after = if goes_on { "all" } else { "0" };
    let verdict = format!("0 lost of {before}, {stored} stored");
    let is_refused_name = !is_started && of == FOLDER;
    Ok((
        row([&name, &of, &before, &answer, &after, &end, &verdict]),
        is_refused_name,
    ))
}

/// Writes find no room for a while.
fn full_disk(bench: &Bench, fault: &str, name: &str) -> Result<Vec<String>, String> {
    let (folder, trace) = (bench.folder("faults")?, bench.scratch.join("strace"));
    let failed = |message: String| format!("{name}: {message}");
    let mut process = Process::start(&bench.program, &folder, &strace(fault, &trace))?;
    let address = process.address().map_err(failed)?;
    let mut sequence = Sequence::new();
    let (mut before, mut refusals, mut after) = (0, 0_u32, 0_u32);
    while after < AFTER {
        if sequence.next >= MOST {
            return Err(failed(format!(
                "{MOST} events are acknowledged, and no write has failed"
            )));
        }
        let mut outcome = sequence.send(address).map_err(failed)?;
        while let Outcome::Refused { retry_after, .. } = outcome {
            if !retry_after {
                return Err(failed("503 without `Retry-After`".to_owned()));
            }
            if refusals == 0 {
                before = sequence.acknowledged;
            }
            refusals += 1;
            if refusals > 1000 {
                return Err(failed("it does not go on, though there is room".to_owned()));
            }
            sleep(Duration::from_millis(5));
            outcome = sequence.resend(address).map_err(failed)?;
        }
        if matches!(outcome, Outcome::Gone) {
            return Err(failed("the connection ends without an answer".to_owned()));
        }
        after += u32::from(refusals > 0);
    }
    let of = injected(&trace)?.ok_or_else(|| failed("no fault was injected".to_owned()))?;
    let (taken, answer) = (
        sequence.acknowledged,
        format!("503, `Retry-After`, {refusals} times"),
    );
    process.terminate().map_err(failed)?;
    let (status, log) = process.wait()?;
    if !status.success() {
        return Err(failed(format!(
            "the process ends with {status}: {}",
            log.join("\n")
        )));
    }
    let stored = sequence.verify(bench, &folder).map_err(failed)?;
    let end = format!("goes on, {status}");
    Ok(row([
        &name,
        &of,
        &before,
        &answer,
        &after,
        &end,
        &format!("0 lost of {taken}, {stored} stored"),
    ]))
}

fn strace(fault: &str, trace: &Path) -> Vec<String> {
    let calls = fault.split(':').next().unwrap_or_default();
    let words = [
        "strace",
        "-f",
        "-qq",
        "-y",
        "--seccomp-bpf",
        "-e",
        "signal=none",
        "-e",
    ];
    let mut words: Vec<String> = words.map(ToOwned::to_owned).to_vec();
    words.push(format!("trace={calls},pwrite64"));
    words.extend(["-e".to_owned(), format!("inject={fault}"), "-o".to_owned()]);
    words.push(trace.display().to_string());
    words
}

/// Which file strace has failed the first call of, by what it is to the broker.
fn injected(trace: &Path) -> Result<Option<&'static str>, String> {
    let text =
        std::fs::read_to_string(trace).map_err(|error| format!("{}: {error}", trace.display()))?;
    Ok(fault_of(&text))
}

fn fault_of(trace: &str) -> Option<&'static str> {
    let mut is_dirty = false;
    for line in trace.lines() {
        let is_log = line.contains("broker.db-wal>");
        let is_sync = line.contains("sync(");
        if line.contains("(INJECTED)") {
            return Some(match line {
                _ if is_log && is_sync && !is_dirty => SYNCED,
                _ if is_log => "write-ahead log",
                line if line.contains("broker.db-journal>") => "rollback journal",
                line if line.contains("broker.db>") => DATABASE,
                _ => FOLDER,
            });
        }
        if is_log {
            is_dirty = !is_sync;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{DATABASE, FOLDER, SYNCED, fault_of};

    const WRITE: &str = "7 pwrite64(12</d/broker.db-wal>, \"x\"..., 24, 0) = 24\n";
    const SYNC: &str = "7 fsync(12</d/broker.db-wal>) = 0\n";

    #[test]
    fn a_fault_is_that_of_its_file() {
        let failed =
            |path: &str| format!("7 fsync(12<{path}>) = -1 EIO (Input/output error) (INJECTED)\n");
        let log = failed("/d/broker.db-wal");
        for (trace, of) in [
            (WRITE.to_owned() + SYNC, None),
            (WRITE.to_owned() + &log, Some("write-ahead log")),
            (
                WRITE.to_owned() + SYNC + WRITE + &log,
                Some("write-ahead log"),
            ),
            (WRITE.to_owned() + SYNC + &log, Some(SYNCED)),
            (WRITE.to_owned() + &failed("/d/broker.db"), Some(DATABASE)),
            (failed("/d/broker.db-journal"), Some("rollback journal")),
            (failed("/d"), Some(FOLDER)),
        ] {
            assert_eq!(fault_of(&trace), of, "{trace}");
        }
    }
}
