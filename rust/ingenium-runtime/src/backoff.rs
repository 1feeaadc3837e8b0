//! How long to wait before the next attempt, and whether there is one.

use std::time::Duration;

/// Whether another attempt can cure an answer with this status (Knative's data plane specification).
#[must_use]
pub const fn is_retriable(status: u16) -> bool {
    matches!(status, 404 | 408 | 409 | 429 | 500..)
}

/// `backoffPolicy` of a Knative `delivery`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// The waits grow by the same amount.
    Linear,
    /// The waits double.
    #[default]
    Exponential,
}

/// Which broker's table of waits is used: they differ by one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Table {
    /// Class `Kafka`, counted from 1: linear d, 2d, 3d; exponential 2d, 4d, 8d.
    #[default]
    Kafka,
    /// Class `MTChannelBasedBroker`, counted from 0: linear 0, d, 2d; exponential d, 2d, 4d.
    MultiTenant,
}

/// No wait is longer, however often it has doubled.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait before retry number `retry` (the first is 1).
///
/// ```
/// # use ingenium_runtime::backoff::{Policy, Table, wait};
/// # use std::time::Duration;
/// let delay = Duration::from_millis(200);
/// assert_eq!(wait(Policy::Exponential, Table::Kafka, delay, 1), Duration::from_millis(400));
/// assert_eq!(wait(Policy::Linear, Table::MultiTenant, delay, 1), Duration::ZERO);
/// ```
#[must_use]
pub fn wait(policy: Policy, table: Table, delay: Duration, retry: u32) -> Duration {
    let step = match table {
        Table::Kafka => retry,
        Table::MultiTenant => retry.saturating_sub(1),
    };
    let factor = match policy {
        Policy::Linear => step,
        Policy::Exponential => 2_u32.saturating_pow(step),
    };
    delay.checked_mul(factor).unwrap_or(LONGEST).min(LONGEST)
}

/// A sender that never gives up: 50 ms, doubling, 5 s at most.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    attempts: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(50);
    const MOST: Duration = Duration::from_secs(5);

    /// A sender before its first attempt.
    #[must_use]
    pub const fn sender() -> Self {
        Self {
            next: Self::FIRST,
            attempts: 0,
        }
    }

    /// An attempt has failed: how long to wait before the next.
    pub fn next_wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(Self::MOST);
        self.attempts = self.attempts.saturating_add(1);
        wait
    }

    /// How many attempts have failed.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}
