//! `ingenium broker run`: the embedded broker as a process of its own.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ingenium_broker::{Broker, Config, Mode, Token};
use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use ingenium_runtime::shutdown::Shutdown;

use super::settings::Settings;
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
    #[arg(long, value_name = "PORT", conflicts_with = "listen")]
    port: Option<u16>,

    /// Address and port to listen on; any but a loopback address needs a token
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,

    /// Folder of the broker's file, created when absent; `.ingenium` otherwise
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Namespace in the broker's URL; `default` otherwise
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,

    /// Name in the broker's URL; `default` otherwise
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// File with the token that every request has to show as `Authorization: Bearer`, other than those for /healthz
    /// and /readyz; nobody but its owner may read it
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Remove events that were stored longer ago, such as P7D; what a trigger has not settled stays
    #[arg(long, value_name = "DURATION", value_parser = retention::age)]
    retention_age: Option<Duration>,

    /// Remove the oldest events while more of the file is in use, in bytes or as 500Mi, 10Gi; what a trigger has not
    /// settled stays
    #[arg(long, value_name = "SIZE", value_parser = retention::size)]
    retention_size: Option<u64>,

    /// Configuration file (JSON); what the command line says comes first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print the JSON Schema of the configuration, and run nothing
    #[arg(long, conflicts_with = "config")]
    schema: bool,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    if arguments.schema {
        let schema = schemars::schema_for!(Settings);
        let text = serde_json::to_string_pretty(&schema).map_err(Failure::internal)?;
        // Whoever has stopped reading does not want to hear about it.
        drop(writeln!(std::io::stdout().lock(), "{text}"));
        return Ok(Code::Good);
    }
    let environment = Environment::of_process();
    logs::install_with(&environment, terminal.log_filter("info"));
    let config = config(arguments, &environment)?;
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

/// The command line, then the file, then PORT, then what is usual.
fn config(arguments: &Arguments, environment: &Environment) -> Result<Config, Failure> {
    let settings = Settings::read(arguments.config.as_deref())?;
    let on_loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let said = arguments.listen.or(arguments.port.map(on_loopback));
    let listen = match said.or(settings.listen) {
        Some(listen) => listen,
        None => on_loopback(port(environment)?),
    };
    let token_file = arguments
        .token_file
        .as_ref()
        .or(settings.token_file.as_ref());
    let token = token_file.map(|file| Token::read(file).map_err(Failure::usage));
    let token = token.transpose()?;
    let usual = || "default".to_owned();
    let data = arguments.data.clone().or(settings.data);
    let data = data.unwrap_or_else(|| PathBuf::from(super::DATA));
    let namespace = arguments.namespace.clone().or(settings.namespace);
    let name = arguments.name.clone().or(settings.name);
    let mut config = Config::new(
        data.join(FILE),
        listen,
        namespace.unwrap_or_else(usual),
        name.unwrap_or_else(usual),
        Mode::Fifo,
    );
    config.limits = settings.limits.limits();
    config.retention = settings
        .retention
        .or(arguments.retention_age, arguments.retention_size);
    config.token = token;
    std::fs::create_dir_all(&data)
        .map_err(|error| Failure::new(Code::Usage, format!("{}: {error}", data.display())))?;
    Ok(config)
}

fn port(environment: &Environment) -> Result<u16, Failure> {
    match environment.get_nonempty("PORT") {
        None => Ok(USUAL_PORT),
        Some(text) => text
            .parse()
            .map_err(|_| Failure::new(Code::Usage, format!("PORT is `{text}`; set a port number"))),
    }
}
