//! Several files as one series, in (time, Symbol) order.

use std::collections::HashMap;

use ingenium_types::event::DataEvent;
use ingenium_types::scalar::{InstrumentSymbol, UtcTimestamp};

use super::bars::Row;
use super::{Bars, Malformed};

/// The bars of all files, oldest first; bars of the same time in symbol order.
///
/// Only the next bar of a file of one symbol is in memory. Malformed rows come out where they are met.
pub struct Merge {
    series: Vec<Series>,
    /// The last bar of each symbol, where two files may hold bars of one.
    last: Option<HashMap<InstrumentSymbol, UtcTimestamp>>,
}

/// A file that has not ended, with its next bar where that is known.
struct Series {
    head: Option<Row>,
    bars: Bars,
}

impl Merge {
    /// Merges `series`.
    #[must_use]
    pub fn new(series: Vec<Bars>) -> Self {
        let shared = series.len() > 1 && series.iter().any(|bars| bars.symbol().is_none());
        let series = series.into_iter().map(|bars| Series { head: None, bars });
        Self {
            series: series.collect(),
            last: shared.then(HashMap::new),
        }
    }

    /// Refuses a bar of a symbol and time that another file had already.
    fn checked(
        last: &mut Option<HashMap<InstrumentSymbol, UtcTimestamp>>,
        series: &Series,
        row: Row,
    ) -> Result<DataEvent, Malformed> {
        if let Some(last) = last {
            let Row { line, bar } = &row;
            if last.get(&bar.symbol) >= Some(&bar.timestamp) {
                let problem = format!(
                    "another file has a bar of `{}` at {} or later",
                    bar.symbol, bar.timestamp
                );
                return Err(series.bars.malformed(*line, problem));
            }
            last.insert(bar.symbol.clone(), bar.timestamp);
        }
        Ok(row.bar)
    }
}

impl Iterator for Merge {
    type Item = Result<DataEvent, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = 0;
        while let Some(series) = self.series.get_mut(at) {
            if series.head.is_none() {
                match series.bars.next_row() {
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
        // A series is of one type and one period, so (time, symbol) decides; ties come in file order.
        let earliest = self
            .series
            .iter_mut()
            .min_by(|a, b| key(a.head.as_ref()).cmp(&key(b.head.as_ref())))?;
        let row = earliest.head.take()?;
        Some(Self::checked(&mut self.last, earliest, row))
    }
}

fn key(row: Option<&Row>) -> Option<(UtcTimestamp, &str)> {
    row.map(|Row { bar, .. }| {
        (
            bar.end_timestamp.unwrap_or(bar.timestamp),
            bar.symbol.as_str(),
        )
    })
}
