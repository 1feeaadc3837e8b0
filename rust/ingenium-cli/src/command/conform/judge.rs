//! One run against one component.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ingenium_conformance::manifest::{self, Feature, Mode};
use ingenium_conformance::report::{Format, write};
use ingenium_conformance::{
    Baseline, Error, Manifest, Options, Place, Profile, Report, Role, run, sink, target,
};

use super::interrupt::{REPORT, unless_interrupted};
use super::print::print;
use super::progress::Bar;
use super::recording;
use super::report::{Copy, parse_copy, write_copies};
use super::watch::again_and_again;
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub(super) struct Subject {
    /// What the component is: ingestor, strategy, portfolio, executor, source, sink, broker
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,

    /// How much is judged: L1 the wire, L2 and delivery, L3 (the default) and trading
    #[arg(long, value_name = "PROFILE")]
    profile: Option<Profile>,

    /// What the component says about itself; `ingenium-component.json` in this folder, if it is there
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,

    /// Failures that are known, with reason, issue and expiry
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// A SHOULD counts as a MUST, and payloads have the full set of fields
    #[arg(long)]
    strict: bool,

    /// Only these checks, or families: ENV-01, DEL; the run makes no claim then
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,

    /// What ids and symbols follow from; from the clock otherwise
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// What the component claims: live, durable, margin; of a broker: replay
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    claims: Vec<String>,

    /// The class that Brokers are created with: Kafka, MTChannelBasedBroker, Ingenium; it says whose behaviour counts
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,

    /// The namespace of Brokers, with --url
    #[arg(long, value_name = "NAME", default_value = "default", requires = "url")]
    namespace: String,

    /// What senders show to a Broker that wants to know who they are
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,

    /// Where reports, recordings and the component's output go
    #[arg(long, value_name = "DIR", default_value = "conformance-report")]
    dir: PathBuf,

    /// Judge again whenever a file of this folder, or of PATH, changes; what `.gitignore` names is left aside
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = ".")]
    watch: Vec<PathBuf>,

    /// One more copy of the report: json, junit, sarif, html, markdown, badge, endpoint, github; `-` is stdout
    #[arg(long, value_name = "KIND[=FILE]", value_parser = parse_copy)]
    out: Vec<Copy>,

    /// The component runs already, here
    #[arg(long, value_name = "URL", conflicts_with = "command")]
    url: Option<String>,

    /// Judge recorded events (NDJSON, a JSON array, .http files or folders of them) instead of a component
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["command", "url", "only", "profile", "baseline", "claims", "seed", "class", "token", "component"])]
    recording: Vec<PathBuf>,

    /// Where the sink listens, for a component that runs already; its K_SINK is http://ADDRESS/conformance/sink?run=1
    #[arg(long, value_name = "ADDRESS", requires = "url")]
    sink_listen: Option<std::net::SocketAddr>,

    /// The command that starts it; `{port}`, `{sink}`, `{fixture}`, `{otlp}` and `{state}` are replaced
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn execute(arguments: &Subject, terminal: Terminal) -> Result<Code, Failure> {
    if arguments.watch.is_empty() {
        return once(arguments, terminal);
    }
    let own = std::path::absolute(&arguments.dir).map_err(Failure::internal)?;
    again_and_again(&arguments.watch, &own, || once(arguments, terminal))
}

/// Judges what was asked for, and tells it.
fn once(arguments: &Subject, terminal: Terminal) -> Result<Code, Failure> {
    let report = if arguments.recording.is_empty() {
        let options = options(arguments)?;
        if let (Place::Url(_), Some(address), false) =
            (&options.place, options.sink_listen, terminal.quiet)
        {
            let sink = sink::url(address);
            complain(&format!("the component has to post to K_SINK={sink}"));
        }
        let progress = Bar::new(terminal);
        let work = async {
            let report = run(&options, &progress).await;
            progress.clear();
            report.map_err(failure)
        };
        unless_interrupted(work, REPORT)?
    } else {
        recording::judge(arguments.role, arguments.strict, &arguments.recording)?
    };
    tell(&report, &arguments.dir, &arguments.out, terminal)
}

