//! `cargo xtask bench`: how fast the judge is, as ratios to its peers in the same run.

pub(crate) mod backtest;
pub(crate) mod broker;
pub(crate) mod environment;
pub(crate) mod recording;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use cargo_metadata::MetadataCommand;

use crate::console::{err, out as say};

/// Events in the stream that `ingenium validate` reads.
const EVENTS: usize = 1_000_000;

/// Groups of the criterion benchmark, and their peers.
const GROUPS: &[(&str, &[&str])] = &[
    ("payload_ohlc", &["jsonschema", "jsonschema-compiled"]),
    ("payload_order", &["jsonschema", "jsonschema-compiled"]),
    ("payload_execution", &["jsonschema", "jsonschema-compiled"]),
    ("refused_order", &["jsonschema-compiled"]),
    (
        "event_canonical",
        &["jsonschema-compiled", "sonic-rs-parse-only"],
    ),
    (
        "event_any-order",
        &["jsonschema-compiled", "sonic-rs-parse-only"],
    ),
];

/// Runs the benchmarks and prints the ratios.
pub(crate) fn run(root: &Path) -> ExitCode {
    measure(root, |bench| bench.run())
}

fn measure(root: &Path, what: impl FnOnce(&Bench<'_>) -> Result<(), String>) -> ExitCode {
    exit(crate::setup::run(root).and_then(|()| what(&Bench::new(root)?)))
}

fn exit(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            err(message);
            ExitCode::FAILURE
        }
    }
}

struct Bench<'a> {
    root: &'a Path,
    target: PathBuf,
}

impl<'a> Bench<'a> {
    fn new(root: &'a Path) -> Result<Self, String> {
        let metadata = MetadataCommand::new().no_deps().current_dir(root).exec();
        let target = metadata
            .map_err(|error| error.to_string())?
            .target_directory;
        Ok(Self {
            root,
            target: target.into(),
        })
    }

    fn run(&self) -> Result<(), String> {
        self.cargo(&[
            "bench",
            "--locked",
            "-p",
            "ingenium-contract",
            "--bench",
            "validate",
        ])?;
        self.cargo(&[
            "bench",
            "--locked",
            "-p",
            "ingenium-contract",
            "--bench",
            "allocations",
        ])?;
        self.cargo(&["build", "--release", "--locked", "-p", "ingenium-cli"])?;

        say("\nnanoseconds each, and how many times faster than the peer\n");
        for (group, peers) in GROUPS {
            let own = self.median(group, "ingenium")?;
            say(format!("{group:<20} {own:>8.0}"));
            for peer in *peers {
                print(peer, own, self.median(group, peer)?);
            }
            if let Some(corpus) = group.strip_prefix("event_") {
                let file = self.target.join(format!("tmp/{corpus}.ndjson"));
                print("ajv", own, self.ajv("corpus", &file)?);
            }
        }
        self.stream()
    }

    /// The validation of a long file, as users start it.
    fn stream(&self) -> Result<(), String> {
        let file = self.target.join("tmp/stream.ndjson");
        let size =
            fill(&self.target.join("tmp/canonical.ndjson"), &file).map_err(|e| e.to_string())?;
        say(format!(
            "\n{EVENTS} events, {size} bytes: seconds, and how many times faster than the peer\n"
        ));
        let ingenium = self.target.join("release/ingenium");
        let mut own = f64::INFINITY;
        for jobs in ["1", "2"] {
            let mut command = Command::new(&ingenium);
            command
                .args(["validate", "--quiet", "--jobs", jobs])
                .arg(&file);
            let took = time(&mut command)?.as_secs_f64();
            say(format!("ingenium validate --jobs {jobs} {took:>8.2}"));
            own = own.min(took);
        }
        print("ajv", own, self.ajv("stream", &file)?);
        let floor = self.cargo_output(&[
            "bench",
            "--locked",
            "-q",
            "-p",
            "ingenium-contract",
            "--bench",
            "lines",
            "--",
            &file.display().to_string(),
        ])?;
        print("read and parse only (sonic-rs)", own, number(&floor)?);
        fs::remove_file(&file).map_err(|error| error.to_string())
    }

    fn median(&self, group: &str, function: &str) -> Result<f64, String> {
        let file = self
            .target
            .join(format!("criterion/{group}/{function}/new/estimates.json"));
        let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let estimates: serde_json::Value =
            serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let sample = file.with_file_name("benchmark.json");
        let text = fs::read(&sample).map_err(|error| format!("{}: {error}", sample.display()))?;
        let benchmark: serde_json::Value =
            serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let elements = benchmark["throughput"]["Elements"].as_f64();
        let median = estimates["median"]["point_estimate"].as_f64();
        let each = median
            .zip(elements)
            .map(|(median, elements)| median / elements);
        each.ok_or_else(|| format!("{}: no median", file.display()))
    }

    fn ajv(&self, mode: &str, file: &Path) -> Result<f64, String> {
        let mut command = Command::new("node");
        command
            .arg(self.root.join("rust/xtask/node/ajv-bench.mjs"))
            .arg(mode)
            .arg(file);
        number(&output(&mut command)?)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<(), String> {
        let status = Command::new("cargo")
            .args(arguments)
            .current_dir(self.root)
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`cargo {}`: {status}", arguments.join(" "))),
            Err(error) => Err(format!("cannot start cargo: {error}")),
        }
    }

    fn cargo_output(&self, arguments: &[&str]) -> Result<String, String> {
        output(Command::new("cargo").args(arguments).current_dir(self.root))
    }
}

fn print(peer: &str, own: f64, other: f64) {
    say(format!(
        "    {peer:<30} {other:>9.2} {:>6.1} x",
        other / own
    ));
}

fn number(text: &str) -> Result<f64, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is no number"))
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
fn time(command: &mut Command) -> Result<Duration, String> {
    let start = Instant::now();
    output(command)?;
    Ok(start.elapsed())
}

/// Repeats the lines of `corpus` until there are [`EVENTS`]; the size in bytes.
fn fill(corpus: &Path, file: &Path) -> std::io::Result<u64> {
    let text = fs::read(corpus)?;
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let mut out = BufWriter::new(File::create(file)?);
    let mut size = 0;
    for line in lines.iter().cycle().take(EVENTS) {
        out.write_all(line)?;
        size += line.len() as u64;
    }
    out.flush()?;
    Ok(size)
}
