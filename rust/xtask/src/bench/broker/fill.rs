//! Many events through the broker's door, as fast as it takes them.

use std::io;
use std::net::SocketAddr;
use std::thread::{ScopedJoinHandle, scope};
use std::time::{Duration, Instant};

use super::http;
use super::load::SIZE;
use super::server::connect;

/// Events of a request.
pub(super) const BATCH: u64 = 500;

/// Publishers side by side.
const PUBLISHERS: u64 = 8;

/// The size of a large event in bytes: a body may have a mebibyte.
pub(super) const WEIGHT: usize = 1_000_000;

/// Keys that order is kept for.
const KEYS: u64 = 1000;

/// Publishes `events` events; how long that took.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
pub(super) fn fill(address: SocketAddr, events: u64) -> Result<Duration, String> {
    let start = Instant::now();
    let filled = scope(|scope| {
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|publisher| scope.spawn(move || publish(address, publisher, events)))
            .collect();
        let mut ended = publishers.into_iter().map(ScopedJoinHandle::join);
        ended.try_for_each(|ended| {
            ended.unwrap_or_else(|_| Err(io::Error::other("it has panicked")))
        })
    });
    filled.map_err(|error| format!("a publisher: {error}"))?;
    Ok(start.elapsed())
}

/// Publishes `events` events of [`WEIGHT`] bytes.
pub(super) fn heavy(address: SocketAddr, events: u64) -> Result<(), String> {
    let publish = || -> io::Result<()> {
        let mut stream = connect(address)?;
        let data = "x".repeat(WEIGHT);
        for event in 0..events {
            let headers = format!(
                "ce-specversion: 1.0\r\nce-id: {event}\r\nce-source: /bench\r\nce-type: bench.event\r\n\
                 ce-partitionkey: {event}\r\ncontent-type: text/plain\r\n"
            );
            http::post(&mut stream, address, &headers, &data)?;
        }
        Ok(())
    };
    publish().map_err(|error| format!("a publisher: {error}"))
}

/// The batches of a publisher: every eighth.
fn publish(address: SocketAddr, publisher: u64, events: u64) -> io::Result<()> {
    let mut stream = connect(address)?;
    let data = format!(r#"{{"f":"{}"}}"#, "x".repeat(SIZE - 8));
    let mut first = publisher * BATCH;
    while first < events {
        let mut batch = String::with_capacity(300_000);
        for event in first..events.min(first + BATCH) {
            batch.push(if event == first { '[' } else { ',' });
            batch.push_str(&http::event_json(&event.to_string(), event % KEYS, &data));
        }
        batch.push(']');
        http::post(&mut stream, address, http::BATCH_TYPE, &batch)?;
        first += PUBLISHERS * BATCH;
    }
    Ok(())
}
