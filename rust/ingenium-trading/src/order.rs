//! The life of an order: which report may follow which (FIX 4.4, order state changes: `OrdStatus` 39, `ExecType` 150).
//!
//! | From | NEW | TRADE, part | TRADE, rest | CANCELED | EXPIRED | REJECTED | PENDING_CANCEL | CANCEL_REJECTED |
//! |---|---|---|---|---|---|---|---|---|
//! | (none) | NEW | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | | |
//! | PENDING_NEW | NEW | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | PENDING_CANCEL | |
//! | NEW | | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | PENDING_CANCEL | NEW |
//! | SUSPENDED | NEW | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | PENDING_CANCEL | SUSPENDED |
//! | PARTIALLY_FILLED | | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | | PENDING_CANCEL | PARTIALLY_FILLED |
//! | PENDING_CANCEL | | PENDING_CANCEL | FILLED | CANCELED | EXPIRED | | | what it was before |
//! | terminal | | unchanged, if reconciled | FILLED, if reconciled | | | | | unchanged |
//!
//! TRIGGERED leaves NEW and PENDING_CANCEL as they are and ends SUSPENDED; SUSPENDED follows NEW only. REPLACED leaves an
//! open order as it is, and TRADE_CORRECT and TRADE_CANCEL any order that was answered: a venue may take a fill back
//! after the order's end.

use ingenium_types::event::{ExecutionEvent, ExecutionType, OrderStatus};

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// There is no report of it.
    #[default]
    Unanswered,
    /// It may still be filled.
    Open(Open),
    /// A cancel is under way; what it was before, for when the cancel is refused.
    PendingCancel(Open),
    /// It is over.
    Ended(End),
}

/// The states of an order that may still be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Open {
    /// Sent and not answered: inside a component only, never on the wire.
    PendingNew,
    /// Accepted (FIX 39=0).
    New,
    /// Accepted, and not traded for now (FIX 39=9).
    Suspended,
    /// Filled in part (FIX 39=1).
    PartiallyFilled,
}

/// The ends of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Filled in full (FIX 39=2).
    Filled,
    /// Canceled; what was filled stays filled (FIX 39=4).
    Canceled,
    /// Its time in force is over (FIX 39=C).
    Expired,
    /// Refused (FIX 39=8).
    Rejected,
}

/// What a report says of an order (FIX `ExecType`, tag 150).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It was accepted, or trades again.
    New,
    /// It was filled.
    Trade {
        /// Whether nothing is left of it.
        rest: bool,
        /// Whether the report was rebuilt from a snapshot: such a one may come after the order's end.
        reconciled: bool,
    },
    /// It was canceled.
    Canceled,
    /// Its time is over.
    Expired,
    /// It was refused.
    Rejected,
    /// A cancel is under way.
    PendingCancel,
    /// A cancel was refused.
    CancelRejected,
    /// Its stop price was met.
    Triggered,
    /// It is not traded for now.
    Suspended,
    /// Its price or quantity was changed.
    Replaced,
    /// A fill was corrected or taken back.
    Corrected,
}

/// A report that does not fit the order's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{change:?}` does not follow `{from:?}`")]
pub struct Refused {
    /// How far the order had come.
    pub from: State,
    /// What was said of it.
    pub change: Change,
}

