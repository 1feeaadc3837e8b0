//! `ingenium up`: broker and components on this machine, over recorded bars.

mod children;
mod directory;
mod port;
mod replace;
mod report;
mod settings;
mod summary;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ingenium_broker::{Broker, Config, Handle, Mode};
use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use ingenium_runtime::shutdown::Shutdown;

use self::children::{Children, Event};
use self::directory::Directory;
use self::report::{Format, Report};
use self::settings::Settings;
use super::tuning::Tuning;
use super::{reading, runtime};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Run broker and reference components on this machine, over recorded bars
///
/// Starts the embedded broker, an ingestor, a strategy, a long-only portfolio and a paper executor, each a
/// process of its own that speaks HTTP as on Knative. Without --csv it runs daily bars of IBM, GOOG and FB.
/// Kill it at any time and start it again: it goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium up --exit-when-done --fresh
  $ ingenium up --csv prices.csv=ACME --sizing fixed:10 --fee-bps 5
  $ ingenium up --strategy sma-cross --param fast=5
  $ ingenium up --component strategy='python3 my_strategy.py'")]
pub(crate) struct Arguments {
    /// Bars to run, a CSV file; the symbol is that of its column, or the file's name, unless given
    #[arg(long, value_name = "FILE[=SYMBOL]")]
    csv: Vec<String>,

    #[command(flatten)]
    reading: reading::Options,

    /// Take only the first N bars of each symbol in each file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    bars: Option<u32>,

    /// Cash at the start
    #[arg(long, value_name = "AMOUNT", default_value = "100000")]
    cash: String,

    /// How much to buy: `percent-equity:SHARE`, `fixed:QUANTITY`, or JSON as the portfolio's `sizing`
    #[arg(long, value_name = "RULE", default_value = "percent-equity:0.30")]
    sizing: String,

    /// Fee in basis points of each fill
    #[arg(long, value_name = "BPS", default_value = "0")]
    fee_bps: String,

    /// The strategy, as in `ingenium run strategy/NAME`
    #[arg(long, value_name = "NAME", default_value = "rsi")]
    strategy: String,

    /// A member of the strategy's configuration
    #[arg(long, value_name = "KEY=VALUE")]
    param: Vec<String>,

    #[command(flatten)]
    tuning: Tuning,

    /// A component of your own in the place of a reference one: a command, which gets PORT and K_SINK, or a URL
    #[arg(long, value_name = "ROLE=CMD|URL")]
    component: Vec<String>,

    /// Port of the broker on the loopback address; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,

    /// Where events and state are kept
    #[arg(long, value_name = "DIR", default_value = ".ingenium")]
    data_dir: PathBuf,

    /// Delete an earlier run in the data directory first
    #[arg(long)]
    fresh: bool,

    /// Stop when all bars have run
    #[arg(long)]
    exit_when_done: bool,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

/// The broker's place in its URL, as on Knative: namespace and name.
const NAMESPACE: &str = "ingenium";
const BROKER: &str = "broker";

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let environment = Environment::of_process();
    logs::install_with(&environment, terminal.log_filter("warn"));
    let settings = Settings::parse(arguments)?;
    let directory = Directory::prepare(&arguments.data_dir, &settings, arguments.fresh)?;
    runtime()?.block_on(go(arguments, &settings, &directory, &environment))
}

async fn go(
    arguments: &Arguments,
    settings: &Settings,
    directory: &Directory,
    environment: &Environment,
) -> Result<Code, Failure> {
    let shutdown = Shutdown::on_signal(false).map_err(Failure::internal)?;
    let broker = open_broker(arguments, directory).await?;
    let report = Report::new(arguments.format);
    report.banner(broker.address(), directory);
    let mut children = Children::new(directory, broker.address(), environment);
    let outcome = drive(
        arguments,
        settings,
        &broker,
        &mut children,
        &report,
        &shutdown,
    )
    .await;
    children.stop().await;
    broker.shutdown().await;
    outcome
}

async fn open_broker(arguments: &Arguments, directory: &Directory) -> Result<Handle, Failure> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let mode = Mode::Step {
        input_source: settings::INGESTOR.to_owned(),
    };
    let config = Config::new(directory.broker(), listen, NAMESPACE, BROKER, mode);
    Broker::open(config).await.map_err(|error| match error {
        ingenium_broker::Error::Listen { .. } => port::busy(arguments.port, &error),
        other => Failure::usage(other),
    })
}

/// Starts everything, waits for the end of the run, and says what came of it.
async fn drive(
    arguments: &Arguments,
    settings: &Settings,
    broker: &Handle,
    children: &mut Children,
    report: &Report,
    shutdown: &Shutdown,
) -> Result<Code, Failure> {
    for component in settings.components() {
        children.start(component)?;
    }
    tokio::select! {
        biased;
        () = shutdown.requested() => return Ok(interrupted(shutdown)),
        ready = children.ready() => ready?,
    }
    for trigger in settings.triggers(children) {
        broker
            .apply_trigger(trigger)
            .await
            .map_err(Failure::internal)?;
    }
    broker.start_dispatch();
    report.ready(broker.address());
    children.start(&settings.ingestor())?;
    let mut progress = report.progress(settings.expected_bars());
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    loop {
        tokio::select! {
            biased;
            () = shutdown.requested() => return Ok(interrupted(shutdown)),
            event = children.next() => match event {
                Event::InputEnded => broker.end_input(),
                Event::Died(death) => {
                    progress.clear();
                    report.death(&death);
                    return Ok(Code::Bad);
                }
            },
            reason = broker.wait_failed() => {
                progress.clear();
                return Err(Failure::new(Code::Internal, reason));
            }
            () = broker.wait_done() => break,
            _ = tick.tick() => progress.update(&broker.counts()),
        }
    }
    progress.clear();
    let summary = summary::summarise(broker, settings).await?;
    report.summary(&summary);
    let code = if summary.is_clean() {
        Code::Good
    } else {
        Code::Bad
    };
    if arguments.exit_when_done {
        return Ok(code);
    }
    tokio::select! {
        biased;
        () = shutdown.requested() => Ok(interrupted(shutdown)),
        event = children.next() => {
            if let Event::Died(death) = event {
                report.death(&death);
            }
            Ok(Code::Bad)
        }
    }
}

/// TERM is how a supervisor stops a service, and is no failure; an interrupt is somebody changing their mind.
fn interrupted(shutdown: &Shutdown) -> Code {
    if shutdown.was_interrupt() {
        Code::Interrupted
    } else {
        Code::Good
    }
}
