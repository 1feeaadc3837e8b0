//! `cargo xtask bench recording`: a million recorded events, judged by themselves and among each other.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode};

use super::{Bench, EVENTS, measure, output, print, time};
use crate::console::out as say;

/// What holds ids: they stand there with dashes or without, and begin alike.
const IDS: [&str; 5] = [
    "\"id\":\"",
    "\"causationid\":\"",
    "\"correlationid\":\"",
    "\"OrderId\":\"",
    "\"ExecutionId\":\"",
];

/// What holds symbols.
const SYMBOLS: [&str; 3] = ["\"subject\":\"", "\"Symbol\":\"", "\"partitionkey\":\""];

/// Measures, and prints the ratio to ajv, which judges each event by itself and none among the others.
pub(crate) fn run(root: &Path) -> ExitCode {
    measure(root, |bench| bench.recording())
}

impl Bench<'_> {
    fn recording(&self) -> Result<(), String> {
        self.cargo(&["build", "--release", "--locked", "-p", "ingenium-cli"])?;
        let ingenium = self.target.join("release/ingenium");
        let folder = self.target.join("tmp/recording");
        let failed = |error: std::io::Error| error.to_string();
        fs::create_dir_all(&folder).map_err(failed)?;
        let data = folder.join("data");
        let mut up = Command::new(&ingenium);
        up.args([
            "up",
            "--exit-when-done",
            "--fresh",
            "--quiet",
            "--port",
            "0",
        ]);
        output(up.arg("--data-dir").arg(&data))?;
        let mut select = Command::new("sqlite3");
        select.arg(data.join("broker.db"));
        let run = output(select.arg("select json from event_json order by offset"))?;
        let file = folder.join("events.ndjson");
        let size = multiply(&run, &file).map_err(failed)?;
        say(format!(
            "\n{EVENTS} recorded events, {size} bytes: seconds, and how many times faster than the peer\n"
        ));
        let mut judge = Command::new(&ingenium);
        judge.args(["conform", "--quiet", "--dir"]);
        judge
            .arg(folder.join("report"))
            .arg("--recording")
            .arg(&file);
        let own = time(&mut judge)?.as_secs_f64();
        say(format!("ingenium conform --recording {own:>8.2}"));
        print("ajv, each event by itself", own, self.ajv("stream", &file)?);
        fs::remove_file(&file).map_err(failed)
    }
}

/// Repeats a run, each time with ids and symbols of its own, until there are [`EVENTS`]; the size in bytes.
fn multiply(run: &str, file: &Path) -> std::io::Result<u64> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut size = 0;
    let lines: Vec<&str> = run.lines().collect();
    let copies = (0..).flat_map(|copy| lines.iter().map(move |line| (copy, *line)));
    for (copy, line) in copies.take(EVENTS) {
        let line = renamed(line, copy) + "\n";
        out.write_all(line.as_bytes())?;
        size += line.len() as u64;
    }
    out.flush()?;
    Ok(size)
}

fn renamed(line: &str, copy: usize) -> String {
    let mut line = line.to_owned();
    for name in IDS {
        if let Some(at) = line.find(name).map(|at| at + name.len()) {
            line.replace_range(at..at + 4, &format!("{copy:04x}"));
        }
    }
    for name in SYMBOLS {
        let Some(at) = line.find(name).map(|at| at + name.len()) else {
            continue;
        };
        let end = line[at..].find('"').map_or(at, |end| at + end);
        if line[at..end].chars().all(|c| c.is_ascii_uppercase()) {
            line.insert_str(end, &format!(".{copy}"));
        }
    }
    line
}
