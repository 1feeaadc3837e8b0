//! Several files as one series, in (time, Symbol) order.

use ingenium_types::event::DataEvent;

use super::{Bars, Malformed};

/// The bars of all files, oldest first; bars of the same time in symbol order.
///
/// Only the next bar of each file is in memory. Malformed rows come out where they are met.
pub struct Merge {
    series: Vec<Series>,
}

/// A file that has not ended, with its next bar where that is known.
struct Series {
    head: Option<DataEvent>,
    bars: Bars,
}

impl Merge {
    /// Merges `series`.
    #[must_use]
    pub fn new(series: Vec<Bars>) -> Self {
        let series = series.into_iter().map(|bars| Series { head: None, bars });
        Self {
            series: series.collect(),
        }
    }
}

impl Iterator for Merge {
    type Item = Result<DataEvent, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = 0;
        while let Some(series) = self.series.get_mut(at) {
            if series.head.is_none() {
                match series.bars.next() {
                    Some(Ok(bar)) => series.head = Some(bar),
                    // At once: a file of nothing else must not gather in memory.
                    Some(Err(row)) => return Some(Err(row)),
                    None => {
                        self.series.remove(at);
                        continue;
                    }
                }
            }
            at += 1;
        }
        // Type and period are the same in all files, so (time, symbol) decides; ties cannot happen.
        let earliest = self
            .series
            .iter_mut()
            .min_by(|a, b| key(a.head.as_ref()).cmp(&key(b.head.as_ref())))?;
        earliest.head.take().map(Ok)
    }
}

fn key(bar: Option<&DataEvent>) -> Option<(ingenium_types::scalar::UtcTimestamp, &str)> {
    bar.map(|bar| {
        (
            bar.end_timestamp.unwrap_or(bar.timestamp),
            bar.symbol.as_str(),
        )
    })
}
