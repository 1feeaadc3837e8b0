//! Several files as one series, in (time, Symbol) order.

use std::collections::VecDeque;

use ingenium_types::event::DataEvent;

use super::{Bars, Malformed};

/// The bars of all files, oldest first; bars of the same time in symbol order.
///
/// Only the next bar of each file is in memory. Malformed rows come out where they are met.
pub struct Merge {
    series: Vec<(Option<DataEvent>, Bars)>,
    malformed: VecDeque<Malformed>,
}

impl Merge {
    /// Merges `series`.
    #[must_use]
    pub fn new(series: Vec<Bars>) -> Self {
        let mut merge = Self {
            series: Vec::with_capacity(series.len()),
            malformed: VecDeque::new(),
        };
        for mut bars in series {
            let head = advance(&mut bars, &mut merge.malformed);
            merge.series.push((head, bars));
        }
        merge
    }
}

impl Iterator for Merge {
    type Item = Result<DataEvent, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.malformed.pop_front() {
            return Some(Err(row));
        }
        // Type and period are the same in all files, so (time, symbol) decides; ties cannot happen.
        let earliest = self
            .series
            .iter_mut()
            .filter(|(head, _)| head.is_some())
            .min_by(|(a, _), (b, _)| key(a.as_ref()).cmp(&key(b.as_ref())))?;
        let bar = earliest.0.take()?;
        earliest.0 = advance(&mut earliest.1, &mut self.malformed);
        Some(Ok(bar))
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

fn advance(bars: &mut Bars, malformed: &mut VecDeque<Malformed>) -> Option<DataEvent> {
    loop {
        match bars.next()? {
            Ok(bar) => return Some(bar),
            Err(row) => malformed.push_back(row),
        }
    }
}
