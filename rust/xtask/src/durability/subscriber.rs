//! Subscribers that record what comes, and fail as they are told.

use std::io::{self, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{Scope, sleep};
use std::time::Duration;

use fastrand::Rng;

use super::checker::Event;
use super::ledger::Ledger;
use super::wire;

/// How a subscriber fails, at one delivery of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failing {
    Never,
    /// Answers with 500 or 503.
    Errors,
    /// Answers after the trigger has stopped waiting.
    Late,
    /// Drops the connection, before or in the middle of an answer.
    HangsUp,
}

/// How long a delivery to a trigger may take, as its Trigger says.
pub(super) const TIMEOUT: &str = "PT0.2S";

/// Longer than that.
const LATE: Duration = Duration::from_millis(300);

/// A server that stands for the subscriber of one trigger.
pub(super) struct Subscriber {
    pub(super) trigger: &'static str,
    failing: Failing,
    /// How long every answer takes.
    takes: Duration,
    listener: TcpListener,
    address: SocketAddr,
    stop: AtomicBool,
    connections: AtomicU64,
}

impl Subscriber {
    pub(super) fn bind(
        trigger: &'static str,
        failing: Failing,
        takes: Duration,
    ) -> Result<Self, String> {
        Self::bind_to(0, trigger, failing, takes)
    }

    /// One at a port that a Trigger of an earlier process may name.
    pub(super) fn bind_to(
        port: u16,
        trigger: &'static str,
        failing: Failing,
        takes: Duration,
    ) -> Result<Self, String> {
        let failed = |error: io::Error| format!("subscriber {trigger}: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            trigger,
            failing,
            takes,
            listener,
            address,
            stop: AtomicBool::new(false),
            connections: AtomicU64::new(0),
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves each connection in a thread, until [`stop`](Self::stop) and the end of the broker.
    pub(super) fn serve<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        ledger: &'scope Ledger,
    ) {
        while let Ok((socket, _)) = self.listener.accept() {
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            let seed = self.connections.fetch_add(1, Ordering::AcqRel);
            scope.spawn(move || {
                // A connection that breaks is what is tried here.
                drop(self.connection(&socket, ledger, &mut Rng::with_seed(seed)));
            });
        }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        // Wakes the one who accepts; when nobody listens any more there is none to wake.
        drop(TcpStream::connect(self.address));
    }

    fn connection(&self, socket: &TcpStream, ledger: &Ledger, random: &mut Rng) -> io::Result<()> {
        socket.set_nodelay(true)?;
        let mut reader = BufReader::new(socket);
        let mut writer = socket;
        while let Some(request) = wire::read(&mut reader)? {
            let id = request.header("ce-id").unwrap_or_default();
            let key = request.header("ce-partitionkey").unwrap_or_default();
            let event = Event::from_id(id).filter(|event| event.key.to_string() == key);
            let Some(event) = event else {
                ledger.offence(format!(
                    "{} gets an event `{id}` with the key `{key}`",
                    self.trigger
                ));
                return Ok(());
            };
            let place = ledger.received(self.trigger, event, &request.body);
            if !self.takes.is_zero() {
                sleep(self.takes);
            }
            let fails = self.failing != Failing::Never && random.u32(..10) == 0;
            if !fails {
                writer.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")?;
                ledger.accepted(self.trigger, place);
                continue;
            }
            match self.failing {
                Failing::Never => {}
                Failing::Errors => {
                    let status = if random.bool() {
                        "500 Internal Server Error"
                    } else {
                        "503 Service Unavailable"
                    };
                    write!(writer, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")?;
                }
                Failing::Late => {
                    sleep(LATE);
                    writer.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")?;
                }
                Failing::HangsUp => {
                    if random.bool() {
                        writer.write_all(b"HTTP/1.1 202 Acc")?;
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
