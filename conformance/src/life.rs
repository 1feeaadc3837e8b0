//! The life of an order as its executions tell it: what adds up, and what may follow what.

use rust_decimal::Decimal;

/// What one execution says about its order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) exec_type: &'a str,
    pub(crate) status: &'a str,
    pub(crate) ordered: Option<Decimal>,
    pub(crate) cumulative: Option<Decimal>,
    pub(crate) leaves: Option<Decimal>,
    pub(crate) last_quantity: Option<Decimal>,
    pub(crate) reconciled: bool,
}

/// Whether an execution answers another event and is no part of the order's life.
pub(crate) fn is_answer(exec_type: Option<&str>, reject_reason: Option<&str>) -> bool {
    exec_type == Some("CANCEL_REJECTED") || reject_reason == Some("DUPLICATE_ORDER")
}

/// How far an order has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life {
    filled: Decimal,
    status: Option<String>,
}

impl Life {
    /// A life of which the start was not seen: what its first execution says is believed.
    pub(crate) fn joined_late(told: &Told<'_>) -> Self {
        let last = told.last_quantity.unwrap_or_default();
        let before = told.cumulative.unwrap_or_default().saturating_sub(last);
        Self {
            filled: before.max(Decimal::ZERO),
            status: Some("SUSPENDED".to_owned()),
        }
    }

    /// What of an execution does not add up with those before.
    pub(crate) fn add_up(&mut self, told: &Told<'_>) -> Vec<String> {
        let (Some(ordered), Some(cumulative), Some(leaves)) =
            (told.ordered, told.cumulative, told.leaves)
        else {
            return vec!["its quantities are no decimals".to_owned()];
        };
        if told.exec_type == "TRADE" {
            let last = told.last_quantity.unwrap_or_default();
            self.filled = self.filled.checked_add(last).unwrap_or(Decimal::MAX);
        }
        let mut wrong = Vec::new();
        if cumulative != self.filled {
            wrong.push(format!(
                "`CumulativeQuantity` is {cumulative}, the fills so far add up to {}",
                self.filled
            ));
        }
        if cumulative > ordered {
            wrong.push(format!("{cumulative} was filled of an order for {ordered}"));
        }
        let is_open = matches!(
            told.status,
            "NEW" | "PARTIALLY_FILLED" | "PENDING_CANCEL" | "SUSPENDED"
        );
        let expected = if is_open {
            ordered.saturating_sub(cumulative)
        } else {
            Decimal::ZERO
        };
        if leaves != expected {
            wrong.push(format!("`LeavesQuantity` is {leaves}, expected {expected}"));
        }
        wrong
    }

    /// What is wrong with the status, after those before.
    pub(crate) fn move_on(&mut self, told: &Told<'_>) -> Option<String> {
        // Corrections and reconciliation may touch an order that is done.
        let late = told.reconciled
            || matches!(
                told.exec_type,
                "TRADE_CORRECT" | "TRADE_CANCEL" | "TRIGGERED" | "REPLACED"
            );
        let before = self.status.replace(told.status.to_owned());
        (!late && !may_follow(before.as_deref(), told.status)).then(|| {
            format!(
                "status {} after {}",
                told.status,
                before.as_deref().unwrap_or("nothing")
            )
        })
    }
}

/// Whether a status may follow another (FIX 4.4, order state changes, as the contract cuts them).
fn may_follow(before: Option<&str>, now: &str) -> bool {
    match before {
        None => matches!(
            now,
            "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED" | "REJECTED"
        ),
        Some("NEW") => now != "NEW",
        Some("PARTIALLY_FILLED") => !matches!(now, "NEW" | "REJECTED"),
        Some("PENDING_CANCEL" | "SUSPENDED") => true,
        // Terminal: nothing follows.
        Some(_) => false,
    }
}
