//! What executions do to cash, position and reservations.
//!
//! Executions of one order may arrive in any order: each fill counts by itself, and a terminal one ends the order only
//! when all fills that it counts are here.
//!
//! | Execution | Effect | Flag |
//! |---|---|---|
//! | TRADE of an open order | booked | |
//! | TRADE beyond what a terminal execution has counted | booked: it has happened | `execution_after_end` |
//! | a fill beyond the order's quantity | kept aside, booked if a bust makes room; booked at once if `Reconciled` | `execution_overfills` |
//! | TRADE_CANCEL, TRADE_CORRECT | the fill has never happened, or has happened otherwise | |
//! | the same before its TRADE, or of a fill that is folded | remembered until the TRADE comes | `execution_reference_unknown` |
//! | of an order that is not known, or of the other side | nothing | `execution_of_unknown_order`, `execution_of_other_side` |

use ingenium_types::event::{ExecutionEvent, ExecutionType, OrderRejectReason, OrderStatus};
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;

use super::desk::Desk;
use super::entry::Entry;
use super::fill::{Deal, Fill, Standing};
use super::{Portfolio, reconciliation};
use crate::states::States;

/// What an execution has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Booked {
    /// Whether its order has ended with it.
    pub(super) ended: bool,
    /// Whether a position was closed at a loss, fees included.
    pub(super) lost: bool,
    /// What does not fit.
    pub(super) flag: Option<&'static str>,
}

/// An amount that does not fit into a decimal.
pub(super) const INEXACT: &str = "amount_inexact";
const OVERFILLS: &str = "execution_overfills";
const UNKNOWN_REFERENCE: &str = "execution_reference_unknown";

/// Books an execution whose event has this `time`.
///
/// # Errors
/// The reason why the execution is set aside; nothing is changed then but the count of what does not fit.
pub(super) fn book(
    portfolio: &Portfolio,
    states: &mut States<Entry>,
    execution: &ExecutionEvent,
    time: UtcTimestamp,
) -> Result<Booked, &'static str> {
    let booked = match Desk::open(portfolio, states, execution, time) {
        Ok(mut desk) => {
            let done = apply(&mut desk, execution).and_then(|()| end(&mut desk, execution));
            desk.close(done)
        }
        Err(reason) => Err(reason),
    };
    let flag = match booked {
        Ok(Booked { flag, .. }) => flag,
        Err("execution_known" | "execution_already_void") => None,
        Err(reason) => Some(reason),
    };
    if let Some(reason) = flag {
        reconciliation::flag(states, execution, reason);
    }
    booked
}