/// What the command line and the component's own description ask for together.
fn options(arguments: &Subject) -> Result<Options, Failure> {
    let manifest = manifest(arguments.component.as_deref())?;
    let usage = |problem: &str| Failure::new(Code::Usage, problem);
    let role = arguments
        .role
        .or(manifest.as_ref().map(|manifest| manifest.role))
        .ok_or_else(|| usage("--role is missing, and no ingenium-component.json says it"))?;
    let stated = manifest.as_ref().map(|manifest| manifest.command.clone());
    let place = match (&arguments.url, &arguments.command, stated) {
        (Some(url), ..) => Place::Url(url.clone()),
        (None, command, _) if !command.is_empty() => Place::Command(command.clone()),
        (None, _, Some(command)) if !command.is_empty() => Place::Command(command),
        _ => {
            return Err(usage(
                "nothing to judge: write the command after `--`, or --url URL",
            ));
        }
    };
    let mut options = Options {
        strict: arguments.strict,
        only: arguments.only.clone(),
        seed: arguments.seed,
        claims: arguments.claims.clone(),
        sink_listen: arguments.sink_listen,
        class: arguments.class.clone(),
        namespace: arguments.namespace.clone(),
        token: arguments.token.as_deref().map(token).transpose()?,
        repeat_with: files(arguments),
        ..Options::new(role, place, &arguments.dir)
    };
    if let Some(manifest) = &manifest {
        declare(&mut options, manifest);
    }
    if let Some(profile) = arguments.profile {
        options.profile = profile;
    }
    options.live |= options.claims.iter().any(|claim| claim == "live");
    if let Some(file) = &arguments.baseline {
        options.baseline = Baseline::read(file).map_err(|problem| usage(&problem))?;
    }
    Ok(options)
}

/// The files that a command which repeats a check has to name again.
fn files(arguments: &Subject) -> Vec<String> {
    let named = [
        ("--component", &arguments.component),
        ("--token", &arguments.token),
    ];
    named
        .into_iter()
        .filter_map(|(flag, file)| Some([flag.to_owned(), file.as_ref()?.display().to_string()]))
        .flatten()
        .collect()
}

/// Leaves the report in every form, and prints it.
pub(in crate::command) fn tell(
    report: &Report,
    folder: &Path,
    copies: &[Copy],
    terminal: Terminal,
) -> Result<Code, Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| {
            let written = |format: Format| write(report, format, &folder.join(format.file()));
            Format::ALL.into_iter().try_for_each(written)
        })
        .map_err(|error| Failure::new(Code::Internal, format!("{}: {error}", folder.display())))?;
    let on_stdout = write_copies(report, copies)?;
    if !on_stdout {
        print(report, folder, terminal).map_err(Failure::internal)?;
    }
    Ok(if report.conformant {
        Code::Good
    } else {
        Code::Bad
    })
}

/// The token in a file.
fn token(file: &Path) -> Result<String, Failure> {
    let token = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(Code::Usage, format!("{}: {error}", file.display())))?;
    Ok(token.trim().to_owned())
}

/// What the component says about itself, where it says something.
fn manifest(named: Option<&Path>) -> Result<Option<Manifest>, Failure> {
    let usual = Path::new(manifest::FILE);
    let file = match named {
        Some(file) => file,
        None if usual.is_file() => usual,
        None => return Ok(None),
    };
    Manifest::read(file)
        .map(Some)
        .map_err(|problem| Failure::new(Code::Usage, problem))
}

/// Takes over what a component declares; what stands on the command line wins.
fn declare(options: &mut Options, manifest: &Manifest) {
    if let Some(profile) = manifest.profile {
        options.profile = profile;
    }
    options.live = manifest.mode == Mode::Live;
    if options.live {
        options.claims.push("live".to_owned());
    }
    let features = manifest.features.iter().copied().map(Feature::name);
    options.claims.extend(features.map(ToOwned::to_owned));
    options.cash.clone_from(&manifest.cash);
    options.effect_within = manifest.limits.effect_ms.map(Duration::from_millis);
    options.answer_within = manifest.limits.answer_ms.map(Duration::from_millis);
    options.ready_within = manifest.limits.ready_ms.map(Duration::from_millis);
}

fn failure(error: Error) -> Failure {
    match &error {
        Error::Target(target::Error::System { .. }) | Error::System { .. } | Error::Case(_) => {
            Failure::internal(error)
        }
        Error::Target(target::Error::Busy { .. }) | Error::Nothing { .. } | Error::Usage(_) => {
            Failure::usage(error)
        }
        _ => Failure::new(Code::Target, error.to_string()),
    }
}
