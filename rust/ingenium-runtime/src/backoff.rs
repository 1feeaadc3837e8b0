//! How long to wait before a message is sent again, and whether to send it again at all.

use std::time::Duration;

/// Whether a retry can cure this answer (Knative data plane): 404, 408, 409, 429 and 5xx; also no answer at all.
#[must_use]
pub const fn is_retriable(status: u16) -> bool {
    matches!(status, 404 | 408 | 409 | 429) || status >= 500
}

/// How waits grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The n-th wait is n+1 delays (as Knative's Kafka broker counts).
    Linear,
    /// The n-th wait is 2^n delays (as Knative's Kafka broker counts).
    Exponential,
}

/// The waits of one message.
///
/// ```
/// # use ingenium_runtime::backoff::{Backoff, Policy};
/// # use std::time::Duration;
/// let mut waits = Backoff::new(Policy::Exponential, Duration::from_millis(200), Duration::MAX);
/// assert_eq!(waits.next_wait(), Duration::from_millis(400));
/// assert_eq!(waits.next_wait(), Duration::from_millis(800));
/// ```
#[derive(Debug, Clone)]
pub struct Backoff {
    policy: Policy,
    delay: Duration,
    cap: Duration,
    attempts: u32,
}

impl Backoff {
    /// Waits by `policy`, none longer than `cap`.
    #[must_use]
    pub const fn new(policy: Policy, delay: Duration, cap: Duration) -> Self {
        Self {
            policy,
            delay,
            cap,
            attempts: 0,
        }
    }

    /// What a component uses towards its sink: 50 ms, doubling, up to 5 s.
    #[must_use]
    pub const fn sender() -> Self {
        Self::new(
            Policy::Exponential,
            Duration::from_millis(25),
            Duration::from_secs(5),
        )
    }

    /// The wait after one more failed attempt.
    #[must_use]
    pub fn next_wait(&mut self) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        let factor = match self.policy {
            Policy::Linear => self.attempts.saturating_add(1),
            Policy::Exponential => 2_u32.saturating_pow(self.attempts),
        };
        self.delay.saturating_mul(factor).min(self.cap)
    }

    /// Failed attempts so far.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}