fn apply(desk: &mut Desk<'_>, execution: &ExecutionEvent) -> Result<(), &'static str> {
    if ends(execution) && execution.cumulative_quantity.get() > desk.order.quantity {
        return Err(OVERFILLS);
    }
    match execution.exec_type {
        ExecutionType::Trade => trade(desk, execution),
        ExecutionType::TradeCancel => take_back(desk, execution, None),
        ExecutionType::TradeCorrect => {
            // The schema requires quantity and price on TRADE_CORRECT.
            let deal = Deal::of(execution).ok_or(INEXACT)?;
            take_back(desk, execution, Some(deal))
        }
        _ => Ok(()),
    }
}

fn trade(desk: &mut Desk<'_>, execution: &ExecutionEvent) -> Result<(), &'static str> {
    // The schema requires both on TRADE.
    let stated = Deal::of(execution).ok_or(INEXACT)?;
    let cumulative = execution.cumulative_quantity.get();
    let known = desk.fill(execution.execution_id.as_str());
    let mut fill = known.unwrap_or_else(|| desk.new_fill(execution.execution_id.as_str()));
    fill.cumulative = cumulative;
    fill.sequence = desk.trail.next();
    match fill.standing {
        Standing::Awaited => fill.deal = stated,
        Standing::VoidEarly => {
            desk.void_quantity(stated.quantity)?;
            fill.deal = stated;
            fill.standing = Standing::Void;
            desk.write(fill);
            return Ok(());
        }
        Standing::CorrectedEarly => {
            let gone = exact::sub(stated.quantity, fill.deal.quantity).map_err(inexact)?;
            desk.void_quantity(gone)?;
            fill.deal.fee = fill.deal.fee.or(stated.fee);
        }
        Standing::Booked | Standing::Void | Standing::Aside => return Err("execution_known"),
    }
    if execution.reconciled != Some(true) && !desk.fits(&fill.deal)? {
        desk.void_quantity(fill.deal.quantity)?;
        fill.standing = Standing::Aside;
        desk.write(fill);
        desk.flag = Some(OVERFILLS);
        return Ok(());
    }
    desk.add(fill).map_err(inexact)
}

/// Takes a fill back, and books `instead` in its place.
fn take_back(
    desk: &mut Desk<'_>,
    execution: &ExecutionEvent,
    instead: Option<Deal>,
) -> Result<(), &'static str> {
    // The schema requires it.
    let reference = execution.reference_execution_id.as_ref();
    let reference = reference.ok_or(UNKNOWN_REFERENCE)?.as_str();
    let Some(mut fill) = desk.fill(reference) else {
        let mut fill = desk.new_fill(reference);
        fill.corrected_by = Some(execution.execution_id.to_string());
        remember(&mut fill, instead);
        desk.write(fill);
        desk.flag = Some(UNKNOWN_REFERENCE);
        return Ok(());
    };
    if fill.corrected_by.as_deref() == Some(execution.execution_id.as_str()) {
        return Err("execution_known");
    }
    let instead = instead.map(|deal| Deal {
        fee: deal.fee.or(fill.deal.fee),
        ..deal
    });
    match fill.standing {
        Standing::Void | Standing::VoidEarly => return Err("execution_already_void"),
        Standing::Awaited | Standing::CorrectedEarly => {
            remember(&mut fill, instead);
            desk.write(fill);
            return Ok(());
        }
        Standing::Booked => {
            desk.remove(&fill).map_err(inexact)?;
            desk.void_quantity(fill.deal.quantity)?;
        }
        Standing::Aside => {}
    }
    fill.corrected_by = Some(execution.execution_id.to_string());
    fill.standing = Standing::Void;
    if let Some(deal) = instead {
        fill.deal = deal;
        if execution.reconciled == Some(true) || desk.fits(&deal)? {
            fill.standing = Standing::Booked;
            desk.put(&fill).map_err(inexact)?;
            desk.void_quantity(-deal.quantity)?;
        } else {
            fill.standing = Standing::Aside;
            desk.flag = Some(OVERFILLS);
        }
    }
    desk.write(fill);
    desk.admit().map_err(inexact)?;
    desk.add_up().map_err(inexact)
}

/// Notes what a report has said of a fill that has not arrived.
const fn remember(fill: &mut Fill, instead: Option<Deal>) {
    match instead {
        None => fill.standing = Standing::VoidEarly,
        Some(deal) => {
            fill.standing = Standing::CorrectedEarly;
            fill.deal = deal;
        }
    }
}

/// Notes what a terminal execution says of the order.
fn end(desk: &mut Desk<'_>, execution: &ExecutionEvent) -> Result<(), &'static str> {
    if ends(execution) {
        let filled = execution.cumulative_quantity.get();
        desk.order.filled.get_or_insert(filled);
    }
    Ok(())
}

/// Whether an execution is the end of its order. An answer (REJECTED DUPLICATE_ORDER, CANCEL_REJECTED) is no part of
/// the order's life.
fn ends(execution: &ExecutionEvent) -> bool {
    let answer = execution.exec_type == ExecutionType::CancelRejected
        || execution.reject_reason == Some(OrderRejectReason::DuplicateOrder);
    let terminal = matches!(
        execution.status,
        OrderStatus::Filled | OrderStatus::Canceled | OrderStatus::Expired | OrderStatus::Rejected
    );
    terminal && !answer
}

/// The reason code of an amount that does not fit.
const fn inexact(_: Inexact) -> &'static str {
    INEXACT
}