/// The state of an order after a report.
///
/// ```
/// # use ingenium_trading::order::{Change, End, Open, State, transition};
/// let filled = Change::Trade { rest: true, reconciled: false };
/// let state = transition(State::Unanswered, Change::New)?;
/// let state = transition(state, filled)?;
/// assert_eq!(state, State::Ended(End::Filled));
/// assert!(transition(state, filled).is_err());
/// # Ok::<(), ingenium_trading::order::Refused>(())
/// ```
///
/// # Errors
/// [`Refused`] where the table of this module has no entry.
pub const fn transition(from: State, change: Change) -> Result<State, Refused> {
    let refused = Err(Refused { from, change });
    match from {
        State::Ended(_) => match change {
            Change::CancelRejected | Change::Corrected => Ok(from),
            Change::Trade {
                rest,
                reconciled: true,
            } => Ok(if rest {
                State::Ended(End::Filled)
            } else {
                from
            }),
            _ => refused,
        },
        State::Unanswered => match change {
            Change::New => Ok(State::Open(Open::New)),
            Change::Trade { rest, .. } => Ok(traded(from, rest)),
            Change::Rejected => Ok(State::Ended(End::Rejected)),
            Change::Canceled => Ok(State::Ended(End::Canceled)),
            Change::Expired => Ok(State::Ended(End::Expired)),
            _ => refused,
        },
        State::Open(before) => match (change, before) {
            (Change::Trade { rest, .. }, _) => Ok(traded(from, rest)),
            (Change::Canceled, _) => Ok(State::Ended(End::Canceled)),
            (Change::Expired, _) => Ok(State::Ended(End::Expired)),
            (Change::PendingCancel, _) => Ok(State::PendingCancel(before)),
            (Change::New, Open::PendingNew | Open::Suspended)
            | (Change::Triggered, Open::New | Open::Suspended) => Ok(State::Open(Open::New)),
            (Change::Suspended, Open::New) => Ok(State::Open(Open::Suspended)),
            (Change::Rejected, Open::PendingNew | Open::New | Open::Suspended) => {
                Ok(State::Ended(End::Rejected))
            }
            (
                Change::CancelRejected | Change::Replaced | Change::Corrected,
                Open::New | Open::Suspended | Open::PartiallyFilled,
            ) => Ok(from),
            _ => refused,
        },
        State::PendingCancel(before) => match change {
            Change::Trade { rest, .. } => Ok(traded(from, rest)),
            Change::Canceled => Ok(State::Ended(End::Canceled)),
            Change::Expired => Ok(State::Ended(End::Expired)),
            Change::CancelRejected => Ok(State::Open(before)),
            Change::Triggered | Change::Replaced | Change::Corrected => Ok(from),
            _ => refused,
        },
    }
}

/// After a fill: a cancel that is under way stays so.
const fn traded(from: State, rest: bool) -> State {
    match from {
        _ if rest => State::Ended(End::Filled),
        State::PendingCancel(_) => State::PendingCancel(Open::PartiallyFilled),
        _ => State::Open(Open::PartiallyFilled),
    }
}

impl State {
    /// The state that a status on the wire names; what an order was before PENDING_CANCEL is taken to be NEW.
    #[must_use]
    pub const fn of(status: OrderStatus) -> Self {
        match status {
            OrderStatus::New => Self::Open(Open::New),
            OrderStatus::PartiallyFilled => Self::Open(Open::PartiallyFilled),
            OrderStatus::Suspended => Self::Open(Open::Suspended),
            OrderStatus::PendingCancel => Self::PendingCancel(Open::New),
            OrderStatus::Filled => Self::Ended(End::Filled),
            OrderStatus::Canceled => Self::Ended(End::Canceled),
            OrderStatus::Expired => Self::Ended(End::Expired),
            OrderStatus::Rejected => Self::Ended(End::Rejected),
        }
    }

    /// The status on the wire (FIX `OrdStatus`, tag 39); `None` where there is nothing to say yet.
    #[must_use]
    pub const fn status(self) -> Option<OrderStatus> {
        Some(match self {
            Self::Unanswered | Self::Open(Open::PendingNew) => return None,
            Self::Open(Open::New) => OrderStatus::New,
            Self::Open(Open::Suspended) => OrderStatus::Suspended,
            Self::Open(Open::PartiallyFilled) => OrderStatus::PartiallyFilled,
            Self::PendingCancel(_) => OrderStatus::PendingCancel,
            Self::Ended(End::Filled) => OrderStatus::Filled,
            Self::Ended(End::Canceled) => OrderStatus::Canceled,
            Self::Ended(End::Expired) => OrderStatus::Expired,
            Self::Ended(End::Rejected) => OrderStatus::Rejected,
        })
    }

    /// Whether the order is over.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Ended(_))
    }
}

impl Change {
    /// What an execution event says of its order; `None` for a type that this contract does not know.
    #[must_use]
    pub fn of(execution: &ExecutionEvent) -> Option<Self> {
        Some(match execution.exec_type {
            ExecutionType::New => Self::New,
            ExecutionType::Trade => Self::Trade {
                rest: execution.status == OrderStatus::Filled,
                reconciled: execution.reconciled == Some(true),
            },
            ExecutionType::Canceled => Self::Canceled,
            ExecutionType::Expired => Self::Expired,
            ExecutionType::Rejected => Self::Rejected,
            ExecutionType::PendingCancel => Self::PendingCancel,
            ExecutionType::CancelRejected => Self::CancelRejected,
            ExecutionType::Replaced => Self::Replaced,
            ExecutionType::Triggered => Self::Triggered,
            ExecutionType::TradeCorrect | ExecutionType::TradeCancel => Self::Corrected,
            _ => return None,
        })
    }
}
