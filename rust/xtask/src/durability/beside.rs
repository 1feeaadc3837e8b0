//! A publisher that behaves, beside peers that do not, and what they take of the broker's memory.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::bench::Bench;
use super::checker::Event;
use super::process::Process;
use super::report::row;
use super::wire::{self, Connection};
use crate::memory::kibibytes;

/// The longest that the good publisher may wait for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What there was beside the peers.
pub(super) struct Beside {
    served: Served,
    /// The broker's memory before them, in KiB.
    before: u64,
    /// The most while they were there.
    most: u64,
}

/// What the good publisher saw.
struct Served {
    events: u64,
    longest: Duration,
}

/// Starts a broker, and peers who are given its address and its process; they say what they saw, and the most memory that
/// it had in KiB. It ends by TERM, with every event that was acknowledged.
pub(super) fn run<T>(
    bench: &Bench,
    name: &str,
    peers: impl FnOnce(SocketAddr, u32) -> Result<(T, u64), String>,
) -> Result<(T, Beside), String> {
    let folder = bench.folder(name)?;
    let mut process = Process::start(&bench.program, &folder, &[])?;
    let address = process.address()?;
    let mut good = Good::new(address)?;
    for _ in 0..200 {
        good.publish()?;
    }
    let id = process.id().ok_or("the broker does not run")?;
    let before = kibibytes(id, "VmRSS")?;
    let done = AtomicBool::new(false);
    let (seen, most, served) = thread::scope(|scope| {
        let publisher = scope.spawn(|| good.run(&done));
        let seen = peers(address, id);
        done.store(true, Ordering::Release);
        let served = publisher
            .join()
            .map_err(|_| "the good publisher panicked")??;
        let (seen, most) = seen?;
        Ok::<_, String>((seen, most, served))
    })?;
    process.terminate()?;
    let (status, log) = process.wait()?;
    if !status.success() {
        return Err(format!("the broker ends with {status}: {}", log.join("\n")));
    }
    let stored = super::file::rows(&folder)?.len();
    if stored as u64 != served.events {
        return Err(format!(
            "{stored} events are stored, {} were acknowledged",
            served.events
        ));
    }
    let beside = Beside {
        served,
        before,
        most,
    };
    Ok((seen, beside))
}

impl Beside {
    /// The lines of a table of four columns.
    pub(super) fn rows(&self) -> [Vec<String>; 2] {
        let (events, longest) = (self.served.events, self.served.longest.as_millis());
        [
            row([
                &"the good publisher",
                &"1 to 2",
                &format!("served: {events} events, longest wait {longest} ms"),
                &"0",
            ]),
            row([
                &"memory (resident)",
                &"",
                &format!(
                    "{} MiB before, {} MiB more at most",
                    self.before / 1024,
                    self.grown() / 1024
                ),
                &"",
            ]),
        ]
    }

    /// Fails where the peers took more than `memory` in KiB, or the good publisher waited for too long.
    pub(super) fn judge(&self, memory: u64) -> Result<(), String> {
        if self.grown() > memory {
            return Err(format!(
                "the memory grows by {} MiB, allowed are {}",
                self.grown() / 1024,
                memory / 1024
            ));
        }
        if self.served.longest > PATIENCE {
            let longest = self.served.longest;
            return Err(format!("the good publisher waits for {longest:?}"));
        }
        Ok(())
    }

    fn grown(&self) -> u64 {
        self.most.saturating_sub(self.before)
    }
}

/// A publisher that behaves.
struct Good {
    address: SocketAddr,
    connection: Connection,
    events: u64,
}

impl Good {
    fn new(address: SocketAddr) -> Result<Self, String> {
        let connection = Connection::open(address).map_err(|error| error.to_string())?;
        Ok(Self {
            address,
            connection,
            events: 0,
        })
    }

    fn publish(&mut self) -> Result<(), String> {
        self.events += 1;
        let event = Event {
            key: 0,
            number: self.events,
        };
        let request = wire::event(&event.source(), &event.id(), 0, b"good");
        let failed =
            |error: io::Error| format!("the good publisher: event {}: {error}", event.id());
        let answer = if self.events.is_multiple_of(20) {
            Connection::open(self.address).and_then(|mut connection| connection.ask(&request))
        } else {
            self.connection.ask(&request)
        };
        let answer = answer.map_err(failed)?;
        if answer.status() == Some(202) {
            Ok(())
        } else {
            Err(format!(
                "the good publisher: event {}: `{}`",
                event.id(),
                answer.line
            ))
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the stop watch of a developer command"
    )]
    fn run(mut self, done: &AtomicBool) -> Result<Served, String> {
        let mut longest = Duration::ZERO;
        while !done.load(Ordering::Acquire) {
            let start = Instant::now();
            self.publish()?;
            longest = longest.max(start.elapsed());
        }
        Ok(Served {
            events: self.events,
            longest,
        })
    }
}
