//! Cancels: an open order ends, a late cancel is told so (FIX 35=F, 35=9).

use ingenium_types::event::{
    CancelEvent, ExecutionEvent, ExecutionType, OrderCancelReason, OrderRejectReason, OrderStatus,
};
use ingenium_types::scalar::{Identifier, NonNegativeDecimal, Scalar as _, UtcTimestamp};
use rust_decimal::Decimal;

use super::book::{Ended, Entry, book_key, ended_key};
use super::report::{Report, execution};
use super::{PaperExecutor, Working};
use crate::role::{Disposition, Input, Outbox};
use crate::states::States;

impl PaperExecutor {
    /// Ends an open order; answers TOO_LATE for one that has ended, UNKNOWN_ORDER for any other.
    pub(super) fn cancel(
        states: &mut States<Entry>,
        cancel: &CancelEvent,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let (symbol, order_id) = (cancel.symbol.as_str(), cancel.order_id.as_str());
        let key = book_key(symbol);
        let place = match states.get(&key) {
            Some(Entry::Book(book)) => book
                .orders
                .iter()
                .position(|working| working.order_id == order_id),
            _ => None,
        };
        if let Some(place) = place
            && let Some(book) = states.change(&key).book()
        {
            let mut working = book.orders.remove(place);
            // An effect is never dated before its cause.
            let at = cancel.timestamp.max(working.decided);
            let report = Report::Canceled(OrderCancelReason::User, None);
            execution(&mut working, at, report, outbox);
            end(states, &working);
            return Disposition::Applied;
        }
        let (reason, ended) = match states.get(&ended_key(order_id)) {
            Some(Entry::Ended(ended)) => (OrderRejectReason::TooLate, ended.clone()),
            _ => (
                OrderRejectReason::UnknownOrder,
                Ended {
                    cumulative: Decimal::ZERO,
                    status: OrderStatus::Rejected.as_str().to_owned(),
                },
            ),
        };
        answer(cancel, input, &ended, reason, outbox);
        Disposition::Applied
    }
}

/// Remembers how an order has ended.
pub(super) fn end(states: &mut States<Entry>, working: &Working) {
    let ended = Ended {
        cumulative: working.cumulative,
        status: working.status.clone(),
    };
    states.insert(&ended_key(&working.order_id), Entry::Ended(ended));
}

/// CANCEL_REJECTED: no part of the order's life; its id follows from the cancel.
fn answer(
    cancel: &CancelEvent,
    input: &Input<'_>,
    ended: &Ended,
    reason: OrderRejectReason,
    outbox: &mut Outbox,
) {
    let id = outbox.id(&[&input.cause().source, &input.cause().id]);
    let at: UtcTimestamp = cancel.timestamp;
    let (Some(execution_id), Some(cumulative), Some(leaves)) = (
        Identifier::parse(&id.hex()),
        NonNegativeDecimal::new(ended.cumulative),
        NonNegativeDecimal::new(Decimal::ZERO),
    ) else {
        return; // a decimal that was on the wire fits the wire
    };
    let Some(status) = OrderStatus::parse(&ended.status) else {
        return; // it was written from one
    };
    let mut event = ExecutionEvent::new(
        cancel.order_id.clone(),
        execution_id,
        cancel.symbol.clone(),
        cancel.side,
        ExecutionType::CancelRejected,
        status,
        cancel.order_quantity,
        cumulative,
        leaves,
        at,
    );
    event.reject_reason = Some(reason);
    event.account.clone_from(&cancel.account);
    outbox.emit(id, at.max(input.time), input.cause(), event);
}
