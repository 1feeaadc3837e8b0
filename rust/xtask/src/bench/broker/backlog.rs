//! A log that has grown: how long a start takes then, and what memory a backlog takes.
//!
//! One Trigger has a subscriber that answers 503 to everything, so all events are behind it. They come through the
//! broker's door, in batches. What a long life leaves beside events, a row for each delivery, is written with SQLite:
//! making the deliveries would take longer than all the rest.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use rusqlite::Connection;

use super::fill::{self, BATCH};
use super::http::{self, Answer};
use super::process::Process;
use super::server::{connect, empty, free};
use crate::console::out as say;

/// How many events there are, unless the caller says so.
pub(super) const EVENTS: u64 = 10_000_000;

/// How often it is started: the figure is the median.
const STARTS: usize = 3;

/// How long a start or an end may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(300);

/// After this a Trigger has read as far as it may.
const SETTLING: Duration = Duration::from_secs(5);

/// What is wanted: a start, an end, and memory in MiB.
const START: Duration = Duration::from_secs(5);
const END: Duration = Duration::from_secs(10);
const MEMORY: u64 = 256;

/// The broker under measurement, and its file.
struct Log<'a> {
    program: &'a Path,
    folder: &'a Path,
}

/// Measures with a log of `events` events, and prints a table.
pub(super) fn run(program: &Path, folder: &Path, events: u64) -> Result<(), String> {
    empty(folder)?;
    let log = Log { program, folder };
    let measured = log.measure(events);
    // Ten million events take eight gigabytes.
    std::fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
    measured
}

impl Log<'_> {
    fn measure(&self, events: u64) -> Result<(), String> {
        say(format!(
            "\n| A log of {events} events | Measured | Wanted |\n|---|---:|---:|"
        ));
        self.fill(events)?;
        self.starts("they wait for a Trigger")?;
        self.deliver()?;
        self.starts("they are delivered")
    }

    /// Takes the events, with a Trigger that gets rid of none.
    fn fill(&self, events: u64) -> Result<(), String> {
        let (mut process, address, _) = self.start()?;
        let subscriber = http::subscribe(&Arc::default(), Answer::Later);
        let subscriber = subscriber.map_err(|error| error.to_string())?;
        let delivery =
            r#""delivery":{"retry":1000000,"backoffPolicy":"linear","backoffDelay":"PT1S"}"#;
        http::put(
            address,
            "t0",
            &format!(r#""subscriber":{{"uri":"http://{subscriber}/"}},{delivery}"#),
            "",
        )?;
        let took = fill::fill(address, events)?;
        say(format!(
            "| taken in batches of {BATCH}, events/s | {:.0} | |",
            events as f64 / took.as_secs_f64()
        ));
        memory("peak memory meanwhile", &process)?;
        self.end(&mut process)
    }

    /// Starts it again and again.
    fn starts(&self, what: &str) -> Result<(), String> {
        for (is_cold, cache) in [(false, ""), (true, ", file not in the system's cache")] {
            let mut took = Vec::new();
            for start in 1..=STARTS {
                if is_cold {
                    self.forget()?;
                }
                let (mut process, _, ready) = self.start()?;
                took.push(ready);
                if start == STARTS {
                    sleep(SETTLING);
                    memory(
                        &format!("peak memory after a start, {what}{cache}"),
                        &process,
                    )?;
                    self.end(&mut process)?;
                } else {
                    process.terminate(PATIENCE)?;
                }
            }
            took.sort_unstable();
            row(
                &format!("ready after a start, {what}{cache}"),
                took[STARTS / 2],
                START,
            );
        }
        Ok(())
    }

    fn start(&self) -> Result<(Process, std::net::SocketAddr, Duration), String> {
        let address = free()?;
        let mut command = Command::new(self.program);
        command.args(["broker", "--port", &address.port().to_string(), "--data"]);
        let mut process = Process::start(command.arg(self.folder))?;
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\n\r\n");
        let ready = process.ready(PATIENCE, || {
            let answer = connect(address).and_then(|mut stream| http::ask(&mut stream, &request));
            answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
        })?;
        Ok((process, address, ready))
    }

    fn end(&self, process: &mut Process) -> Result<(), String> {
        row("end after TERM", process.terminate(PATIENCE)?, END);
        Ok(())
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.join("broker.db")
    }

    /// Takes the file out of the system's cache, as a start of the machine finds it.
    fn forget(&self) -> Result<(), String> {
        let file = format!("of={}", self.file().display());
        let output = Command::new("dd")
            .args([&file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"])
            .output()
            .map_err(|error| format!("dd: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Writes what a subscriber leaves that has taken everything.
    fn deliver(&self) -> Result<(), String> {
        let deliver = || -> rusqlite::Result<()> {
            let connection = Connection::open(self.file())?;
            connection.execute(
                "INSERT INTO deliveries (trigger, offset, state, attempts, status, reason)
                 SELECT 't0', offset, 'settled', 1, 202, '' FROM events ORDER BY offset",
                [],
            )?;
            connection.execute(
                "UPDATE triggers SET position = (SELECT max(offset) FROM events)",
                [],
            )?;
            connection.close().map_err(|(_, error)| error)
        };
        deliver().map_err(|error| format!("{}: {error}", self.file().display()))
    }
}

fn memory(what: &str, process: &Process) -> Result<(), String> {
    let peak = process.peak()?;
    say(format!("| {what}, MiB | {peak} | {MEMORY} |"));
    Ok(())
}

fn row(what: &str, took: Duration, wanted: Duration) {
    let (took, wanted) = (took.as_secs_f64(), wanted.as_secs());
    say(format!("| {what}, s | {took:.2} | {wanted} |"));
}
