//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use ingenium_types::scalar::UtcTimestamp;

/// The current time. Event times of a recorded run never come from here, only the time of recording does.
///
/// # Panics
/// When the machine's clock stands outside the years 1970 to 2261.
#[must_use]
pub fn now() -> UtcTimestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the wall clock is read"
    )]
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_nanos()).ok())
        .and_then(UtcTimestamp::from_nanoseconds)
        .expect("the machine's clock stands between 1970 and 2261")
}
