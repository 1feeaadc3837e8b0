//! The four reference components over the broker, each a process of its own: from a bar to the execution that it leads to.
//!
//! The ingestor reads a file at a pace. A strategy crosses its two means on every third bar of a symbol; the portfolio
//! makes an order of its signal, and the executor answers that order. Everybody keeps state in a file and judges what
//! comes. An execution names the bar that it goes back to, and the log has when the ingestor wrote that bar.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::http::{self, Answer};
use super::process::Process;
use super::server::{connect, empty, free};
use crate::console::out as say;

/// How often it runs: the figures are medians.
const RUNS: usize = 3;

/// Instruments, bars of each, and bars a second of all.
const SYMBOLS: usize = 4;
const BARS: usize = 1000;
const RATE: usize = 200;

/// Seconds between two bars in the file, where bars of a symbol are a minute apart.
const STEP: usize = 60 / SYMBOLS;

/// Syncs that are timed, of a page each.
const SYNCS: usize = 500;
const PAGE: usize = 4096;

/// How long a start, and all that is to come, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What components have on disk when they acknowledge (`INGENIUM_STATE_SYNC`), and what is wanted then, in microseconds:
/// half of all executions within the first, 99 of 100 within the second.
const SYNCED: [(&str, [u32; 2]); 2] = [("full", [1200, 2500]), ("normal", [600, 1400])];

/// What a component is called, what it is, and what it listens to.
const COMPONENTS: [(&str, &str, &[&str]); 3] = [
    (
        "executor",
        "executor/paper",
        &["ingestor.data", "portfolio.order", "portfolio.cancel"],
    ),
    (
        "portfolio",
        "portfolio/long-only",
        &["ingestor.data", "strategy.signal", "executor.execution"],
    ),
    ("strategy", "strategy/sma-cross", &["ingestor.data"]),
];

/// When the first execution of each chain has come, by the bar at the chain's beginning.
type Executions = Arc<Mutex<HashMap<String, Duration>>>;

/// Measures, and prints a table.
pub(super) fn run(program: &Path, folder: &Path) -> Result<(), String> {
    let mut runs = SYNCED.map(|_| Vec::new());
    let mut syncs = Vec::new();
    for _ in 0..RUNS {
        for (runs, (mode, _)) in runs.iter_mut().zip(SYNCED) {
            empty(folder)?;
            let synced = sync(&folder.join("synced"));
            syncs.push(synced.map_err(|error| error.to_string())?);
            runs.push(measure(program, folder, mode)?);
            fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
        }
    }
    say(format!(
        "\n| Four components, {RATE} bars/s, every event synced | Orders | p50 µs | p99 µs | Wanted |\n\
         |---|---:|---:|---:|---|"
    ));
    let [half, most] = medians(&syncs);
    say(format!(
        "| one sync of 4 KiB, for comparison | | {half} | {most} | |"
    ));
    for (runs, (mode, [wanted_half, wanted_most])) in runs.iter().zip(SYNCED) {
        let orders: Vec<String> = runs.iter().map(|run| run.len().to_string()).collect();
        let [half, most] = medians(runs);
        say(format!(
            "| from a bar to its execution, state `{mode}` | {} | {half} | {most} | {wanted_half}, {wanted_most} µs |",
            orders.join(", ")
        ));
    }
    Ok(())
}

/// The medians, over the runs, of what half of a run and 99 of 100 do not exceed, in microseconds.
fn medians(runs: &[Vec<Duration>]) -> [u128; 2] {
    [50, 99].map(|percent| {
        let mut all: Vec<Duration> = runs.iter().filter_map(|run| at(run, percent)).collect();
        all.sort_unstable();
        at(&all, 50).unwrap_or_default().as_micros()
    })
}

