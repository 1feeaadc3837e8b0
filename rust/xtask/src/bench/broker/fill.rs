//! Many events through the broker's door, as fast as it takes them.

use std::io;
use std::net::SocketAddr;
use std::thread::scope;
use std::time::{Duration, Instant};

use super::http;
use super::load::SIZE;
use super::server::connect;

/// Events of a request.
pub(super) const BATCH: u64 = 500;

/// Publishers side by side.
const PUBLISHERS: u64 = 8;

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
        let ended = publishers
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join);
        ended
            .map(|ended| ended.unwrap_or_else(|_| Err(io::Error::other("it has panicked"))))
            .collect()
    });
    let filled: io::Result<()> = filled;
    filled.map_err(|error| format!("a publisher: {error}"))?;
    Ok(start.elapsed())
}

/// The batches of a publisher: every eighth.
fn publish(address: SocketAddr, publisher: u64, events: u64) -> io::Result<()> {
    let mut stream = connect(address)?;
    let filler = "x".repeat(SIZE - 8);
    let mut first = publisher * BATCH;
    while first < events {
        let mut batch = String::with_capacity(300_000);
        for event in first..events.min(first + BATCH) {
            batch.push(if event == first { '[' } else { ',' });
            let key = event % KEYS;
            batch.push_str(&format!(
                r#"{{"specversion":"1.0","id":"{event}","source":"/bench","type":"bench.event","partitionkey":"{key}","datacontenttype":"application/json","data":{{"f":"{filler}"}}}}"#
            ));
        }
        batch.push(']');
        http::post(&mut stream, address, http::BATCH, &batch)?;
        first += PUBLISHERS * BATCH;
    }
    Ok(())
}
