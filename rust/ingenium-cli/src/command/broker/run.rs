//! `ingenium broker run`: the embedded broker as a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ingenium_broker::{Broker, Config, Mode, Retention};
use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use ingenium_runtime::shutdown::Shutdown;

use super::{FILE, retention, runtime};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// The port without PORT and --port.
const USUAL_PORT: u16 = 8080;

/// Run the broker, as without a subcommand
///
/// Takes events at http://127.0.0.1:PORT/NAMESPACE/NAME, and Triggers as Knative's objects at
/// /apis/eventing.knative.dev/v1/namespaces/NAMESPACE/triggers/NAME. What is acknowledged is on disk.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "\
Example:
  $ ingenium broker run --data .ingenium --port 8080")]
pub(crate) struct Arguments {
    /// Port on the loopback address; PORT or 8080 otherwise, 0 takes a free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// Folder of the broker's file; created when absent
    #[arg(long, value_name = "DIR", default_value = ".ingenium")]
    data: PathBuf,

    /// Namespace in the broker's URL
    #[arg(long, value_name = "NAME", default_value = "default")]
    namespace: String,

    /// Name in the broker's URL
    #[arg(long, value_name = "NAME", default_value = "default")]
    name: String,

    /// Remove events that were stored longer ago, such as P7D; what a trigger has not settled stays
    #[arg(long, value_name = "DURATION", value_parser = retention::age)]
    retention_age: Option<Duration>,

    /// Remove the oldest events while more of the file is in use, in bytes or as 500Mi, 10Gi; what a trigger has not
    /// settled stays
    #[arg(long, value_name = "SIZE", value_parser = retention::size)]
    retention_size: Option<u64>,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let environment = Environment::of_process();
    logs::install_with(&environment, terminal.log_filter("info"));
    let port = match (arguments.port, environment.get_nonempty("PORT")) {
        (Some(port), _) => port,
        (None, None) => USUAL_PORT,
        (None, Some(text)) => text.parse().map_err(|_| {
            Failure::new(Code::Usage, format!("PORT is `{text}`; set a port number"))
        })?,
    };
    std::fs::create_dir_all(&arguments.data).map_err(|error| {
        Failure::new(
            Code::Usage,
            format!("{}: {error}", arguments.data.display()),
        )
    })?;
    let mut config = Config::new(
        arguments.data.join(FILE),
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        &arguments.namespace,
        &arguments.name,
        Mode::Fifo,
    );
    config.retention = Retention {
        age: arguments.retention_age,
        size: arguments.retention_size,
    };
    runtime()?.block_on(async {
        let shutdown = Shutdown::on_signal(false).map_err(Failure::internal)?;
        let broker = Broker::open(config).await.map_err(Failure::usage)?;
        broker.start_dispatch();
        let failed = tokio::select! {
            () = shutdown.requested() => None,
            reason = broker.wait_failed() => Some(reason),
        };
        broker.shutdown().await;
        match failed {
            Some(reason) => Err(Failure::new(Code::Internal, reason)),
            None if shutdown.was_interrupt() => Ok(Code::Interrupted),
            None => Ok(Code::Good),
        }
    })
}
