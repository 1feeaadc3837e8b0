//! Points in time, in UTC, as RFC 3339 text.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::digits::Room;
use super::{Scalar, scalar_traits};

/// A point in time: RFC 3339 in UTC with `T` and `Z`, 0 to 9 fraction digits, years 1970 to 2261.
///
/// Equality and order are those of the instant; the text keeps its fraction digits.
///
/// ```
/// # use ingenium_types::scalar::UtcTimestamp;
/// let close: UtcTimestamp = "2020-09-30T20:00:00.500Z".parse()?;
/// assert_eq!(close, "2020-09-30T20:00:00.5Z".parse()?);
/// assert_eq!(close.to_string(), "2020-09-30T20:00:00.500Z");
/// for refused in ["2020-09-30", "2021-02-29T00:00:00Z", "2020-09-30T20:00:00+00:00", "2020-09-30T23:59:60Z"] {
///     assert!(refused.parse::<UtcTimestamp>().is_err(), "{refused}");
/// }
/// # Ok::<(), ingenium_types::scalar::NotAScalar>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct UtcTimestamp {
    nanoseconds: i64,
    fraction_digits: u8,
}

const NANOSECONDS: i64 = 1_000_000_000;

/// 2262-01-01T00:00:00Z: the first instant that is too late.
const END: i64 = 9_214_646_400 * NANOSECONDS;

impl UtcTimestamp {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_nanoseconds(self) -> i64 {
        self.nanoseconds
    }

    /// The instant at `nanoseconds` since 1970-01-01T00:00:00Z, with as few fraction digits as it needs;
    /// `None` outside the years 1970 to 2261.
    #[must_use]
    pub fn from_nanoseconds(nanoseconds: i64) -> Option<Self> {
        if !(0..END).contains(&nanoseconds) {
            return None;
        }
        let mut fraction = nanoseconds % NANOSECONDS;
        let mut fraction_digits = if fraction == 0 { 0 } else { 9 };
        while fraction != 0 && fraction % 10 == 0 {
            fraction /= 10;
            fraction_digits -= 1;
        }
        Some(Self {
            nanoseconds,
            fraction_digits,
        })
    }

    /// The same instant with as few fraction digits as it needs: the canonical text of RFC 8785 fingerprints.
    #[must_use]
    pub fn canonical(self) -> Self {
        Self::from_nanoseconds(self.nanoseconds).expect("an instant in range stays in range")
    }

    /// The same time of day on the next calendar day; `None` after 2261-12-30.
    #[must_use]
    pub fn next_day(self) -> Option<Self> {
        Self::from_nanoseconds(self.nanoseconds.checked_add(86_400 * NANOSECONDS)?)
    }
}

impl Scalar for UtcTimestamp {
    const NAME: &'static str = "UtcTimestamp";
    const FORM: &'static str = "RFC 3339 in UTC such as `2020-09-30T20:00:00Z`";

    fn parse(text: &str) -> Option<Self> {
        let (value, length) = Self::scan(text.as_bytes())?;
        (length == text.len()).then_some(value)
    }
}

