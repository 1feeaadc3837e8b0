//! Trading sessions: when they begin and end, and which one an instant lies in.

use std::collections::BTreeSet;

use ingenium_types::scalar::{Scalar as _, UtcTimestamp};

const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in a day.
const DAY: i64 = 86_400 * SECOND;

/// The hours in which a market trades: every day from open to close on the market's own clock, holidays excepted. A
/// session is named by the day (since 1970) on which it opens.
///
/// A session in which no bar starts does not exist, so weekends need no mention. A close at or before the open lies on
/// the next day. The default is the UTC date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    zone: Zone,
    /// Nanoseconds after midnight.
    open: i64,
    /// Nanoseconds after the opening day's midnight, exclusive; beyond a day where the session spans midnight.
    close: i64,
    holidays: BTreeSet<i64>,
}

/// The market's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Zone {
    /// Nanoseconds ahead of UTC.
    Fixed(i64),
    /// Daylight saving time by rule.
    Rules(jiff::tz::TimeZone),
}

impl Default for Session {
    fn default() -> Self {
        Self {
            zone: Zone::Fixed(0),
            open: 0,
            close: DAY,
            holidays: BTreeSet::new(),
        }
    }
}

impl Session {
    /// Sessions from `open` to `close` (`HH:MM` or `HH:MM:SS`, the close up to `24:00`) on the clock of `zone`.
    ///
    /// The zone is `UTC`, an offset such as `-05:00`, or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`. Names such as
    /// `America/New_York` are refused: this crate reads no time zone database.
    ///
    /// # Errors
    /// Which of the texts is of no use, and why.
    pub fn new(
        zone: &str,
        open: &str,
        close: &str,
        holidays: &[String],
    ) -> Result<Self, NotASession> {
        let opens = time_of_day(open)
            .filter(|open| *open < DAY)
            .ok_or_else(|| NotASession::new("open", open, "use `HH:MM` from 00:00 to 23:59"))?;
        let closes = time_of_day(close)
            .ok_or_else(|| NotASession::new("close", close, "use `HH:MM` up to 24:00"))?;
        let expected = "use `UTC`, an offset such as `-05:00`, or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`";
        Ok(Self {
            zone: Zone::parse(zone).ok_or_else(|| NotASession::new("zone", zone, expected))?,
            open: opens,
            close: if closes > opens { closes } else { closes + DAY },
            holidays: holidays
                .iter()
                .map(|date| {
                    UtcTimestamp::parse(&format!("{date}T00:00:00Z"))
                        .map(|midnight| midnight.as_nanoseconds() / DAY)
                        .ok_or_else(|| NotASession::new("holidays", date, "use `YYYY-MM-DD`"))
                })
                .collect::<Result<_, _>>()?,
        })
    }

    /// The session that `instant` lies in: the opening included, the close not.
    pub(super) fn of(&self, instant: UtcTimestamp) -> Option<i64> {
        let local = self.local(instant);
        let (today, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        // A session that spans midnight lasts into the next day.
        let session = if time >= self.open {
            (time < self.close).then_some(today)
        } else {
            (time + DAY < self.close).then_some(today - 1)
        }?;
        (!self.holidays.contains(&session)).then_some(session)
    }

    /// The market's own date.
    pub(super) fn date(&self, instant: UtcTimestamp) -> i64 {
        self.local(instant).div_euclid(DAY)
    }

    /// The end of a session, exclusive.
    pub(super) fn end(&self, session: i64) -> Option<UtcTimestamp> {
        self.utc(session.checked_mul(DAY)?.checked_add(self.close)?)
    }

    /// The end of a date, exclusive.
    pub(super) fn midnight_after(&self, date: i64) -> Option<UtcTimestamp> {
        self.utc(date.checked_add(1)?.checked_mul(DAY)?)
    }

    /// The first instant of a session.
    pub(super) fn start(&self, session: i64) -> Option<UtcTimestamp> {
        self.utc(session.checked_mul(DAY)?.checked_add(self.open)?)
    }

    fn local(&self, instant: UtcTimestamp) -> i64 {
        let utc = instant.as_nanoseconds();
        utc.saturating_add(self.zone.ahead(utc))
    }

    fn utc(&self, local: i64) -> Option<UtcTimestamp> {
        // The offset at the instant that the local time would be with the offset of about then: right but for the hour
        // that a clock skips or repeats.
        let about = local.checked_sub(self.zone.ahead(local))?;
        UtcTimestamp::from_nanoseconds(local.checked_sub(self.zone.ahead(about))?)
    }
}

impl Zone {
    fn parse(text: &str) -> Option<Self> {
        if text == "UTC" {
            return Some(Self::Fixed(0));
        }
        let (sign, rest) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return jiff::tz::TimeZone::posix(text).ok().map(Self::Rules),
        };
        time_of_day(rest)
            .filter(|ahead| *ahead < DAY)
            .map(|ahead| Self::Fixed(sign * ahead))
    }

    /// How many nanoseconds this clock is ahead of UTC at an instant.
    fn ahead(&self, utc: i64) -> i64 {
        match self {
            Self::Fixed(ahead) => *ahead,
            Self::Rules(zone) => jiff::Timestamp::from_nanosecond(i128::from(utc))
                .map_or(0, |at| i64::from(zone.to_offset(at).seconds()) * SECOND),
        }
    }
}

/// Nanoseconds after midnight of `HH:MM` or `HH:MM:SS`, up to 24:00.
fn time_of_day(text: &str) -> Option<i64> {
    let mut seconds = 0;
    let mut parts = 0;
    for part in text.split(':') {
        parts += 1;
        let number: i64 = part.parse().ok()?;
        let is_fine = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_fine || (parts > 1 && number > 59) {
            return None;
        }
        seconds = seconds * 60 + number;
    }
    match parts {
        2 => seconds *= 60,
        3 => {}
        _ => return None,
    }
    (seconds <= 86_400).then_some(seconds * SECOND)
}

/// A text that describes no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is `{value}`: {expected}")]
pub struct NotASession {
    /// Which text.
    pub key: &'static str,
    /// The text.
    pub value: String,
    /// What is expected.
    pub expected: &'static str,
}

impl NotASession {
    fn new(key: &'static str, value: &str, expected: &'static str) -> Self {
        Self {
            key,
            value: value.to_owned(),
            expected,
        }
    }
}
