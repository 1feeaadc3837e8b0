//! The life of an order as its executions tell it: what adds up, and what may follow what.

use std::collections::VecDeque;

use rust_decimal::Decimal;

/// So many fills of one order are told apart; before those it is only known how much they were.
const FILLS: usize = 4096;

/// What one execution says about its order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) execution_id: &'a str,
    /// `ReferenceExecutionId`: the fill that is corrected or taken back.
    pub(crate) reference: Option<&'a str>,
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

/// One fill, as far as it was not taken back.
#[derive(Debug, Clone)]
struct Fill {
    id: Box<str>,
    /// The last correction of it: the next one may name either.
    corrected: Option<Box<str>>,
    quantity: Decimal,
}

/// How far an order has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life {
    filled: Decimal,
    /// The last fills.
    fills: VecDeque<Fill>,
    /// There were fills that are not among these.
    is_late: bool,
    status: Option<String>,
}

impl Life {
    /// A life of which the start was not seen: what its first execution says is believed.
    pub(crate) fn joined_late(told: &Told<'_>) -> Self {
        let last = told.last_quantity.unwrap_or_default();
        let before = told.cumulative.unwrap_or_default().saturating_sub(last);
        Self {
            filled: before.max(Decimal::ZERO),
            fills: VecDeque::new(),
            is_late: true,
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
        self.book(told, cumulative);
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

    /// Books what an execution fills, corrects or takes back.
    fn book(&mut self, told: &Told<'_>, cumulative: Decimal) {
        let last = told.last_quantity.unwrap_or_default();
        let quantity = match told.exec_type {
            "TRADE" => {
                self.filled = self.filled.saturating_add(last);
                self.keep(told.execution_id, None, last);
                return;
            }
            "TRADE_CORRECT" => last,
            "TRADE_CANCEL" => Decimal::ZERO,
            _ => return,
        };
        let Some(reference) = told.reference else {
            return; // a correction of nothing: what it says does not add up
        };
        let is_meant = |fill: &&mut Fill| {
            *fill.id == *reference || fill.corrected.as_deref() == Some(reference)
        };
        if let Some(fill) = self.fills.iter_mut().find(is_meant) {
            self.filled = self
                .filled
                .saturating_sub(fill.quantity)
                .saturating_add(quantity);
            fill.quantity = quantity;
            fill.corrected = Some(told.execution_id.into());
        } else if self.is_late {
            self.filled = cumulative;
            self.keep(reference, Some(told.execution_id), quantity);
        }
    }

    fn keep(&mut self, id: &str, corrected: Option<&str>, quantity: Decimal) {
        if self.fills.len() == FILLS {
            self.fills.pop_front();
            self.is_late = true;
        }
        self.fills.push_back(Fill {
            id: id.into(),
            corrected: corrected.map(Into::into),
            quantity,
        });
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
