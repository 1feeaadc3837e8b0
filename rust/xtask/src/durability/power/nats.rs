//! The peer: NATS JetStream on the machine, with a stream in files.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::{Builder, sleep};
use std::time::Duration;

use fastrand::Rng;

use super::guest::{Console, KEYS, LOOK, PUBLISHERS};
use super::line::Line;
use super::plan::{Plan, Subject};
use crate::durability::checker::{Event, Row};
use crate::durability::publisher::body;
use crate::nats::Session;

/// Where it listens on the machine.
const PORT: u16 = 4222;

/// The stream. Messages have ids: one that comes again within two minutes is stored once.
const STREAM: &str = r#"{"name":"B","subjects":["b.>"],"storage":"file","num_replicas":1,"duplicate_window":120000000000}"#;

/// How often it is tried to reach it.
const TRIES: u32 = 1200;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that goes when it is no longer looked at.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Runs it on the machine, and publishes to it.
pub(super) fn serve(plan: &Plan, data: &Path, console: &Arc<Console>) -> Result<(), String> {
    console.say(&Line::Starting);
    let scratch = std::env::temp_dir();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    let mut server = start(&plan.program, address, data, &scratch, plan.subject)?;
    reach(&mut server, address, &scratch)?;
    console.say(&Line::Listens);
    let mut publishers = Vec::new();
    let mut random = Rng::with_seed(plan.seed);
    for number in 0..PUBLISHERS {
        let (last, open) = plan.share((number..KEYS).step_by(PUBLISHERS as usize));
        let publisher = Publisher {
            address,
            console: Arc::clone(console),
            inbox: format!("_INBOX.{number}"),
            random: random.fork(),
            last,
            session: None,
        };
        let is_last = plan.is_last;
        let run = move || publisher.run(&open, is_last);
        let publisher = Builder::new().spawn(run);
        publishers.push(publisher.map_err(|error| error.to_string())?);
    }
    if !plan.is_last {
        loop {
            if let Some(status) = server.0.try_wait().map_err(|error| error.to_string())? {
                return Err(ended(status, &scratch));
            }
            sleep(LOOK);
        }
    }
    for publisher in publishers {
        publisher.join().map_err(|_| "a publisher panicked")?;
    }
    terminate(server)
}

fn start(
    program: &Path,
    address: SocketAddr,
    data: &Path,
    scratch: &Path,
    subject: Subject,
) -> Result<Server, String> {
    let sync = match subject {
        Subject::NatsAlways => ", sync_interval: always",
        _ => "",
    };
    let settings = format!(
        "listen: \"{address}\"\njetstream {{ store_dir: \"{}\"{sync} }}\n",
        data.display()
    );
    let file = scratch.join("nats.conf");
    let log = scratch.join("nats.log");
    let failed = |error: io::Error| format!("{}: {error}", scratch.display());
    fs::write(&file, settings).map_err(failed)?;
    let log = File::create(&log).map_err(failed)?;
    let child = Command::new(program)
        .arg("--config")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    let child = child.map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(Server(child))
}

/// Waits until it listens, and has the stream.
fn reach(server: &mut Server, address: SocketAddr, scratch: &Path) -> Result<Session, String> {
    for _ in 0..TRIES {
        if TcpStream::connect(address).is_ok() {
            let session = Session::open(address, "_INBOX.control").and_then(|mut session| {
                let subject = "$JS.API.STREAM.CREATE.B";
                session.ask(subject, "_INBOX.control", STREAM.as_bytes())?;
                Ok(session)
            });
            return session.map_err(|error| format!("NATS: {error}"));
        }
        if let Ok(Some(status)) = server.0.try_wait() {
            return Err(ended(status, scratch));
        }
        sleep(PAUSE);
    }
    Err("NATS does not listen".to_owned())
}

fn ended(status: std::process::ExitStatus, scratch: &Path) -> String {
    let log = fs::read_to_string(scratch.join("nats.log")).unwrap_or_default();
    let mut last: Vec<&str> = log.lines().rev().take(5).collect();
    last.reverse();
    format!("nats-server ends with {status}: {}", last.join("\n"))
}

fn terminate(mut server: Server) -> Result<(), String> {
    let id = server.0.id().to_string();
    let sent = Command::new("kill").args(["-s", "TERM", &id]).status();
    sent.map_err(|error| format!("kill: {error}"))?;
    server.0.wait().map_err(|error| error.to_string())?;
    Ok(())
}

/// Publishes event after event, each until it is acknowledged.
struct Publisher {
    address: SocketAddr,
    console: Arc<Console>,
    inbox: String,
    random: Rng,
    last: Vec<(u32, u64)>,
    session: Option<Session>,
}

impl Publisher {
    fn run(mut self, open: &[Event], is_last: bool) {
        for event in open {
            self.publish(*event);
        }
        if is_last {
            return;
        }
        loop {
            let index = self.random.usize(..self.last.len());
            let (key, last) = &mut self.last[index];
            *last += 1;
            let event = Event {
                key: *key,
                number: *last,
            };
            self.publish(event);
        }
    }

    fn publish(&mut self, event: Event) {
        let (subject, body) = (format!("b.{}", event.key), body(event));
        loop {
            self.console.say(&Line::Sent(event));
            let session = match self.session.take() {
                Some(session) => Ok(session),
                None => Session::open(self.address, &self.inbox),
            };
            let asked = session.and_then(|mut session| {
                session.ask_once(&subject, &self.inbox, &event.id(), &body)?;
                Ok(session)
            });
            if let Ok(session) = asked {
                self.console.say(&Line::Taken(event));
                self.session = Some(session);
                return;
            }
            sleep(PAUSE);
        }
    }
}

/// The messages of a stream in their order, as the same server reads them from files that were taken off the machine.
pub(super) fn rows(
    program: &Path,
    data: &Path,
    scratch: &Path,
    subject: Subject,
) -> Result<Vec<Row>, String> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
    let address = free.map_err(|error| error.to_string())?;
    let mut server = start(program, address, data, scratch, subject)?;
    let mut control = reach(&mut server, address, scratch)?;
    let mut read = || -> io::Result<Vec<Row>> {
        let info = control.ask("$JS.API.STREAM.INFO.B", "_INBOX.control", b"")?;
        let info: serde_json::Value = serde_json::from_str(&info)?;
        let count = info["state"]["messages"].as_u64().unwrap_or_default();
        let mut session = Session::open(address, "rows")?;
        let consumer = r#"{"stream_name":"B","config":{"deliver_subject":"rows","ack_policy":"none","deliver_policy":"all"}}"#;
        control.ask(
            "$JS.API.CONSUMER.CREATE.B",
            "_INBOX.control",
            consumer.as_bytes(),
        )?;
        (0..count)
            .map(|_| Ok(row(session.next()?.payload)))
            .collect()
    };
    read().map_err(|error| format!("NATS: {error}"))
}

/// A message has no source, and its id is the beginning of its body.
fn row(body: Vec<u8>) -> Row {
    let length = body
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'-')
        .count();
    // What follows an id is random: it may look like more of one.
    let event = (1..=length).rev().find_map(|length| {
        let event = Event::from_id(std::str::from_utf8(&body[..length]).ok()?)?;
        (self::body(event) == body).then_some(event)
    });
    Row {
        source: event.map(Event::source).unwrap_or_default(),
        id: event.map(Event::id).unwrap_or_default(),
        body: body.into(),
    }
}
