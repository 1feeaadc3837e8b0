//! `cargo xtask endurance`: the same run again and again, undisturbed and killed at random, must end the same.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;

use crate::console::out as say;
use crate::program;

/// How often, and how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    runs: u32,
    kills: u32,
    bars: Option<u32>,
    seed: u64,
    /// Run the unoptimised binary.
    dev: bool,
}

/// Strategies and sizings: the runs of each must have one fingerprint, whoever drives; kills take turns.
const KINDS: [Kind; 4] = [
    ("rsi", "percent-equity:0.30"),
    ("rsi", "fixed:10"),
    ("sma-cross", "percent-equity:0.30"),
    ("sma-cross", "fixed:10"),
];

type Kind = (&'static str, &'static str);

/// What may be killed: the whole run, or one of its processes.
const VICTIMS: [&str; 5] = ["up", "executor", "portfolio", "strategy", "ingestor"];

impl Options {
    /// Reads `--runs N --kills N --bars N --seed N --profile dev|release`.
    pub(crate) fn parse(arguments: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            runs: 10,
            kills: 30,
            bars: None,
            seed: 1,
            dev: false,
        };
        for pair in arguments.chunks(2) {
            let &[name, value] = pair else {
                return Err(format!("`{}` needs a value", pair[0]));
            };
            if name == "--profile" && ["dev", "release"].contains(&value) {
                options.dev = value == "dev";
                continue;
            }
            let number: u64 = value
                .parse()
                .map_err(|_| format!("{name} is `{value}`: expected a whole number"))?;
            let small =
                u32::try_from(number).map_err(|_| format!("{name} is `{value}`: too large"))?;
            match name {
                "--runs" => options.runs = small,
                "--kills" => options.kills = small,
                "--bars" => options.bars = Some(small),
                "--seed" => options.seed = number,
                other => {
                    return Err(format!(
                        "`{other}` is no option: use --runs, --kills, --bars, --seed, --profile"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// Runs it all; the first difference ends it.
pub(crate) fn run(root: &Path, options: Options) -> ExitCode {
    let outcome = program::build(root, options.dev).and_then(|program| {
        let folder = root.join("target/endurance");
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        endure(
            &Bench {
                program,
                folder,
                bars: options.bars,
            },
            options,
        )
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(format!("endurance: {message}"));
            ExitCode::FAILURE
        }
    }
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
    bars: Option<u32>,
}

fn endure(bench: &Bench, options: Options) -> Result<(), String> {
    let mut expected = Vec::new();
    for kind in KINDS {
        let (strategy, sizing) = kind;
        // In one process first: it is quick, and nothing can be killed there.
        let typed = bench.backtest(kind)?;
        for run in 1..=options.runs {
            let summary = finish(bench.up(kind, "runs", true)?)?;
            check(&summary)?;
            let print = field(&summary, "fingerprint")?;
            if print != typed {
                return Err(format!(
                    "run {run} of {strategy} with {sizing} ends with {print}, a backtest with {typed}"
                ));
            }
            say(format!(
                "run {run}/{} {strategy} {sizing}: {summary}",
                options.runs
            ));
        }
        expected.push((kind, typed));
    }
    let mut random = Rng::with_seed(options.seed);
    let kinds = expected.iter().cycle();
    for (kill, (kind, print)) in (1..=options.kills).zip(kinds) {
        while !disturb(bench, &mut random, (kill, options.kills), *kind, print)? {}
    }
    Ok(())
}

/// One run, killed once at a random time, started again, compared; false where it ended before it could be killed.
fn disturb(
    bench: &Bench,
    random: &mut Rng,
    (kill, kills): (u32, u32),
    kind: Kind,
    expected: &str,
) -> Result<bool, String> {
    let victim = VICTIMS[random.usize(..VICTIMS.len())];
    let mut child = bench.up(kind, "kills", true)?;
    let output = child.stdout.take().ok_or("no stdout")?;
    let mut lines = BufReader::new(output).lines();
    // From the first line on all components run.
    let ready = lines
        .next()
        .transpose()
        .map_err(|error| error.to_string())?
        .unwrap_or_default();
    if !ready.contains("\"ready\"") {
        return Err(format!("expected the ready line, got `{ready}`"));
    }
    sleep(Duration::from_millis(random.u64(..bench.longest_wait())));
    let pids = components(child.id());
    if child
        .try_wait()
        .map_err(|error| error.to_string())?
        .is_some()
    {
        return Ok(false); // it was faster than the kill: nothing was disturbed
    }
    // An ingestor that has finished cannot be killed; the whole run can.
    let component = pids.iter().find(|(name, _)| name == victim);
    let (victim, pid) = component.map_or(("up", child.id()), |(_, pid)| (victim, *pid));
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    if !killed.is_ok_and(|status| status.success()) {
        return Err(format!("cannot kill {victim}, process {pid}"));
    }
    drop(lines);
    let status = child.wait().map_err(|error| error.to_string())?;
    none_left(&pids)?;
    let summary = finish(bench.up(kind, "kills", false)?)?;
    check(&summary)?;
    let print = field(&summary, "fingerprint")?;
    if print != expected {
        return Err(format!(
            "kill {kill} of {victim} with {kind:?}: ends with {print}, undisturbed with {expected}"
        ));
    }
    say(format!(
        "kill {kill}/{kills} of {victim} with {} ({status}): same fingerprint",
        kind.0
    ));
    Ok(true)
}

impl Bench {
    fn up(&self, kind: Kind, name: &str, fresh: bool) -> Result<Child, String> {
        let mut command = self.command(kind, &["up", "--exit-when-done", "--port", "0"]);
        command.args(["--format", "jsonl", "--data-dir"]);
        command.arg(self.folder.join(name));
        if fresh {
            command.arg("--fresh");
        }
        command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))
    }

    /// The fingerprint of the same run in one process.
    fn backtest(&self, kind: Kind) -> Result<String, String> {
        let mut command = self.command(kind, &["backtest", "run", "--format", "json"]);
        let output = command.output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            return Err(format!("`backtest run` ended with {}", output.status));
        }
        field(&text, "fingerprint")
    }

    fn command(&self, (strategy, sizing): Kind, first: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(first);
        command.args(["--strategy", strategy, "--sizing", sizing]);
        if let Some(bars) = self.bars {
            command.args(["--bars", &bars.to_string()]);
        }
        command
    }

    /// Kills fall within about the time that a run takes.
    fn longest_wait(&self) -> u64 {
        self.bars.map_or(6000, |bars| u64::from(bars) * 3)
    }
}

fn finish(child: Child) -> Result<String, String> {
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = text.lines().last().unwrap_or_default().to_owned();
    if output.status.success() {
        Ok(last)
    } else {
        Err(format!("`up` ended with {}: {last}", output.status))
    }
}

fn check(summary: &str) -> Result<(), String> {
    for zero in ["invalid", "late", "dead_letters"] {
        if field(summary, zero)? != "0" {
            return Err(format!("{zero} is not 0: {summary}"));
        }
    }
    for some in ["signals", "orders", "executions"] {
        if field(summary, some)? == "0" {
            return Err(format!("{some} is 0: {summary}"));
        }
    }
    Ok(())
}

/// A member of the summary's flat JSON object, as text.
fn field(summary: &str, name: &str) -> Result<String, String> {
    let start = summary
        .find(&format!("\"{name}\":"))
        .ok_or_else(|| format!("no `{name}` in `{summary}`"))?;
    let value = &summary[start + name.len() + 3..];
    let end = value.find([',', '}']).unwrap_or(value.len());
    Ok(value[..end].trim().trim_matches('"').to_owned())
}

/// The components that the process `up` has started, by name and process id.
fn components(up: u32) -> Vec<(String, u32)> {
    let children = fs::read_to_string(format!("/proc/{up}/task/{up}/children")).unwrap_or_default();
    let pids = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    pids.filter_map(|pid: u32| {
        let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
        let role = arguments.split('\0').nth(2)?.split('/').next()?.to_owned();
        Some((role, pid))
    })
    .collect()
}

/// Fails when a component outlives its `up` for more than two seconds.
fn none_left(pids: &[(String, u32)]) -> Result<(), String> {
    for _ in 0..200 {
        let alive = |pid: u32| {
            fs::read_to_string(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| line.contains("ingenium"))
        };
        let left: Vec<&String> = pids
            .iter()
            .filter(|(_, pid)| alive(*pid))
            .map(|(name, _)| name)
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    Err("a component outlives `up`".to_owned())
}
