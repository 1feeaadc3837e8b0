//! The text of `time` that filters compare.

use std::borrow::Cow;

use ingenium_contract::Time;

use super::Profile;

/// What Go prints for no time.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// The text: as received; as Java's `ISO_INSTANT` prints it (Kafka); as Go's `RFC3339Nano` prints it (channels).
pub(super) fn seen(time: Option<&Time>, profile: Profile) -> Option<Cow<'_, str>> {
    match (profile, time) {
        (Profile::Mt, None) => Some(Cow::Borrowed(NO_TIME)),
        (_, None) => None,
        (Profile::Ingenium, Some(time)) => Some(Cow::Borrowed(time.text())),
        (Profile::Kafka, Some(time)) => Some(instant(time)),
        (Profile::Mt, Some(time)) => Some(Cow::Owned(trimmed(time.text()))),
    }
}

/// In UTC with 0, 3, 6 or 9 fraction digits; outside of the years 1970 to 2261 as received.
fn instant(time: &Time) -> Cow<'_, str> {
    let Some(instant) = time.instant() else {
        return Cow::Borrowed(time.text());
    };
    let mut text = instant.canonical().to_string();
    if let Some(point) = text.find('.') {
        let digits = text.len() - point - 2; // without the point and the `Z`
        let zeros = "0".repeat(digits.next_multiple_of(3) - digits);
        text.insert_str(text.len() - 1, &zeros);
    }
    Cow::Owned(text)
}

/// With its offset, but without zeros at the end of the fraction.
fn trimmed(text: &str) -> String {
    let offset = if text.ends_with(['Z', 'z']) { 1 } else { 6 };
    let (clock, offset) = text.split_at(text.len().saturating_sub(offset));
    let clock = clock.replacen(['t', ' '], "T", 1);
    let clock = match clock.split_once('.') {
        Some((seconds, fraction)) => match fraction.trim_end_matches('0') {
            "" => seconds.to_owned(),
            fraction => format!("{seconds}.{fraction}"),
        },
        None => clock,
    };
    match offset {
        "+00:00" | "-00:00" | "z" => format!("{clock}Z"),
        offset => format!("{clock}{offset}"),
    }
}
