//! RabbitMQ: AMQP 0-9-1, a fanout exchange before a quorum queue for each subscriber, publisher confirms, consumers that
//! acknowledge each message.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use amqprs::channel::{
    BasicAckArguments, BasicConsumeArguments, BasicPublishArguments, BasicQosArguments, Channel,
    ConfirmSelectArguments, ExchangeDeclareArguments, ExchangeType, QueueBindArguments,
    QueueDeclareArguments,
};
use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::{BasicProperties, FieldTable, FieldValue};
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::confirms::Confirms;
use super::load::Arrivals;
use super::process::Process;
use super::server::{Server, empty, free};
use crate::setup;

/// What Debian's package has: without the wrapper that wants the user `rabbitmq`.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// How long a start of the virtual machine may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Messages that a consumer has not acknowledged: as many as a Trigger has open events.
const PREFETCH: u16 = 1024;

/// What may fail here is only told.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const EXCHANGE: &str = "bench";

/// Installs the server, unless it is there.
pub(super) fn install() -> Result<(), String> {
    if Path::new(PROGRAM).is_file() {
        return Ok(());
    }
    setup::packages(&["rabbitmq-server"])
}

/// Starts a server with an exchange and as many queues and consumers.
pub(super) fn start(folder: &Path, subscribers: usize) -> Result<Server, String> {
    empty(folder)?;
    let (address, distribution, names) = (free()?, free()?, free()?);
    // Its own names, or it would leave a daemon behind that other nodes use as well.
    let mut command = Command::new("epmd");
    command.args(["-address", "127.0.0.1", "-port", &names.port().to_string()]);
    let epmd = Process::start(&mut command)?;
    let (plugins, settings) = (folder.join("plugins"), folder.join("rabbitmq.conf"));
    let limits = format!(
        "listeners.tcp.default = {address}\nvm_memory_high_watermark.relative = 0.6\nlog.console.level = error\n"
    );
    for (file, text) in [(&plugins, "[]."), (&settings, limits.as_str())] {
        fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut command = Command::new(PROGRAM);
    command
        .env("HOME", folder)
        // The script becomes the server then, and is no parent that leaves it behind.
        .env("RUNNING_UNDER_SYSTEMD", "1")
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("ERL_EPMD_PORT", names.port().to_string())
        .env("RABBITMQ_NODENAME", "ingenium-bench@localhost")
        .env("RABBITMQ_DIST_PORT", distribution.port().to_string())
        .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODE_PORT", address.port().to_string())
        .env("RABBITMQ_CONFIG_FILE", &settings)
        .env("RABBITMQ_CONF_ENV_FILE", folder.join("none"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", &plugins)
        .env("RABBITMQ_MNESIA_BASE", folder.join("data"))
        .env("RABBITMQ_LOG_BASE", folder.join("log"))
        .env("RABBITMQ_PID_FILE", folder.join("pid"));
    let mut server = Server::start(command, address, folder, PATIENCE, publish)?;
    server.beside(epmd);
    let set_up = async {
        let (_connection, channel) = open(address).await?;
        let mut exchange = ExchangeDeclareArguments::of_type(EXCHANGE, ExchangeType::Fanout);
        channel
            .exchange_declare(exchange.durable(true).finish())
            .await?;
        for number in 0..subscribers {
            let queue = format!("q{number}");
            let mut arguments = QueueDeclareArguments::durable_client_named(&queue);
            channel
                .queue_declare(arguments.arguments(quorum()?).finish())
                .await?;
            channel
                .queue_bind(QueueBindArguments::new(&queue, EXCHANGE, ""))
                .await?;
        }
        Ok::<_, Failure>(())
    };
    run(set_up).map_err(|error| format!("RabbitMQ: {error}"))?;
    for number in 0..subscribers {
        consume(address, format!("q{number}"), Arc::clone(&server.arrivals));
    }
    Ok(server)
}

/// What makes a queue a quorum queue.
fn quorum() -> Result<FieldTable, Failure> {
    let mut arguments = FieldTable::new();
    let kind = FieldValue::S("quorum".try_into()?);
    arguments.insert("x-queue-type".try_into()?, kind);
    Ok(arguments)
}

/// A connection of its own with a channel, which ends with it.
async fn open(address: SocketAddr) -> Result<(Connection, Channel), Failure> {
    let (host, port) = (address.ip().to_string(), address.port());
    let arguments = OpenConnectionArguments::new(&host, port, "guest", "guest");
    let connection = timeout(PATIENCE, Connection::open(&arguments)).await??;
    let channel = connection.open_channel(None).await?;
    Ok((connection, channel))
}

/// Each thread runs its own connection: no more than the other brokers' clients do.
fn run<T>(future: impl Future<Output = Result<T, Failure>>) -> io::Result<T> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(future).map_err(io::Error::other)
}

fn publish(
    address: SocketAddr,
    _number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    run(async {
        let (_connection, channel) = open(address).await?;
        let (confirms, mut confirmed) = Confirms::new();
        channel.register_callback(confirms).await?;
        channel
            .confirm_select(ConfirmSelectArguments::default())
            .await?;
        let properties = BasicProperties::default().with_persistence(true).finish();
        let mut arguments = BasicPublishArguments::new(EXCHANGE, "");
        let arguments = arguments.mandatory(true).finish();
        for payload in payloads {
            channel
                .basic_publish(properties.clone(), payload.into_bytes(), arguments.clone())
                .await?;
            let confirmed = timeout(PATIENCE, confirmed.recv()).await?;
            if confirmed != Some(true) {
                return Err("a message was not confirmed".into());
            }
        }
        Ok(())
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a consumer ends with its connection, which ends with the server"
)]
fn consume(address: SocketAddr, queue: String, arrivals: Arc<Arrivals>) {
    std::thread::spawn(move || {
        run(async {
            let (_connection, channel) = open(address).await?;
            channel
                .basic_qos(BasicQosArguments::new(0, PREFETCH, false))
                .await?;
            let consumption = BasicConsumeArguments::new(&queue, "bench");
            let (_tag, mut messages) = channel.basic_consume_rx(consumption).await?;
            while let Some(message) = messages.recv().await {
                arrivals.add(&message.content.unwrap_or_default());
                if let Some(deliver) = message.deliver {
                    let arguments = BasicAckArguments::new(deliver.delivery_tag(), false);
                    channel.basic_ack(arguments).await?;
                }
            }
            Ok(())
        })
    });
}
