//! Points in time, in UTC, as RFC 3339 text.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

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
        let year = jiff::Timestamp::from_nanosecond(i128::from(nanoseconds))
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .year();
        if !(1970..=2261).contains(&year) {
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
        let bytes = text.as_bytes();
        let (clock, fraction) = match bytes.strip_suffix(b"Z")? {
            clock if clock.len() == 19 => (clock, &b""[..]),
            longer if longer.len() > 20 && longer[19] == b'.' => (&longer[..19], &longer[20..]),
            _ => return None,
        };
        if fraction.len() > 9 {
            return None;
        }
        let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if separators.iter().any(|&(at, byte)| clock[at] != byte) {
            return None;
        }
        let number = |digits: &[u8]| -> Option<i64> {
            digits.iter().try_fold(0, |number, byte| {
                byte.is_ascii_digit()
                    .then(|| number * 10 + i64::from(byte - b'0'))
            })
        };
        let (year, month, day) = (
            number(&clock[..4])?,
            number(&clock[5..7])?,
            number(&clock[8..10])?,
        );
        let (hour, minute, second) = (
            number(&clock[11..13])?,
            number(&clock[14..16])?,
            number(&clock[17..19])?,
        );
        if !(1970..=2261).contains(&year) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let date = jiff::civil::Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        )
        .ok()?;
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let days = i64::from(date.since(epoch).ok()?.get_days());
        let mut nanoseconds = number(fraction)?;
        for _ in fraction.len()..9 {
            nanoseconds *= 10;
        }
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        // The last instant of 2261 is 9.2149e18 ns, below i64::MAX: years up to 2261 never overflow.
        Some(Self {
            nanoseconds: seconds * NANOSECONDS + nanoseconds,
            fraction_digits: u8::try_from(fraction.len()).ok()?,
        })
    }
}

impl fmt::Display for UtcTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second =
            jiff::Timestamp::from_second(self.nanoseconds / NANOSECONDS).map_err(|_| fmt::Error)?;
        let clock = second.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            clock.year(),
            clock.month(),
            clock.day(),
            clock.hour(),
            clock.minute(),
            clock.second()
        )?;
        if self.fraction_digits > 0 {
            let digits = format!("{:09}", self.nanoseconds % NANOSECONDS);
            write!(f, ".{}", &digits[..usize::from(self.fraction_digits)])?;
        }
        f.write_str("Z")
    }
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
