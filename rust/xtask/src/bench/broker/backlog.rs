//! A log that has grown: how long a start takes then, and what memory a backlog takes.
//!
//! One Trigger has a subscriber that answers 503 to everything, so all events are behind it. They come through the
//! broker's door, in batches. What a long life leaves beside events, a row for each delivery, is written with SQLite:
//! making the deliveries would take longer than all the rest.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
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

/// How many large events there are, in a log of their own: more than a Trigger reads at a time.
const HEAVY: u64 = 1200;

/// How long a start or an end may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(300);

/// After this a Trigger has read as far as it may.
const SETTLING: Duration = Duration::from_secs(2);

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
        self.weigh()?;
        self.fill(events)?;
        self.starts("they wait for a Trigger")?;
        self.deliver(&["t0"])?;
        self.starts("a Trigger has had them")?;
        self.deliver(&["t1", "t2", "t3", "t4"])?;
        self.starts("five Triggers have had them")?;
        self.read_in_vain()
    }

    /// Takes a few events that are as large as may be, with a Trigger that gets rid of none.
    fn weigh(&self) -> Result<(), String> {
        let (process, address, _) = self.start()?;
        backlogged(address)?;
        fill::heavy(address, HEAVY)?;
        sleep(SETTLING);
        let what = format!(
            "peak memory with {HEAVY} events of {} kB instead",
            fill::WEIGHT / 1000
        );
        mebibytes(&what, process.peak()?);
        drop(process);
        empty(self.folder)
    }

    /// Takes the events, with a Trigger that gets rid of none.
    fn fill(&self, events: u64) -> Result<(), String> {
        let (mut process, address, _) = self.start()?;
        backlogged(address)?;
        let took = fill::fill(address, events)?;
        say(format!(
            "| taken in batches of {BATCH}, events/s | {:.0} | |",
            events as f64 / took.as_secs_f64()
        ));
        mebibytes("peak memory meanwhile", process.peak()?);
        seconds("end after TERM", process.terminate(PATIENCE)?, END);
        Ok(())
    }

    /// Starts it again and again.
    fn starts(&self, what: &str) -> Result<(), String> {
        let mut most = 0;
        for (is_cold, cache) in [(false, ""), (true, ", the file in no cache")] {
            let mut took = Vec::new();
            for _ in 0..STARTS {
                if is_cold {
                    self.forget()?;
                }
                let (mut process, _, ready) = self.start()?;
                took.push(ready);
                sleep(SETTLING);
                most = most.max(process.peak()?);
                process.terminate(PATIENCE)?;
            }
            took.sort_unstable();
            let row = format!("ready after a start, {what}{cache}");
            seconds(&row, took[STARTS / 2], START);
        }
        mebibytes("peak memory of these", most);
        Ok(())
    }

    fn start(&self) -> Result<(Process, SocketAddr, Duration), String> {
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

    fn file(&self) -> PathBuf {
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

    /// Writes what Triggers leave whose subscribers have taken everything.
    fn deliver(&self, triggers: &[&str]) -> Result<(), String> {
        let deliver = || -> rusqlite::Result<()> {
            let connection = Connection::open(self.file())?;
            for name in triggers {
                connection.execute(
                    "INSERT INTO deliveries (trigger, offset, state, attempts, status, reason)
                     SELECT ?1, offset, 'settled', 1, 202, '' FROM events ORDER BY offset",
                    [name],
                )?;
                connection.execute(
                    "INSERT OR REPLACE INTO triggers (name, object, position)
                     SELECT ?1, replace(object, '\"t0\"', '\"' || ?1 || '\"'), (SELECT max(offset) FROM events)
                     FROM triggers WHERE name = 't0'",
                    [name],
                )?;
            }
            connection.close().map_err(|(_, error)| error)
        };
        deliver().map_err(|error| format!("{}: {error}", self.file().display()))
    }

    /// Ends a broker while a Trigger looks for what is not there.
    fn read_in_vain(&self) -> Result<(), String> {
        let (mut process, address, _) = self.start()?;
        let spec =
            r#""subscriber":{"uri":"http://127.0.0.1:9/"},"filter":{"attributes":{"type":"none"}}"#;
        http::put(
            address,
            "vain",
            spec,
            r#""ingenium.example/start":"earliest""#,
        )?;
        sleep(Duration::from_millis(500));
        let took = process.terminate(PATIENCE)?;
        seconds(
            "end after TERM while a Trigger reads it all in vain",
            took,
            END,
        );
        Ok(())
    }
}

/// Puts a Trigger whose subscriber takes nothing.
fn backlogged(address: SocketAddr) -> Result<(), String> {
    let subscriber = http::subscribe(|_, _| (), Answer::Later).map_err(|e| e.to_string())?;
    let delivery = r#""delivery":{"retry":1000000,"backoffPolicy":"linear","backoffDelay":"PT1S"}"#;
    let spec = format!(r#""subscriber":{{"uri":"http://{subscriber}/"}},{delivery}"#);
    http::put(address, "t0", &spec, "")
}

fn mebibytes(what: &str, peak: u64) {
    say(format!("| {what}, MiB | {peak} | {MEMORY} |"));
}

fn seconds(what: &str, took: Duration, wanted: Duration) {
    let (took, wanted) = (took.as_secs_f64(), wanted.as_secs());
    say(format!("| {what}, s | {took:.2} | {wanted} |"));
}
