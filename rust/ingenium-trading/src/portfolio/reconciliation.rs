//! Executions that do not fit what is known: a sign that this account and the venue's differ.

use std::collections::BTreeMap;

use ingenium_types::event::ExecutionEvent;
use ingenium_types::scalar::UtcTimestamp;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use crate::states::States;

/// How often executions did not fit, by reason, and the last that did not.
///
/// While this row exists, somebody has to compare the account with the venue's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// How often, by reason code.
    pub counts: BTreeMap<String, u64>,
    /// The reason code of the last.
    pub reason: String,
    /// Its `OrderId`.
    pub order: String,
    /// Its `ExecutionId`.
    pub execution: String,
    /// Its `Timestamp`.
    pub at: UtcTimestamp,
}

const KEY: &str = "reconciliation";

/// Counts an execution that does not fit.
pub(super) fn flag(states: &mut States<Entry>, execution: &ExecutionEvent, reason: &str) {
    let mut counts = match states.get(KEY) {
        Some(Entry::Reconciliation(row)) => row.counts.clone(),
        _ => BTreeMap::new(),
    };
    let count = counts.entry(reason.to_owned()).or_default();
    *count = count.saturating_add(1);
    let row = Reconciliation {
        counts,
        reason: reason.to_owned(),
        order: execution.order_id.to_string(),
        execution: execution.execution_id.to_string(),
        at: execution.timestamp,
    };
    states.insert(KEY, Entry::Reconciliation(Box::new(row)));
}

/// What does not fit; `None` where everything does.
#[must_use]
pub fn reconciliation(states: &States<Entry>) -> Option<&Reconciliation> {
    match states.get(KEY) {
        Some(Entry::Reconciliation(row)) => Some(row),
        _ => None,
    }
}
