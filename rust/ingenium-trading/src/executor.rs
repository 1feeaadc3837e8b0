//! The simulated executor: fills from bars, in event time, exact.
//!
//! An order that is taken is answered NEW, dated with its own `Timestamp`, and from then on looks at the bars of its
//! symbol, in their order. An order that arrives late looks at the bars that were kept, so that what it gets does not
//! depend on when it arrived. Orders that look at the same bar do so by (`Timestamp`, `OrderId`).
//!
//! | `Type` | Filled |
//! |---|---|
//! | MARKET | at the moment that [`Timing`] names |
//! | LIMIT, BUY | if `Low` < `LimitPrice` (or at it: [`LimitFill::Touch`]), at the lower of limit and `Open` |
//! | STOP, BUY | if `High` ≥ `StopPrice`, at the higher of stop and `Open` |
//! | STOP_LIMIT | as a LIMIT order, from the place on the bar's path where `StopPrice` is met |
//! | TRAILING_STOP | at the stop that follows the best price along the bar's path, or at the `Open` beyond it |
//!
//! SELL is the mirror image. A stop that is met is reported TRIGGERED first. A bar without volume fills nothing; another
//! fills at most its participation, and what is left of the order waits for the next one. A fill at a bar's open is dated
//! with its start, any other with its end.

mod book;
mod cancel;
mod fee;
mod fill;
mod intake;
mod lifetime;
mod limit;
mod matching;
mod meeting;
mod path;
mod refuse;
mod report;
mod session;
mod slippage;
mod tape;
mod timing;
mod trigger;

use ingenium_types::event::{OrderEvent, OrderRejectReason};
use ingenium_types::scalar::{CurrencyCode, UtcTimestamp};
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::role::{Cause, Disposition, Input, Outbox, Role};
use crate::states::States;

pub use book::{Book, Ended, Entry, KeptBar};
pub use fee::{Fees, Tier};
pub use limit::LimitFill;
pub use session::{NotASession, Session};
pub use slippage::Slippage;
pub use timing::Timing;

/// Fills orders from bars.
///
/// Matching uses event time: an order that arrives late still fills on the bar that its `Timestamp` selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperExecutor {
    /// Quantities are multiples of this.
    pub lot: Decimal,
    /// The currency of fees where the order names none.
    pub currency: CurrencyCode,
    /// Bars kept a symbol at least, for orders that arrive late.
    pub history: usize,
    /// When MARKET orders fill.
    pub timing: Timing,
    /// When LIMIT orders fill.
    pub limit_fill: LimitFill,
    /// How much worse than the bar's prices fills are.
    pub slippage: Slippage,
    /// The share of a bar's volume that orders may take, from 0 to 1, with at most 8 decimals.
    pub participation: Decimal,
    /// What fills cost.
    pub fees: Fees,
    /// The hours of the market.
    pub session: Session,
}

impl PaperExecutor {
    /// The executor with the models that come first: next open, no slippage, whole volume, no fees, the UTC date.
    #[must_use]
    pub fn new(currency: CurrencyCode) -> Self {
        Self {
            lot: Decimal::ONE,
            currency,
            history: 256,
            timing: Timing::default(),
            limit_fill: LimitFill::default(),
            slippage: Slippage::default(),
            participation: Decimal::ONE,
            fees: Fees::default(),
            session: Session::default(),
        }
    }
}

/// An accepted order and its life so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Working {
    order: OrderEvent,
    order_id: String,
    decided: UtcTimestamp,
    cause: Cause,
    cumulative: Decimal,
    cost: Decimal,
    commission: Decimal,
    /// Execution events so far: the next one's number is one more.
    events: u32,
    /// The last status that was reported, as on the wire.
    #[serde(default)]
    status: String,
    /// When the last event was: time goes on for each order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<UtcTimestamp>,
    /// Bars up to here were tried.
    tried: Option<UtcTimestamp>,
    /// The day of a DAY order's session (days since 1970), once bars have shown which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<i64>,
    /// The last bar of a CLS order's session so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<UtcTimestamp>,
    /// Whether the stop price was met.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    triggered: bool,
    /// The best price that a trailing stop has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    best: Option<Decimal>,
}

impl Role for PaperExecutor {
    type State = Entry;

    fn consumes(&self) -> &[EventType] {
        &[
            EventType::IngestorData,
            EventType::PortfolioOrder,
            EventType::PortfolioCancel,
        ]
    }

    fn handle(
        &self,
        states: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        match input.payload {
            Payload::IngestorData(_) => self.bar(states, input, outbox),
            Payload::PortfolioOrder(order) => self.order(states, order, input, outbox),
            Payload::PortfolioCancel(cancel) => Self::cancel(states, cancel, input, outbox),
            _ => Disposition::Applied,
        }
    }

    /// The order's id, also where it follows from the event: another event may state it in full.
    fn natural_key(&self, input: &Input<'_>) -> Option<String> {
        match input.payload {
            Payload::PortfolioOrder(order) => Some(report::order_id(order, input)),
            _ => None,
        }
    }

    fn conflict(
        &self,
        _: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        if let Payload::PortfolioOrder(order) = input.payload {
            report::answer(order, input, outbox, OrderRejectReason::DuplicateOrder);
        }
        Disposition::Applied
    }
}
