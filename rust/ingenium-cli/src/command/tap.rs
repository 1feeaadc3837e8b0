//! `ingenium tap`: what passes between two programs, judged without them noticing.

mod control;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ingenium_conformance::passive::{Judge, Rigour};
use ingenium_conformance::tap::{Coverage, Passed, Tap};
use ingenium_conformance::{Report, Role};
use ingenium_runtime::environment::Environment;
use ingenium_runtime::http::Uri;
use ingenium_runtime::logs;
use ingenium_runtime::shutdown::Shutdown;
use tokio::sync::watch;
use tokio::time::Instant;

use self::control::Control;
use super::conform::{Copy, parse_copy, tell};
use super::runtime;
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// How often is looked whether anything passes.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Judge what passes between two programs, without either noticing
///
/// Listens in place of --forward, passes every byte on as it came, and judges the events in requests and replies on
/// the side. It ends by POST /stop, --inactivity-timeout or a signal, and leaves a report. Exit status: 0 good,
/// 1 not, or not enough was seen; 5 no event passed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium tap --listen 127.0.0.1:9000 --forward http://127.0.0.1:8080
  $ curl -X POST http://127.0.0.1:9001/stop   # with --control 127.0.0.1:9001")]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS")]
    listen: SocketAddr,

    /// Where to pass everything on to
    #[arg(long, value_name = "URL")]
    forward: String,

    /// Where GET /healthz, GET /findings and POST /stop are answered; a free port of the loopback address otherwise
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,

    /// Judge what this role emits; everything otherwise
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,

    /// What makes the exit status 1: must, should (warnings too), never; what passed unjudged always does
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Must)]
    fail_on: FailOn,

    /// End when no event has passed for so long
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    inactivity_timeout: Option<u64>,

    /// Fail when fewer events passed
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    min_events: usize,

    /// Fail when one of these types did not pass: `all`, or types
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    require_types: Vec<String>,

    /// Fail when less of the contract passed: members, branches and values of the required types, or of all
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    fail_on_coverage_below: Option<u8>,

    /// Where the report goes
    #[arg(long, value_name = "DIR", default_value = "conformance-report")]
    dir: PathBuf,

    /// One more copy of the report: json, junit, sarif, html, markdown, badge, endpoint, github; `-` is stdout
    #[arg(long, value_name = "KIND[=FILE]", value_parser = parse_copy)]
    out: Vec<Copy>,
}

/// What makes the exit status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Must,
    Should,
    Never,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    logs::install_with(&Environment::of_process(), terminal.log_filter("warn"));
    let required = required(&arguments.require_types)?;
    let rigour = match arguments.fail_on {
        FailOn::Should => Rigour::Should,
        FailOn::Must | FailOn::Never => Rigour::Must,
    };
    let judge = Judge::new(arguments.role, rigour)
        .map_err(|problem| Failure::new(Code::Internal, problem))?;
    let (report, passed, coverage) = runtime()?.block_on(run(arguments, judge))?;
    if passed.all() == 0 {
        let problem = match passed.other {
            0 => "no event has passed".to_owned(),
            other => format!("no event has passed, only {other} other messages"),
        };
        return Err(Failure::new(Code::Nothing, problem));
    }
    let code = tell(&report, &arguments.dir, &arguments.out, terminal)?;
    let (seen, all) = coverage.counts(&required);
    let percent = coverage.percent(&required);
    if !terminal.quiet {
        complain(&format!(
            "{} events and {} other messages on {} connections; {seen} of {all} members, branches and values of the \
             contract ({percent} %)",
            passed.all(),
            passed.other,
            passed.connections
        ));
    }
    let missed = missed(arguments, &required, &passed, percent);
    for problem in &missed {
        complain(&format!("error: {problem}"));
    }
    Ok(match (arguments.fail_on, code) {
        // Half a stream is no stream: what was not seen cannot be forgiven.
        _ if passed.lost > 0 => Code::Bad,
        (FailOn::Never, _) => Code::Good,
        (_, Code::Good) if !missed.is_empty() => Code::Bad,
        (_, code) => code,
    })
}

