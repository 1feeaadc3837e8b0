//! The answer to whoever collects: the text format of Prometheus, version 0.0.4.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use ingenium_runtime::clock;
use ingenium_runtime::http::Response;
use prometheus::{Gauge, GaugeVec, Registry, TextEncoder};

use super::names::{self, Name};
use super::{opts, registered};
use crate::core::{Core, lock};
use crate::error::Error;
use crate::store::reader;

/// What is read from the file.
struct File {
    used: u64,
    bytes: u64,
    /// When the first event was stored that each trigger has not settled: milliseconds since 1970-01-01 UTC.
    oldest: BTreeMap<String, i64>,
}

/// Answers with everything that is measured.
pub(crate) async fn answer(core: &Core) -> Response {
    match text(core).await {
        Ok(text) => Response::with_body(200, "text/plain; version=0.0.4; charset=utf-8", text),
        Err(error) => Response::problem(503, "store_unavailable", &error.to_string(), &[])
            .header("retry-after", "1"),
    }
}

async fn text(core: &Core) -> Result<String, Error> {
    let positions: Vec<(String, u64)> = core
        .triggers()
        .into_iter()
        .map(|(name, trigger)| (name, trigger.position.load(Ordering::Acquire)))
        .collect();
    let file = core
        .reader
        .query(move |connection| {
            let mut oldest = BTreeMap::new();
            for (name, position) in positions {
                if let Some(stored) = reader::stored_after(connection, position)? {
                    oldest.insert(name, stored);
                }
            }
            Ok(File {
                used: reader::used(connection)?,
                bytes: reader::bytes(connection)?,
                oldest,
            })
        })
        .await?;
    // States are read for this answer alone: two that are asked for at once do not disturb each other.
    let states = Registry::new();
    triggers(core, &states, &file);
    states_of(core, &states, &file);
    let mut families = core.metrics.registry.gather();
    families.extend(states.gather());
    families.sort_by(|a, b| a.name().cmp(b.name()));
    TextEncoder::new()
        .encode_to_string(&families)
        .map_err(|error| Error::Unavailable {
            reason: error.to_string(),
        })
}

fn triggers(core: &Core, registry: &Registry, file: &File) {
    let of_triggers = |name: Name| registered(registry, GaugeVec::new(opts(name), &["trigger"]));
    let (lags, ages) = (of_triggers(names::LAG), of_triggers(names::AGE));
    let now = clock::now().as_nanoseconds() / 1_000_000;
    for (name, lag) in core.lag() {
        let label = core.metrics.labels.label(&name);
        let age = file.oldest.get(&name).map_or(0, |stored| now - stored);
        // Of those that share a label the worst counts.
        let raise = |gauges: &GaugeVec, value: f64| {
            let gauge = gauges.with_label_values(&[label]);
            gauge.set(gauge.get().max(value));
        };
        raise(&lags, float(lag));
        raise(&ages, float(u64::try_from(age).unwrap_or(0)) / 1000.0);
    }
}

fn states_of(core: &Core, registry: &Registry, file: &File) {
    let limit = core.writer.max_capacity();
    let readers = core.config.limits.readers;
    let blocked = lock(&core.retention_blocked_by).is_some();
    for (name, value) in [
        (names::OPEN, core.counters.read().open),
        (names::QUEUE, (limit - core.writer.capacity()) as u64),
        (names::QUEUE_LIMIT, limit as u64),
        (names::NOTES, core.notes.len() as u64),
        (
            names::READERS,
            (readers - core.readers.available_permits()) as u64,
        ),
        (names::READERS_LIMIT, readers as u64),
        (names::FAILED, u64::from(core.failed.borrow().is_some())),
        (names::FIRST, core.log.first()),
        (names::LAST, core.log.head()),
        (names::USED, file.used),
        (names::FILE, file.bytes),
        (names::BLOCKED, u64::from(blocked)),
    ] {
        registered(registry, Gauge::with_opts(opts(name))).set(float(value));
    }
}

/// The format knows floats only; counts up to 2^53 are exact.
fn float(value: u64) -> f64 {
    value as f64
}
