//! NATS JetStream: a stream in a file that is synced before each acknowledgement, push consumers that acknowledge each
//! message.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::load::Arrivals;
use super::server::{Server, empty, free};
use crate::nats::Session;

/// Starts a server with a stream and as many consumers.
pub(super) fn start(program: &Path, folder: &Path, subscribers: usize) -> Result<Server, String> {
    empty(folder)?;
    let address = free()?;
    let settings = format!(
        "listen: \"{address}\"\njetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
        folder.display()
    );
    let file = folder.join("nats.conf");
    fs::write(&file, settings).map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg("--config").arg(&file);
    let server = Server::start(command, address, folder, publish)?;
    let set_up = || -> io::Result<()> {
        let mut control = Session::open(address, "_INBOX.control")?;
        let stream = r#"{"name":"B","subjects":["b.>"],"storage":"file","num_replicas":1}"#;
        control.ask(
            "$JS.API.STREAM.CREATE.B",
            "_INBOX.control",
            stream.as_bytes(),
        )?;
        for number in 0..subscribers {
            let subject = format!("d.{number}");
            let session = Session::open(address, &subject)?;
            consume(session, Arc::clone(&server.arrivals));
            let consumer = format!(
                r#"{{"stream_name":"B","config":{{"deliver_subject":"{subject}","ack_policy":"explicit"}}}}"#
            );
            control.ask(
                "$JS.API.CONSUMER.CREATE.B",
                "_INBOX.control",
                consumer.as_bytes(),
            )?;
        }
        Ok(())
    };
    set_up().map_err(|error| format!("NATS: {error}"))?;
    Ok(server)
}

fn publish(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let (subject, inbox) = (format!("b.{number}"), format!("_INBOX.{number}"));
    let mut session = Session::open(address, &inbox)?;
    for payload in payloads {
        session.ask(&subject, &inbox, payload.as_bytes())?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a consumer ends with its connection, which ends with the server"
)]
fn consume(mut session: Session, arrivals: Arc<Arrivals>) {
    std::thread::spawn(move || -> io::Result<()> {
        loop {
            let message = session.next()?;
            arrivals.add(&message.payload);
            if let Some(reply) = message.reply {
                session.publish(&reply, None, b"+ACK")?;
            }
        }
    });
}