/// What was asked for and did not pass, and what passed unjudged.
fn missed(
    arguments: &Arguments,
    required: &[String],
    passed: &Passed,
    percent: usize,
) -> Vec<String> {
    let mut missed = Vec::new();
    if passed.lost > 0 {
        missed.push(format!(
            "{} connections were not judged to their end: more passed than the judge could take",
            passed.lost
        ));
    }
    if passed.opaque > 0 {
        missed.push(format!(
            "{} connections carried something else than HTTP/1.1",
            passed.opaque
        ));
    }
    if passed.all() < arguments.min_events {
        missed.push(format!(
            "{} events passed, expected at least {}",
            passed.all(),
            arguments.min_events
        ));
    }
    for name in required {
        if !passed.events.contains_key(name) {
            missed.push(format!("no event of the type {name} passed"));
        }
    }
    if let Some(least) = arguments.fail_on_coverage_below
        && percent < usize::from(least)
    {
        missed.push(format!(
            "{percent} % of the contract passed, expected at least {least} %"
        ));
    }
    missed
}

/// The types that must pass.
fn required(named: &[String]) -> Result<Vec<String>, Failure> {
    let contract = Coverage::new();
    let known: Vec<String> = contract.types().cloned().collect();
    if named.iter().any(|name| name == "all") {
        return Ok(known);
    }
    for name in named {
        if !known.contains(name) {
            let problem = format!(
                "there is no type `{name}`: use all, or {}",
                known.join(", ")
            );
            return Err(Failure::new(Code::Usage, problem));
        }
    }
    Ok(named.to_vec())
}

async fn run(arguments: &Arguments, judge: Judge) -> Result<(Report, Passed, Coverage), Failure> {
    let usage = |what: &str, error: &dyn std::fmt::Display| {
        Failure::new(Code::Usage, format!("{what}: {error}"))
    };
    let shutdown = Shutdown::on_signal(false).map_err(Failure::internal)?;
    let forward = address(&arguments.forward).await?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let control = arguments.control.unwrap_or(loopback);
    let (listener, control) = control::listen(control)
        .await
        .map_err(|error| usage(&control.to_string(), &error))?;
    let tap = Tap::start(arguments.listen, forward, judge)
        .await
        .map_err(|error| usage(&arguments.listen.to_string(), &error))?;
    complain(&format!(
        "http://{} passes on to {}; GET /healthz, GET /findings, POST /stop at http://{control}",
        tap.address(),
        arguments.forward
    ));
    let tap = Arc::new(tap);
    let (stop, mut stopped) = watch::channel(false);
    let (told, report) = watch::channel(None);
    let state = Arc::new(Control {
        tap: Arc::clone(&tap),
        stop,
        report,
    });
    let serving = tokio::spawn(control::serve(listener, state));
    let inactivity = arguments.inactivity_timeout.map(Duration::from_secs);
    tokio::select! {
        () = shutdown.requested() => {}
        _ = stopped.wait_for(|stop| *stop) => {}
        () = silence(&tap, inactivity) => {}
    }
    let (report, passed, coverage) = tap.stop().await;
    let text = serde_json::to_vec(&report).map_err(Failure::internal)?;
    told.send_replace(Some(Bytes::from(text)));
    // It ends when those who wait have the report.
    serving.await.ok();
    Ok((report, passed, coverage))
}

/// Resolves when no event has passed for so long; never without a limit.
async fn silence(tap: &Tap, limit: Option<Duration>) {
    let Some(limit) = limit else {
        return std::future::pending().await;
    };
    let (mut events, mut since) = (0, Instant::now());
    while since.elapsed() < limit {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = tap.passed().all();
        if now != events {
            (events, since) = (now, Instant::now());
        }
    }
}

/// Where a URL's bytes go.
async fn address(url: &str) -> Result<SocketAddr, Failure> {
    let bad = |problem: &str| Failure::new(Code::Usage, format!("--forward {url}: {problem}"));
    let uri: Uri = url.parse().map_err(|_| bad("it is no URL"))?;
    if uri.scheme_str() != Some("http") {
        return Err(bad("it is not http: a tap cannot see into TLS"));
    }
    let host = uri.host().ok_or_else(|| bad("it has no host"))?;
    let port = uri.port_u16().unwrap_or(80);
    let mut found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port))
        .await
        .map_err(|error| bad(&error.to_string()))?;
    found.next().ok_or_else(|| bad("its host has no address"))
}
