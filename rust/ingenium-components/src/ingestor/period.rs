//! How long a bar lasts.

use std::collections::BTreeMap;

use ingenium_types::scalar::{BarPeriod, Scalar as _, UtcTimestamp};

use super::dates::Step;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;

/// So many weekly steps make a file weekly: fewer may be holes in a daily one.
const WEEKS: usize = 3;

/// How long a bar lasts, as the contract writes it and in nanoseconds.
#[derive(Debug, Clone)]
pub(super) struct Period {
    pub(super) name: BarPeriod,
    nanoseconds: i64,
}

impl Period {
    /// The length of `name`; nothing where it is longer than a timestamp can be moved by.
    pub(super) fn of(name: BarPeriod) -> Option<Self> {
        let text = name.as_str();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let unit = match &text[digits..] {
            "ms" => SECOND / 1_000,
            "s" => SECOND,
            "m" => 60 * SECOND,
            "h" => 3_600 * SECOND,
            "d" => DAY,
            "w" => 7 * DAY,
            _ => return None,
        };
        let nanoseconds = text[..digits].parse::<i64>().ok()?.checked_mul(unit)?;
        Some(Self { name, nanoseconds })
    }

    /// When a bar that starts at `start` is over.
    pub(super) fn end(&self, start: UtcTimestamp) -> Option<UtcTimestamp> {
        UtcTimestamp::from_nanoseconds(start.as_nanoseconds().checked_add(self.nanoseconds)?)
    }

    /// Whether it is shorter than a day: from a day on, summer time makes some bars an hour shorter.
    pub(super) const fn is_intraday(&self) -> bool {
        self.nanoseconds < DAY
    }

    /// The most common step between rows, the shorter of equals; `first` is the start of the first row.
    ///
    /// Steps of a day and more are `1d`, or `1w` where most are of seven days: holidays are no period.
    pub(super) fn most_common(steps: &[Step], first: Option<UtcTimestamp>) -> Result<Self, String> {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        for step in steps.iter().filter(|step| step.nanoseconds > 0) {
            *counts.entry(step.nanoseconds).or_default() += 1;
        }
        let mut most = None;
        for (step, count) in counts {
            if most.is_none_or(|(_, known)| count > known) {
                most = Some((step, count));
            }
        }
        let name = match most {
            None if first.is_none_or(|first| first.as_nanoseconds() % DAY == 0) => "1d".to_owned(),
            None => return Err("it has a single row with a time of day".to_owned()),
            Some((step, count)) if step == 7 * DAY && count >= WEEKS => "1w".to_owned(),
            Some((DAY.., _)) => "1d".to_owned(),
            Some((step, _)) => {
                intraday(step).ok_or_else(|| format!("most of its rows are {step} ns apart"))?
            }
        };
        let name = BarPeriod::parse(&name).expect("a count below 86400 and a unit is a period");
        Ok(Self::of(name).expect("a period of at most a week fits"))
    }
}

/// A step below a day in its largest unit.
fn intraday(step: i64) -> Option<String> {
    let units = [
        ("h", 3_600 * SECOND),
        ("m", 60 * SECOND),
        ("s", SECOND),
        ("ms", SECOND / 1_000),
    ];
    let (unit, length) = units.into_iter().find(|(_, length)| step % length == 0)?;
    let count = step / length;
    (count <= 999_999).then(|| format!("{count}{unit}"))
}
