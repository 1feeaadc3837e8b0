//! How the dates of a file are written.

use std::collections::BTreeMap;

use ingenium_types::scalar::UtcTimestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::moment;

/// How dates are written. Each may be followed by a time; one without an offset is in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// `2020-01-31`, `2020-01-31T15:30:00-05:00`.
    Iso,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits.
    Epoch,
    /// `2020/01/31`, `2020.1.31`, `20200131`.
    Ymd,
    /// `31/01/2020`, `31.1.2020`, `31-01-2020`.
    Dmy,
    /// `01/31/2020`, `1.31.2020`, `01-31-2020`.
    Mdy,
}

impl DateFormat {
    /// Where two read as many rows, the one before the other is taken; [`Self::Dmy`] and [`Self::Mdy`] are decided
    /// between apart.
    pub(super) const ALL: [Self; 5] = [Self::Iso, Self::Ymd, Self::Epoch, Self::Dmy, Self::Mdy];

    /// The instant that `text` writes.
    pub(super) fn read(self, text: &str) -> Option<UtcTimestamp> {
        moment::read(self, text)
    }

    /// What is expected of a cell, for messages.
    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::Iso => "YYYY-MM-DD, or date and time, from 1970 on",
            Self::Epoch => "time since 1970 in s, ms, us or ns",
            Self::Ymd => "YYYY/MM/DD or YYYYMMDD, or date and time, from 1970 on",
            Self::Dmy => "DD/MM/YYYY, or date and time, from 1970 on",
            Self::Mdy => "MM/DD/YYYY, or date and time, from 1970 on",
        }
    }
}

/// A row of the sample: where it stands, whose it is, and its date.
#[derive(Debug, Clone)]
pub(super) struct Dated {
    pub(super) line: u64,
    pub(super) symbol: String,
    pub(super) text: String,
}

/// From one row of a symbol to its next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) nanoseconds: i64,
}

/// The steps between the rows that can be read in `format`.
pub(super) fn steps(rows: &[Dated], format: DateFormat) -> Vec<Step> {
    let mut last: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    let mut steps = Vec::new();
    for (to, row) in rows.iter().enumerate() {
        let Some(time) = format.read(&row.text) else {
            continue;
        };
        let time = time.as_nanoseconds();
        if let Some((from, before)) = last.insert(&row.symbol, (to, time)) {
            let nanoseconds = time - before;
            steps.push(Step {
                from,
                to,
                nanoseconds,
            });
        }
    }
    steps
}

/// The format that reads most rows; the first ambiguous row where day and month cannot be told apart.
pub(super) fn sniff(rows: &[Dated]) -> Result<DateFormat, &Dated> {
    let read = |format: DateFormat| {
        let rows = rows.iter();
        rows.filter(|row| format.read(&row.text).is_some()).count()
    };
    let mut best = (DateFormat::Iso, 0);
    for format in DateFormat::ALL {
        let count = read(format);
        if count > best.1 {
            best = (format, count);
        }
    }
    let (format, count) = best;
    if format != DateFormat::Dmy || read(DateFormat::Mdy) < count {
        return Ok(format);
    }
    let differs = |row: &&Dated| DateFormat::Dmy.read(&row.text) != DateFormat::Mdy.read(&row.text);
    let Some(ambiguous) = rows.iter().find(differs) else {
        return Ok(format);
    };
    let forward = |format| steps(rows, format).iter().all(|step| step.nanoseconds >= 0);
    match (forward(DateFormat::Dmy), forward(DateFormat::Mdy)) {
        (true, false) => Ok(DateFormat::Dmy),
        (false, true) => Ok(DateFormat::Mdy),
        _ => Err(ambiguous),
    }
}
