//! NATS JetStream: its text protocol, a stream in a file, push consumers that acknowledge each message.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::load::{Arrivals, BATCH};
use super::server::{PATIENCE, Publish, Server, empty, free};
use crate::nats::{Session, publication};

/// When the file is synced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sync {
    /// Before each acknowledgement; a publisher waits for each.
    Always,
    /// Every two minutes, which is the default; a publisher waits for the acknowledgements of [`BATCH`] messages.
    Seldom,
}

/// Starts a server with a stream and as many consumers.
pub(super) fn start(
    program: &Path,
    folder: &Path,
    subscribers: usize,
    sync: Sync,
) -> Result<Server, String> {
    empty(folder)?;
    let address = free()?;
    let (interval, publish): (_, Publish) = match sync {
        Sync::Always => (", sync_interval: always", publish::<1>),
        Sync::Seldom => ("", publish::<BATCH>),
    };
    let settings = format!(
        "listen: \"{address}\"\njetstream {{ store_dir: \"{}\"{interval} }}\n",
        folder.display()
    );
    let file = folder.join("nats.conf");
    fs::write(&file, settings).map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg("--config").arg(&file);
    let server = Server::start(command, address, folder, PATIENCE, publish)?;
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

/// Sends `WINDOW` messages, and waits for as many acknowledgements, before it sends the next.
fn publish<const WINDOW: usize>(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let (subject, inbox) = (format!("b.{number}"), format!("_INBOX.{number}"));
    let mut session = Session::open(address, &inbox)?;
    loop {
        let mut lines = Vec::new();
        let mut open = 0;
        for payload in (&mut *payloads).take(WINDOW) {
            lines.extend(publication(&subject, Some(&inbox), payload.as_bytes()));
            open += 1;
        }
        if open == 0 {
            return Ok(());
        }
        session.send(&lines)?;
        for _ in 0..open {
            session.answer()?;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a consumer ends with its connection, which ends with the server"
)]
fn consume(mut session: Session, arrivals: Arc<Arrivals>) {
    std::thread::spawn(move || -> io::Result<()> {
        let mut acknowledgements = Vec::new();
        loop {
            let message = session.next()?;
            arrivals.add(&message.payload);
            if let Some(reply) = message.reply {
                acknowledgements.extend(publication(&reply, None, b"+ACK"));
            }
            // Those of messages that came together go together.
            if session.has_read_all() {
                session.send(&acknowledgements)?;
                acknowledgements.clear();
            }
        }
    });
}
