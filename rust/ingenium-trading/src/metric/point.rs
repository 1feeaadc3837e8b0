//! The daily points that the statistics are made of.

use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// What an account is worth at one moment, in its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Worth {
    /// Cash plus the market value of all positions.
    #[schemars(with = "String")]
    pub equity: Decimal,
    /// The sum of the sizes of all positions' market values, `Σ|q·mark|`: zero or more.
    #[schemars(with = "String")]
    pub gross: Decimal,
    /// The sum of all positions' market values, `Σ q·mark`: below zero where short.
    #[schemars(with = "String")]
    pub net: Decimal,
}

/// The last state of a UTC day with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Point {
    /// The day, at midnight UTC.
    #[schemars(with = "String")]
    pub date: UtcTimestamp,
    /// What the account was worth.
    #[serde(flatten)]
    pub worth: Worth,
    /// The benchmark's last close up to then; `None` before its first bar, or without a benchmark.
    #[schemars(with = "Option<String>")]
    pub benchmark: Option<Decimal>,
}

/// Nanoseconds in a day.
const DAY: i64 = 86_400_000_000_000;

/// The points so far, the last one still open.
#[derive(Debug, Default)]
pub(super) struct Points {
    closed: Vec<Point>,
    open: Option<Point>,
    /// The first nanosecond after the open day.
    ends: i64,
    benchmark: Option<Decimal>,
}

impl Points {
    /// Takes the state at `at`. What is dated before the open day belongs to it: states come in the order in which they
    /// came about, and the last one counts.
    pub(super) fn state(&mut self, at: UtcTimestamp, worth: Worth) {
        let at = at.as_nanoseconds();
        if let Some(point) = &mut self.open
            && at < self.ends
        {
            point.worth = worth;
            return;
        }
        self.closed.extend(self.open.take());
        let midnight = at - at.rem_euclid(DAY);
        self.ends = midnight.saturating_add(DAY);
        self.open = Some(Point {
            date: UtcTimestamp::from_nanoseconds(midnight)
                .expect("the midnight before an instant in range is in range"),
            worth,
            benchmark: self.benchmark,
        });
    }

    /// Takes a close of the benchmark, whose bar started at `start`.
    pub(super) fn benchmark(&mut self, start: UtcTimestamp, close: Decimal) {
        self.benchmark = Some(close);
        if let Some(point) = &mut self.open
            && start.as_nanoseconds() < self.ends
        {
            point.benchmark = Some(close);
        }
    }

    pub(super) fn finish(mut self) -> Vec<Point> {
        self.closed.extend(self.open.take());
        self.closed
    }
}

/// Whole days from one point to a later one.
pub(super) const fn days(from: &Point, to: &Point) -> i64 {
    (to.date.as_nanoseconds() - from.date.as_nanoseconds()) / DAY
}
