//! LIMIT orders: when a price is good enough (FIX 40=2).

use ingenium_types::event::OrderSide;
use rust_decimal::Decimal;

use super::path::better;

/// What the market has to do to fill a LIMIT order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LimitFill {
    /// Trade through the limit: who is first in the queue at a price is not known.
    #[default]
    Cross,
    /// Trade at the limit.
    Touch,
}

/// The fill of a limit order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    /// The limit, or the first price where that is better.
    pub(super) price: Decimal,
    /// Whether the first price was good enough: the order found its counterpart, and not the other way round.
    pub(super) at_first: bool,
}

/// The fill at `limit` of an order that is in the market from the price `first` on, of which `best` is the best price
/// from there. A BUY fills if the low is below the limit, at the limit or at the open where that is lower.
pub(super) fn reached(
    side: OrderSide,
    limit: Decimal,
    rule: LimitFill,
    first: Decimal,
    best: Decimal,
) -> Option<Reached> {
    let fills = |price: Decimal| match (rule, side) {
        (LimitFill::Touch, _) if price == limit => true,
        (LimitFill::Cross | LimitFill::Touch, OrderSide::Buy) => price < limit,
        (LimitFill::Cross | LimitFill::Touch, OrderSide::Sell) => price > limit,
    };
    fills(better(side, first, best)).then(|| Reached {
        price: better(side, limit, first),
        at_first: fills(first),
    })
}
