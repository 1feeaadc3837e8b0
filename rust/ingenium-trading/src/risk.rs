//! What an order must not do: limits, the rules that hold orders to them, and the state of trading.
//!
//! Every rule but the buying power is off unless its limit is set. [`RULES`] is their order: the first that denies
//! wins, and its code is the reason. Rules of [`Scope::Opening`] never stand in the way of an exit; a reversal that one
//! of them denies is cut down to its closing part.
//!
//! | # | Code | Scope | Denies |
//! |---|---|---|---|
//! | 1 | `trading_halted` | every | everything while trading is HALTED |
//! | 2 | `trading_reducing` | opening | what makes a position larger while trading is REDUCING |
//! | 3 | `symbol_not_allowed` | opening | symbols that are not on the list |
//! | 4 | `price_stale` | opening | a mark older than the limit |
//! | 5 | `price_outside_collar` | opening | a signal whose `Price` is too far from the mark |
//! | 6 | `below_min_notional` | every | orders that venues find too small |
//! | 7 | `order_notional_exceeded` | opening | an order that is too large |
//! | 8 | `position_notional_exceeded` | opening | a position that would be too large, in money |
//! | 9 | `position_share_exceeded` | opening | the same, as a share of the equity |
//! | 10 | `gross_leverage_exceeded` | opening | positions that would be too large together |
//! | 11 | `net_leverage_exceeded` | opening | too large a difference of long and short |
//! | 12 | `below_maintenance` | opening | anything new while the maintenance margin is not there |
//! | 13 | `buying_power_exceeded` | opening | what neither free cash nor margin pays for, with what open orders have reserved |
//! | 14 | `too_many_open_orders` | opening | one more open order |
//! | 15 | `too_many_orders_per_minute` | every | one more order within a minute of event time |
//! | 16 | `cooldown` | opening | a new position soon after an exit |
//! | 17 | `stop_loss_guard` | opening | new positions after several losing exits |
//! | 18 | `duplicate_signal` | every | the same wish of the same strategy again |
//!
//! Quantities are multiples of the lot by construction, and a long-only portfolio has no order that could sell short.
//! Orders here are MARKET orders: they have no price that a tick could divide.
//!
//! The daily loss and the drawdown are no rules but watches: they trip the state of trading, and that stays, over
//! restarts, until the configuration's `resume` is raised. The stricter of the tripped and the configured state holds.

mod limits;
mod pace;
mod proposal;
mod rule;
mod size;
mod state;
mod watch;

pub use limits::{Limits, LossGuard, Margin, Mode, Stop};
pub use proposal::{Exposure, Proposal};
pub use rule::{RULES, Rule, Scope, review};
pub use state::{RiskState, TradingState};
