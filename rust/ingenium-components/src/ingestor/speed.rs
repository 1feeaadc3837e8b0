//! Event time as wall-clock time.

use std::time::Duration;

use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::exact;
use ingenium_types::scalar::{NonNegativeDecimal, UtcTimestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use tokio::time::Instant;

/// Holds events back so that their times pass at a multiple of the wall clock's speed.
///
/// Each is due as long after the first as its time says, whatever the sink took: a slow sink is caught up with.
#[derive(Debug)]
pub struct Pace {
    /// Absent: nothing is held back.
    speed: Option<Decimal>,
    /// The first event's time, and when it was let through.
    start: Option<(UtcTimestamp, Instant)>,
}

impl Pace {
    /// A pace of `speed` times event time; with zero or nothing, events go as fast as the sink takes them.
    #[must_use]
    pub fn new(speed: Option<NonNegativeDecimal>) -> Self {
        let speed = speed.map(|speed| speed.get());
        Self {
            speed: speed.filter(|speed| !speed.is_zero()),
            start: None,
        }
    }

    /// Waits until an event of `time` is due; false when asked to stop before.
    pub async fn wait(&mut self, time: UtcTimestamp, stop: &Shutdown) -> bool {
        let Some(speed) = self.speed else {
            return true;
        };
        let (first, began) = *self.start.get_or_insert_with(|| (time, Instant::now()));
        let elapsed = time.as_nanoseconds() - first.as_nanoseconds();
        let wait = exact::mul_div(Decimal::from(elapsed), Decimal::ONE, speed)
            .ok()
            .and_then(|nanoseconds| nanoseconds.to_u64())
            .map_or(Duration::ZERO, Duration::from_nanos);
        let Some(due) = began.checked_add(wait) else {
            stop.requested().await;
            return false;
        };
        tokio::select! {
            biased;
            () = stop.requested() => false,
            () = tokio::time::sleep_until(due) => true,
        }
    }
}
