//! A cell as a point in time.

use ingenium_types::scalar::{Scalar as _, UtcTimestamp};

use super::dates::DateFormat;

/// The instant that `text` writes in `format`; without an offset it is in UTC.
pub(super) fn read(format: DateFormat, text: &str) -> Option<UtcTimestamp> {
    if format == DateFormat::Epoch {
        return epoch(text);
    }
    if format == DateFormat::Iso
        && let Some(moment) = plain(text.as_bytes())
    {
        return Some(moment);
    }
    let end = text.find([' ', 'T']).unwrap_or(text.len());
    let date = date(format, &text[..end])?;
    match text.get(end + 1..).unwrap_or_default().trim() {
        "" if end == text.len() => UtcTimestamp::parse(&format!("{date}T00:00:00Z")),
        time => at(&date, time),
    }
}

/// `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`, as most files have it.
fn plain(text: &[u8]) -> Option<UtcTimestamp> {
    let mut wire = *b"YYYY-MM-DDT00:00:00Z";
    match text.len() {
        10 => {}
        19 if matches!(text[10], b' ' | b'T') => wire[11..19].copy_from_slice(&text[11..]),
        _ => return None,
    }
    wire[..10].copy_from_slice(&text[..10]);
    UtcTimestamp::parse(str::from_utf8(&wire).ok()?)
}

/// `YYYY-MM-DD`; whether there is such a day is not asked yet.
fn date(format: DateFormat, text: &str) -> Option<String> {
    let digits = |text: &str, most: usize| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (plain && text.len() <= most).then(|| text.to_owned())
    };
    if format == DateFormat::Iso {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
        return shaped.then(|| text.to_owned());
    }
    if format == DateFormat::Ymd && text.len() == 8 && digits(text, 8).is_some() {
        return Some(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    }
    let mark = text.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = text.split(mark);
    let [first, second, third] = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match format {
        DateFormat::Ymd => (first, second, third),
        DateFormat::Dmy => (third, second, first),
        DateFormat::Mdy => (third, first, second),
        DateFormat::Iso | DateFormat::Epoch => return None,
    };
    let year = digits(year, 4).filter(|year| year.len() == 4)?;
    let (month, day) = (digits(month, 2)?, digits(day, 2)?);
    Some(format!("{year}-{month:0>2}-{day:0>2}"))
}

/// `date` at `time`: `H:MM`, `HH:MM:SS`, `HH:MM:SS.fff`, `HHMM` or `HHMMSS`, with AM or PM, or with an offset.
fn at(date: &str, time: &str) -> Option<UtcTimestamp> {
    let (clock, offset) = offset(time)?;
    let (clock, afternoon) = half(clock);
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let parts: Vec<&str> = if clock.contains(':') {
        clock.split(':').collect()
    } else if matches!(clock.len(), 4 | 6) && clock.is_ascii() {
        (0..clock.len())
            .step_by(2)
            .map(|at| &clock[at..at + 2])
            .collect()
    } else {
        return None;
    };
    let (hour, minute, second) = match parts[..] {
        [hour, minute] if fraction.is_none() => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let hour: u8 = hour.parse().ok().filter(|_| hour.len() <= 2)?;
    let hour = match afternoon {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    let fraction = fraction.map_or_else(String::new, |digits| format!(".{digits}"));
    let local = UtcTimestamp::parse(&format!("{date}T{hour:02}:{minute}:{second}{fraction}Z"))?;
    if offset == 0 {
        return Some(local);
    }
    UtcTimestamp::from_nanoseconds(local.as_nanoseconds().checked_sub(offset)?)
}

/// The time of day before `AM` or `PM`, and whether it is PM.
fn half(clock: &str) -> (&str, Option<bool>) {
    for (name, afternoon) in [("am", false), ("pm", true)] {
        if let Some((clock, mark)) = clock.split_at_checked(clock.len().saturating_sub(2))
            && mark.eq_ignore_ascii_case(name)
        {
            return (clock.trim_end(), Some(afternoon));
        }
    }
    (clock, None)
}

/// The time of day before `Z`, `+HH:MM`, `+HHMM` or `+HH`, and that offset from UTC in nanoseconds.
fn offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (clock, sign) = (time[..at].trim_end(), &time[at..=at]);
    let text = time[at + 1..].replace(':', "");
    if !matches!(text.len(), 2 | 4) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = text[..2].parse().ok()?;
    let minutes: i64 = text[2..].parse().unwrap_or_default();
    if hours > 18 || minutes > 59 {
        return None;
    }
    let nanoseconds = (hours * 60 + minutes) * 60_000_000_000;
    Some((
        clock,
        if sign == "-" {
            -nanoseconds
        } else {
            nanoseconds
        },
    ))
}

/// Time since 1970 in seconds, milliseconds, microseconds or nanoseconds, by the number of digits.
fn epoch(text: &str) -> Option<UtcTimestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || text.ends_with('.') {
        return None;
    }
    // A digit more is a thousandth less only until the year 5138.
    let decimals: usize = match whole.len() {
        ..=11 => 9,
        12..=14 => 6,
        15..=17 => 3,
        18..=19 => 0,
        _ => return None,
    };
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return None;
    }
    let nanoseconds = format!("{whole}{fraction:0<decimals$}");
    UtcTimestamp::from_nanoseconds(nanoseconds.parse().ok()?)
}
