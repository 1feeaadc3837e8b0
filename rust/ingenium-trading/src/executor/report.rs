//! Execution events: one per change of an order's state (FIX 35=8).

use ingenium_types::event::{
    ExecutionEvent, ExecutionType, OrderCancelReason, OrderEvent, OrderRejectReason, OrderStatus,
};
use ingenium_types::exact;
use ingenium_types::id::EventId;
use ingenium_types::scalar::{
    ClientOrderId, CurrencyCode, Decimal as WireDecimal, FreeText, Identifier, InstrumentPrice,
    NonNegativeDecimal, PositiveDecimal, Scalar as _, UtcTimestamp,
};
use rust_decimal::Decimal;

use super::Working;
use super::fill::Fill;
use crate::order::{Change, State, transition};
use crate::role::{Input, Outbox};

/// What happened to an order.
#[derive(Debug, Clone)]
pub(super) enum Report {
    New,
    /// What was filled, and the currency of its fee where the order names none.
    Trade(Fill, CurrencyCode),
    /// Its stop price was met.
    Triggered,
    Canceled(OrderCancelReason, Option<String>),
    /// Its time in force is over; at the end of a session, or for what the text says.
    Expired(Option<OrderCancelReason>, Option<String>),
    Rejected(OrderRejectReason, String),
}

/// The order's id: its own, or the 32 hex digits that follow from its event.
pub(super) fn order_id(order: &OrderEvent, input: &Input<'_>) -> String {
    order.order_id.as_ref().map_or_else(
        || EventId::of(&[&input.cause().source, &input.cause().id]).hex(),
        ToString::to_string,
    )
}

/// Emits the next execution event of `working` and carries its totals on.
pub(super) fn execution(
    working: &mut Working,
    at: UtcTimestamp,
    report: Report,
    outbox: &mut Outbox,
) {
    working.events += 1;
    // A bar may go on after the end of the session in which it began, and a cancel may come with an early date.
    let at = working.said.map_or(at, |said| at.max(said));
    working.said = Some(at);
    if let Report::Trade(fill, _) = &report {
        // `fill_at` has checked that these amounts fit.
        let cost =
            exact::mul(fill.quantity, fill.price).and_then(|cost| exact::add(working.cost, cost));
        working.cost = cost.unwrap_or(working.cost);
        working.cumulative =
            exact::add(working.cumulative, fill.quantity).unwrap_or(working.cumulative);
        working.commission =
            exact::add(working.commission, fill.commission).unwrap_or(working.commission);
    }
    let id = outbox.id(&[&working.order_id, &working.events.to_string()]);
    let quantity = working.order.quantity.get();
    let leaves = exact::sub(quantity, working.cumulative).unwrap_or_default();
    let (exec_type, change) = match &report {
        Report::New => (ExecutionType::New, Change::New),
        Report::Triggered => (ExecutionType::Triggered, Change::Triggered),
        Report::Trade(..) => {
            let (rest, reconciled) = (leaves.is_zero(), false);
            (ExecutionType::Trade, Change::Trade { rest, reconciled })
        }
        Report::Expired(..) => (ExecutionType::Expired, Change::Expired),
        Report::Canceled(..) => (ExecutionType::Canceled, Change::Canceled),
        Report::Rejected(..) => (ExecutionType::Rejected, Change::Rejected),
    };
    let before = OrderStatus::parse(&working.status).map_or(State::Unanswered, State::of);
    let Ok(after) = transition(before, change) else {
        debug_assert!(false, "`{change:?}` reported after `{before:?}`");
        return;
    };
    let Some(status) = after.status() else {
        return; // every report gives a status that has a name on the wire
    };
    working.status = status.as_str().to_owned();
    let open = !after.is_ended();
    let leaves = if open { leaves } else { Decimal::ZERO };
    let Some(mut event) = skeleton(
        &working.order,
        &working.order_id,
        id,
        at,
        exec_type,
        status,
        working.cumulative,
        leaves,
    ) else {
        return;
    };
    match report {
        Report::New | Report::Triggered => {}
        Report::Trade(fill, currency) => {
            event.last_quantity = PositiveDecimal::new(fill.quantity);
            event.last_price = InstrumentPrice::new(fill.price);
            event.cumulative_cost = WireDecimal::new(working.cost);
            event.average_price = exact::mul_div(working.cost, Decimal::ONE, working.cumulative)
                .ok()
                .and_then(InstrumentPrice::new);
            event.commission = WireDecimal::new(fill.commission);
            event.commission_currency = Some(working.order.currency.clone().unwrap_or(currency));
            event.cumulative_commission = WireDecimal::new(working.commission);
            event.liquidity = fill.liquidity;
        }
        Report::Expired(reason, text) => {
            event.cancel_reason = reason;
            event.text = text.as_deref().and_then(FreeText::parse);
        }
        Report::Canceled(reason, text) => {
            event.cancel_reason = Some(reason);
            event.text = text.as_deref().and_then(FreeText::parse);
        }
        Report::Rejected(reason, text) => {
            event.reject_reason = Some(reason);
            event.text = FreeText::parse(&text);
        }
    }
    outbox.emit(id, at, &working.cause, event);
}

/// Answers an event that is no part of any order's life; its id follows from the event it answers.
pub(super) fn answer(
    order: &OrderEvent,
    input: &Input<'_>,
    outbox: &mut Outbox,
    reason: OrderRejectReason,
) {
    let id = outbox.id(&[&input.cause().source, &input.cause().id]);
    let at = order.timestamp.unwrap_or(input.time);
    let (exec_type, status) = (ExecutionType::Rejected, OrderStatus::Rejected);
    let order_id = order_id(order, input);
    let zero = Decimal::ZERO;
    if let Some(mut event) = skeleton(order, &order_id, id, at, exec_type, status, zero, zero) {
        event.reject_reason = Some(reason);
        outbox.emit(id, at, input.cause(), event);
    }
}

/// The fields that every execution has. All of them come from a decoded order, so they have their forms.
#[expect(
    clippy::too_many_arguments,
    reason = "these are the required fields of the event, each once"
)]
fn skeleton(
    order: &OrderEvent,
    order_id: &str,
    id: EventId,
    at: UtcTimestamp,
    exec_type: ExecutionType,
    status: OrderStatus,
    cumulative: Decimal,
    leaves: Decimal,
) -> Option<ExecutionEvent> {
    let mut event = ExecutionEvent::new(
        ClientOrderId::parse(order_id)?,
        Identifier::parse(&id.hex())?,
        order.symbol.clone(),
        order.side,
        exec_type,
        status,
        order.quantity,
        NonNegativeDecimal::new(cumulative)?,
        NonNegativeDecimal::new(leaves)?,
        at,
    );
    event.account.clone_from(&order.account);
    event.currency.clone_from(&order.currency);
    Some(event)
}