impl UtcTimestamp {
    /// Reads a timestamp at the start of `text`; its length.
    #[inline]
    fn scan(text: &[u8]) -> Option<(Self, usize)> {
        let (clock, rest) = text.split_first_chunk::<19>()?;
        let separators = [clock[4], clock[7], clock[10], clock[13], clock[16]];
        if separators != *b"--T::" {
            return None;
        }
        let year = pair(clock, 0)? * 100 + pair(clock, 2)?;
        let (month, day) = (pair(clock, 5)?, pair(clock, 8)?);
        let (hour, minute, second) = (pair(clock, 11)?, pair(clock, 14)?, pair(clock, 17)?);
        if !(1970..=2261).contains(&year) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (fraction, fraction_digits) = match rest.split_first()? {
            (b'Z', _) => (0, 0),
            (b'.', rest) => scan_fraction(rest)?,
            _ => return None,
        };
        let days = days_since_epoch(year, month, day)?;
        let seconds = ((days * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60;
        let length = if fraction_digits == 0 {
            20
        } else {
            21 + usize::from(fraction_digits)
        };
        // The last instant of 2261 is 9.2149e18 ns, below i64::MAX: years up to 2261 never overflow.
        let value = Self {
            nanoseconds: (seconds + i64::from(second)) * NANOSECONDS + fraction,
            fraction_digits,
        };
        Some((value, length))
    }

    #[inline]
    fn quick(reader: &mut crate::read::Reader<'_>) -> Option<Self> {
        reader.scan(Self::scan)
    }
}

/// The number that two digits at `at` write.
#[inline]
const fn pair(text: &[u8; 19], at: usize) -> Option<u16> {
    let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
    if tens > 9 || ones > 9 {
        return None;
    }
    Some((tens * 10 + ones) as u16)
}

/// The nanoseconds that 1 to 9 digits before a `Z` write, and how many they are.
fn scan_fraction(text: &[u8]) -> Option<(i64, u8)> {
    let mut nanoseconds = 0;
    let mut digits = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(usize::from(digits))
        && digits < 9
    {
        nanoseconds = nanoseconds * 10 + i64::from(digit - b'0');
        digits += 1;
    }
    if digits == 0 || text.get(usize::from(digits)) != Some(&b'Z') {
        return None;
    }
    Some((nanoseconds * 10_i64.pow(u32::from(9 - digits)), digits))
}

/// Days from 1970-01-01 to a date, if the calendar has it.
#[inline]
fn days_since_epoch(year: u16, month: u16, day: u16) -> Option<i64> {
    let date = jiff::civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    let midnight = jiff::tz::Offset::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .ok()?;
    Some(midnight.as_second() / 86_400)
}

impl UtcTimestamp {
    fn with_text<R>(&self, take: impl FnOnce(&str) -> R) -> R {
        let (seconds, fraction) = (
            self.nanoseconds.unsigned_abs() / NANOSECONDS.unsigned_abs(),
            self.nanoseconds.unsigned_abs() % NANOSECONDS.unsigned_abs(),
        );
        let (year, month, day) = date(seconds / 86_400);
        let mut room = Room::default();
        room.byte(b'Z');
        if self.fraction_digits > 0 {
            let digits = u32::from(self.fraction_digits);
            room.number(
                u128::from(fraction / 10_u64.pow(9 - digits)),
                digits as usize,
            );
            room.byte(b'.');
        }
        let parts = [
            (b':', seconds % 60),
            (b':', seconds / 60 % 60),
            (b'T', seconds / 3_600 % 24),
            (b'-', day),
            (b'-', month),
        ];
        for (mark, number) in parts {
            room.number(u128::from(number), 2);
            room.byte(mark);
        }
        room.number(u128::from(year), 4);
        take(room.text())
    }
}

/// Year, month and day of a day since 1970-01-01, by the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is their last: then every month but February begins as many days
/// after March as `(153·month + 2) / 5` says.
const fn date(days: u64) -> (u64, u64, u64) {
    const FOUR_CENTURIES: u64 = 146_097;
    /// From 0000-03-01 to 1970-01-01.
    const BEFORE: u64 = 719_468;
    let days = days + BEFORE;
    let (era, day) = (days / FOUR_CENTURIES, days % FOUR_CENTURIES);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + next, month, day)
}

impl PartialEq for UtcTimestamp {
    fn eq(&self, other: &Self) -> bool {
        self.nanoseconds == other.nanoseconds
    }
}

impl Eq for UtcTimestamp {}

impl PartialOrd for UtcTimestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for UtcTimestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanoseconds.cmp(&other.nanoseconds)
    }
}

impl Hash for UtcTimestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nanoseconds.hash(state);
    }
}

scalar_traits!(UtcTimestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_the_date_of_the_calendar() {
        let mut civil = jiff::civil::date(1970, 1, 1);
        for days in 0..END.unsigned_abs() / (86_400 * NANOSECONDS.unsigned_abs()) {
            let (year, month, day) = date(days);
            let found = format!("{year:04}-{month:02}-{day:02}");
            assert_eq!(found, civil.to_string());
            civil = civil.tomorrow().expect("a day");
        }
        assert_eq!(civil, jiff::civil::date(2262, 1, 1));
    }
}
