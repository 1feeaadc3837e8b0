//! Looks at the log each second, and has the writer remove what is old or too much.

use std::sync::Arc;
use std::time::Duration;

use ingenium_runtime::clock;
use tracing::{error, info, warn};

use crate::core::{Core, lock};
use crate::store::{Bounds, Command};

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(1);

/// Runs until the broker stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased; // a stopping broker removes nothing
            () = core.stop.requested() => return,
            _ = ticks.tick() => {}
        }
        while look(&core).await {
            if core.stop.is_requested() {
                return;
            }
        }
    }
}

/// Removes a piece; true when there is another.
async fn look(core: &Core) -> bool {
    let retention = core.config.retention;
    let bounds = Bounds {
        before: retention.age.map(before),
        size: retention.size,
    };
    match core.ask(|answer| Command::Retain { bounds, answer }).await {
        Ok(retained) => {
            report(core, retained.blocked_by, retained.first);
            retained.more
        }
        Err(error) => {
            error!(error = %error, "old events not removed, trying again");
            false
        }
    }
}

/// The moment that lies `age` back.
fn before(age: Duration) -> i64 {
    let now = clock::now().as_nanoseconds() / 1_000_000;
    now.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

/// Says when a trigger begins or ends to hold up retention, not each second.
fn report(core: &Core, blocked_by: Option<String>, first: u64) {
    let mut known = lock(&core.retention_blocked_by);
    if *known == blocked_by {
        return;
    }
    match &blocked_by {
        Some(trigger) => warn!(
            trigger,
            first, "retention waits for a trigger that has not settled old events, the log grows"
        ),
        None => info!(first, "retention goes on"),
    }
    *known = blocked_by;
}
