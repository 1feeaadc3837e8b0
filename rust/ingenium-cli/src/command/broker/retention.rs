//! How long events are kept, as the command line says it.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// The smallest file that is worth a limit: what is empty takes about a tenth of it.
const SMALLEST: u64 = 1024 * 1024;

/// Reads an ISO 8601 duration, as Knative writes them; a day has 24 hours.
pub(super) fn age(text: &str) -> Result<Duration, String> {
    let fix = "write an ISO 8601 duration without years and months, such as `P7D` or `PT12H`";
    let read = || {
        // The reader takes words and signs, too.
        let span: Span = text.strip_prefix('P').and_then(|_| text.parse().ok())?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        Duration::try_from(duration).ok()
    };
    match read() {
        Some(Duration::ZERO) => {
            Err("nothing would be kept; leave it out or write a duration above zero".to_owned())
        }
        Some(age) => Ok(age),
        None => Err(fix.to_owned()),
    }
}

/// Reads a number of bytes, plain or with the binary suffixes of a Kubernetes quantity.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let units = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40)];
    let (digits, shift) = units
        .into_iter()
        .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, shift)))
        .unwrap_or((text, 0));
    let number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse::<u64>().ok())
        .flatten()
        .and_then(|number| number.checked_mul(1 << shift));
    match number {
        Some(size) if size >= SMALLEST => Ok(size),
        Some(_) => Err("a file needs more by itself; write at least `1Mi`".to_owned()),
        None => Err("write a number of bytes, such as `1000000000`, `500Mi` or `10Gi`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{age, size};

    #[test]
    fn ages_are_read() {
        for (text, seconds) in [
            ("P7D", Some(604_800)),
            ("P1W", Some(604_800)),
            ("PT12H", Some(43_200)),
            ("P1DT1H", Some(90_000)),
            ("PT90S", Some(90)),
            ("PT0S", None),
            ("P1M", None),
            ("P1Y", None),
            ("-P1D", None),
            ("7 days", None),
            ("P", None),
            ("", None),
        ] {
            assert_eq!(age(text).ok().map(|age| age.as_secs()), seconds, "{text}");
        }
    }

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [
            ("1048576", Some(1_048_576)),
            ("1Mi", Some(1_048_576)),
            ("2048Ki", Some(2_097_152)),
            ("10Gi", Some(10_737_418_240)),
            ("1Ki", None),
            ("-1Mi", None),
            ("+5Mi", None),
            ("1.5Gi", None),
            ("1G", None),
            ("Mi", None),
            ("", None),
            ("18446744073709551615Ki", None),
        ] {
            assert_eq!(size(text).ok(), bytes, "{text}");
        }
    }
}
