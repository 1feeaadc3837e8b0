//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use ingenium_types::scalar::UtcTimestamp;

/// The time now, at microseconds.
///
/// # Panics
/// When the machine's clock is before 1970 or after 2261.
#[must_use]
pub fn now() -> UtcTimestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks what time it is"
    )]
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is after 1970");
    let microseconds = i64::try_from(since.as_micros()).ok();
    microseconds
        .and_then(|microseconds| microseconds.checked_mul(1000))
        .and_then(UtcTimestamp::from_nanoseconds)
        .expect("the clock is before 2262")
}
