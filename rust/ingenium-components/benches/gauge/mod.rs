//! What a run takes: time and memory.

use std::time::{Duration, Instant};

/// What `work` gives, and how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Most memory that was resident, in KiB, where the system tells it as Linux does.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