/// How long the disk takes for a sync, in order: seven of them are on the way from a bar to its execution.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
fn sync(path: &Path) -> io::Result<Vec<Duration>> {
    let file = File::create(path)?;
    file.write_all_at(&vec![0; SYNCS * PAGE], 0)?;
    file.sync_all()?;
    let mut took = Vec::new();
    for page in 0..SYNCS {
        let start = Instant::now();
        file.write_all_at(&[1; PAGE], (page * PAGE) as u64)?;
        file.sync_data()?;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

/// How long each execution took after its bar, in order.
fn measure(program: &Path, folder: &Path, mode: &str) -> Result<Vec<Duration>, String> {
    let failed = |error: std::io::Error| error.to_string();
    let broker = free()?;
    let mut command = Command::new(program);
    command.args(["broker", "--port", &broker.port().to_string(), "--data"]);
    let mut process = Process::start(command.arg(folder))?;
    process.ready(PATIENCE, || is_ready(broker))?;
    let sink = format!("http://{broker}/default/default");
    let settings = [("K_SINK", sink.as_str()), ("INGENIUM_STATE_SYNC", mode)];
    let executions = Executions::default();
    listen(broker, &executions)?;
    let mut running = Vec::new();
    for (name, component, types) in COMPONENTS {
        let state = folder.join(format!("{name}.db"));
        let config = config(name, &state);
        let (mut process, address) = start(program, folder, &settings, component, &config)?;
        process.ready(PATIENCE, || is_ready(address))?;
        for event in types {
            let trigger = format!("{name}-{}", event.replace('.', "-"));
            put(broker, &trigger, event, address)?;
        }
        running.push(process);
    }
    let bars = folder.join("bars.csv");
    fs::write(&bars, csv()).map_err(failed)?;
    // A step of the file passes in the time of one bar.
    let speed = (STEP * RATE).to_string();
    let config = json!({"files": [{"path": bars}], "speed": speed});
    let (mut ingestor, _) = start(program, folder, &settings, "ingestor/csv", &config)?;
    ingestor.ended(PATIENCE)?;
    // What the last bars lead to is soon there.
    sleep(Duration::from_secs(1));
    drop(running);
    process.terminate(PATIENCE)?;
    let executions = executions.lock().unwrap_or_else(PoisonError::into_inner);
    let mut took = latencies(&folder.join("broker.db"), &executions)
        .map_err(|error| format!("the log: {error}"))?;
    if took.len() < SYMBOLS * BARS / 8 {
        return Err(format!("only {} orders were answered", took.len()));
    }
    took.sort_unstable();
    Ok(took)
}

fn config(name: &str, state: &Path) -> Value {
    match name {
        "strategy" => json!({"state": state, "fast": 1, "slow": 2}),
        "portfolio" => json!({"state": state, "sizing": {"fixed_quantity": "10"}}),
        _ => json!({"state": state}),
    }
}

/// Starts a component; where it listens.
fn start(
    program: &Path,
    folder: &Path,
    settings: &[(&str, &str)],
    component: &str,
    config: &Value,
) -> Result<(Process, SocketAddr), String> {
    let file = folder.join(format!("{}.json", component.replace('/', "-")));
    fs::write(&file, config.to_string()).map_err(|error| error.to_string())?;
    let address = free()?;
    let mut command = Command::new(program);
    command
        .args(["run", component, "--exit-with-parent", "--config"])
        .arg(file)
        .env("PORT", address.port().to_string())
        .envs(settings.iter().copied())
        .env("K_CE_OVERRIDES", "")
        .stdin(Stdio::piped());
    Ok((Process::start(&mut command)?, address))
}

fn is_ready(address: SocketAddr) -> bool {
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let answer = connect(address).and_then(|mut stream| http::ask(&mut stream, &request));
    answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn put(broker: SocketAddr, name: &str, event: &str, subscriber: SocketAddr) -> Result<(), String> {
    let spec = format!(
        r#""subscriber":{{"uri":"http://{subscriber}/"}},"filter":{{"attributes":{{"type":"ingenium.{event}"}}}}"#
    );
    http::put(broker, name, &spec, "")
}

/// Notes executions as they come.
#[expect(
    clippy::disallowed_methods,
    reason = "components write the wall clock's time into their events"
)]
fn listen(broker: SocketAddr, executions: &Executions) -> Result<(), String> {
    let executions = Arc::clone(executions);
    let note = move |head: &str, _: &[u8]| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let chain = http::header(head, "ce-correlationid");
        if let (Ok(now), Some(chain)) = (now, chain) {
            let mut executions = executions.lock().unwrap_or_else(PoisonError::into_inner);
            executions.entry(chain.to_owned()).or_insert(now);
        }
    };
    let address = http::subscribe(note, Answer::Accepted).map_err(|error| error.to_string())?;
    put(broker, "bench", "executor.execution", address)
}

/// Bars whose closes go up for three and down for three.
fn csv() -> String {
    let mut rows = String::from("Symbol,Datetime,Open,High,Low,Close,Volume\n");
    for bar in 0..BARS {
        for symbol in 0..SYMBOLS {
            let close = 100 + [0, 1, 2, 3, 2, 1][bar % 6];
            let (day, hour, minute) = (1 + bar / 1440, bar / 60 % 24, bar % 60);
            let second = symbol * STEP;
            rows.push_str(&format!(
                "S{symbol},2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}Z,{close},{},{},{close},1000000\n",
                close + 1,
                close - 1
            ));
        }
    }
    rows
}

/// From the time that the ingestor has written into each bar.
fn latencies(
    log: &Path,
    executions: &HashMap<String, Duration>,
) -> rusqlite::Result<Vec<Duration>> {
    let connection = Connection::open(log)?;
    // Seconds, and the digits after them.
    let mut statement = connection.prepare(
        "SELECT unixepoch(substr(recorded, 1, 19)), rtrim(substr(recorded, 21), 'Z') FROM
         (SELECT attributes ->> 'recordedtime' AS recorded FROM events WHERE source = '/ingenium/ingestor/csv' AND id = ?1)",
    )?;
    let mut took = Vec::new();
    for (id, arrived) in executions {
        let sent = statement.query_row([id], |row| {
            let (seconds, digits): (i64, String) = (row.get(0)?, row.get(1)?);
            let nanoseconds = format!("{digits:0<9}").parse().unwrap_or(0);
            Ok(Duration::new(seconds.unsigned_abs(), nanoseconds))
        })?;
        took.push(arrived.saturating_sub(sent));
    }
    Ok(took)
}

/// What so many of 100 do not exceed.
fn at(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let index = (sorted.len() * percent / 100).min(sorted.len().checked_sub(1)?);
    sorted.get(index).copied()
}
