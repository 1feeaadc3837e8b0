//! What is sent, and how long it takes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use super::server::Server;

/// The size of a payload in bytes.
pub(super) const SIZE: usize = 400;

/// Events of a batch, where there are batches.
pub(super) const BATCH: usize = 64;

/// What a payload begins with; twenty digits follow.
const BEGIN: &[u8] = br#"{"t":""#;

/// How long the last events may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Publishers and subscribers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) subscribers: usize,
    publishers: usize,
    /// Events of each publisher.
    each: usize,
    /// Events a second in all; as many as can be otherwise.
    rate: Option<u32>,
}

/// What a run has shown.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    /// Events a second, from the first request to the last acknowledgement.
    pub(super) rate: f64,
    /// From a publisher's call to a subscriber's handler: the median, and what 99 of 100 do not exceed.
    pub(super) latency: [Duration; 2],
}

/// What has come to subscribers.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    count: AtomicUsize,
    latencies: Mutex<Vec<Duration>>,
}

impl Arrivals {
    /// Events have come with payloads that stand in these bytes.
    pub(super) fn add(&self, mut bytes: &[u8]) {
        let now = clock();
        let mut took = Vec::with_capacity(BATCH);
        while let Some(at) = bytes
            .windows(BEGIN.len())
            .position(|window| window == BEGIN)
        {
            let payload = &bytes[at..];
            let sent = payload.get(BEGIN.len()..BEGIN.len() + 20);
            let sent = sent.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            took.push(now.saturating_sub(Duration::from_nanos(sent.unwrap_or(0))));
            bytes = payload.get(SIZE..).unwrap_or_default();
        }
        let count = took.len();
        if let Ok(mut latencies) = self.latencies.lock() {
            latencies.append(&mut took);
        }
        self.count.fetch_add(count, Ordering::Release);
    }

    fn latency(&self) -> [Duration; 2] {
        let mut latencies = self
            .latencies
            .lock()
            .map(|all| all.clone())
            .unwrap_or_default();
        latencies.sort_unstable();
        [50, 99].map(|percent| {
            let at = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
            latencies.get(at).copied().unwrap_or_default()
        })
    }
}

impl Load {
    /// As fast as it goes.
    pub(super) const fn burst(subscribers: usize, publishers: usize, each: usize) -> Self {
        Self {
            subscribers,
            publishers,
            each,
            rate: None,
        }
    }

    /// At a rate that a broker has to bear.
    pub(super) const fn paced(
        subscribers: usize,
        publishers: usize,
        each: usize,
        rate: u32,
    ) -> Self {
        Self {
            rate: Some(rate),
            ..Self::burst(subscribers, publishers, each)
        }
    }

    /// Publishes everything and waits until it is acknowledged.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the stop watch of a benchmark"
    )]
    pub(super) fn run(&self, server: &Server) -> Result<Measured, String> {
        let start = Instant::now();
        let failed = scope(|scope| {
            let publishers: Vec<_> = (0..self.publishers)
                .map(|number| {
                    scope.spawn(move || {
                        let mut payloads = self.payloads(number);
                        (server.publish)(server.address, number, &mut payloads)
                    })
                })
                .collect();
            let ended = publishers.into_iter().map(|publisher| publisher.join());
            ended
                .filter_map(|ended| match ended {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error.to_string()),
                    Err(_) => Some("a publisher has panicked".to_owned()),
                })
                .next()
        });
        if let Some(failed) = failed {
            return Err(failed);
        }
        let events = self.publishers * self.each;
        while server.arrivals.count.load(Ordering::Acquire) < events * self.subscribers {
            if start.elapsed() > PATIENCE {
                let count = server.arrivals.count.load(Ordering::Acquire);
                return Err(format!(
                    "only {count} of {events} events came to each of {} subscribers",
                    self.subscribers
                ));
            }
            sleep(Duration::from_millis(1));
        }
        let took = start.elapsed();
        let events = u32::try_from(events).map_err(|error| error.to_string())?;
        Ok(Measured {
            rate: f64::from(events) / took.as_secs_f64(),
            latency: server.arrivals.latency(),
        })
    }

    /// Payloads of a publisher, each when it is due; their first member says when they were made.
    fn payloads(&self, number: usize) -> impl Iterator<Item = String> {
        let pause = self.rate.map(|rate| {
            let publishers = u32::try_from(self.publishers).unwrap_or(1);
            Duration::from_secs(1) * publishers / rate
        });
        let start = clock();
        let filler = "x".repeat(SIZE - 36);
        (0..self.each).map(move |event| {
            if let Some(pause) = pause {
                let share = u32::try_from(number).unwrap_or(0);
                let event = u32::try_from(event).unwrap_or(u32::MAX);
                // Publishers take turns.
                let due = start + pause * event + pause / 8 * share;
                sleep(due.saturating_sub(clock()));
            }
            format!(r#"{{"t":"{:020}","f":"{filler}"}}"#, clock().as_nanos())
        })
    }
}

/// Since the first call.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
