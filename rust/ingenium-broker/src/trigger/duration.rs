//! ISO 8601 durations, as Knative writes them: `PT0.2S`, `PT1M30S`, `P1D`.

use std::time::Duration;

/// Reads a duration of days, hours, minutes and seconds; months and years have no length.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (days, clock) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, clock),
        None => (text.strip_prefix('P')?, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let days = sum(days, &[('D', 86_400)])?;
    let clock = sum(clock, &[('H', 3600), ('M', 60), ('S', 1)])?;
    days.checked_add(clock)
}

/// Writes a duration in seconds.
pub(super) fn format(duration: Duration) -> String {
    format!("PT{}S", duration.as_secs_f64())
}

/// Adds up numbers with units, each unit at most once and in this order.
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<Duration> {
    let mut total = Duration::ZERO;
    for &(unit, seconds) in units {
        let Some(end) = text.find(unit) else { continue };
        let number = &text[..end];
        text = &text[end + 1..];
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole)
            || !digits(fraction)
            || fraction.len() > 9
            || (seconds > 1 && number.contains('.'))
        {
            return None;
        }
        let whole = whole.parse::<u64>().ok()?.checked_mul(seconds)?;
        let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
        total = total.checked_add(Duration::new(whole, nanoseconds))?;
    }
    text.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn durations_are_read() {
        for (text, milliseconds) in [
            ("PT0.2S", Some(200)),
            ("PT1S", Some(1000)),
            ("PT1M30S", Some(90_000)),
            ("P1D", Some(86_400_000)),
            ("P1DT1H", Some(90_000_000)),
            ("PT0S", Some(0)),
            ("", None),
            ("P", None),
            ("PT", None),
            ("1S", None),
            ("PT1", None),
            ("PT-1S", None),
            ("PT1.5M", None),
            ("PT1S1M", None),
            ("P1M", None),
            ("PT1e3S", None),
        ] {
            let read = parse(text).map(|duration| duration.as_millis());
            assert_eq!(read, milliseconds, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["PT0.2S", "PT90S", "PT0S"] {
            let duration = parse(text).expect("legal");
            assert_eq!(format(duration), text);
        }
    }
}
