//! `ingenium run`: one reference component, served as on Knative.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use ingenium_components::{Outcome, RunError, Surroundings};
use ingenium_runtime::environment::{Environment, KnativeSettings, StateSync};
use ingenium_runtime::logs;
use ingenium_runtime::shutdown::Shutdown;

use super::runtime;
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Run one reference component, served as on Knative
///
/// Listens on PORT, posts to K_SINK. Components: ingestor/csv, ingestor/replay, strategy/rsi, strategy/sma-cross,
/// portfolio/long-only, executor/paper.
///
/// With INGENIUM_STATE_SYNC=normal a component answers before its state is synced: a machine that loses its power may
/// forget events that were acknowledged.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ PORT=8081 K_SINK=http://127.0.0.1:8080 ingenium run strategy/rsi
  $ ingenium run executor/paper --schema")]
pub(crate) struct Arguments {
    /// The component, such as `strategy/rsi`
    #[arg(value_name = "ROLE/NAME")]
    component: String,

    /// Configuration file (JSON); without it all defaults hold
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print the JSON Schema of the component's configuration, and run nothing
    #[arg(long, conflicts_with = "config")]
    schema: bool,

    /// Stop when stdin ends: the parent process holds the other end
    #[arg(long, hide = true)]
    exit_with_parent: bool,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    if arguments.schema {
        let schema =
            ingenium_components::config_schema(&arguments.component).map_err(Failure::usage)?;
        let text = serde_json::to_string_pretty(&schema).map_err(Failure::internal)?;
        // Whoever has stopped reading does not want to hear about it.
        drop(writeln!(std::io::stdout().lock(), "{text}"));
        return Ok(Code::Good);
    }
    let environment = Environment::of_process();
    logs::install_with(&environment, terminal.log_filter("info"));
    let settings = KnativeSettings::read(&environment).map_err(Failure::usage)?;
    runtime()?.block_on(async {
        let shutdown =
            Shutdown::on_signal(arguments.exit_with_parent).map_err(Failure::internal)?;
        // A child of `up` serves the broker on this machine; a pod serves whoever its network lets through.
        let listen = if arguments.exit_with_parent {
            Ipv4Addr::LOCALHOST
        } else {
            Ipv4Addr::UNSPECIFIED
        };
        let surroundings = Surroundings {
            listen: listen.into(),
            settings,
            shutdown,
            state_sync: StateSync::read(&environment).map_err(Failure::usage)?,
            fixture: environment
                .get_nonempty("INGENIUM_FIXTURE")
                .map(PathBuf::from),
        };
        let config = arguments.config.as_deref();
        match ingenium_components::run(&arguments.component, config, surroundings).await {
            Ok(Outcome::Finished) => Ok(Code::Good),
            // Whoever waits for the end of the input must not take this for it.
            Ok(Outcome::Interrupted) => Ok(Code::Bad),
            Err(RunError::Ingest(error @ ingenium_components::ingestor::Error::Refused { .. })) => {
                Err(Failure::new(Code::Bad, error.to_string()))
            }
            Err(RunError::Replay(error @ ingenium_components::replay::Error::Refused { .. })) => {
                Err(Failure::new(Code::Bad, error.to_string()))
            }
            Err(error) => Err(Failure::usage(error)),
        }
    })
}
