//! What is configured.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::TradingState;

/// Whether positions may be short, or larger than the cash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// No short positions, nothing on credit: SHORT is an exit.
    #[default]
    LongOnly,
    /// Short positions and credit: SHORT opens, LONG closes what is short and opens.
    Margin(Margin),
}

/// How much credit there is.
///
/// With equity E and the sum G of what all positions and open orders are worth, opening n more needs
/// `initial·(G + n) ≤ E`; while `maintenance·G > E`, nothing is opened. An initial rate of 0.5 is a leverage of 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margin {
    /// Equity needed to open, as a share of what is held then; above 0.
    pub initial: Decimal,
    /// Equity needed to hold, as a share of what is held.
    pub maintenance: Decimal,
}

/// A loss that trips the state of trading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The loss, as a share of the equity that it is measured from.
    pub share: Decimal,
    /// The state from then on.
    pub then: TradingState,
}

/// A pause after losing exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LossGuard {
    /// How many losing exits, over all symbols.
    pub exits: usize,
    /// Within how many seconds of event time.
    pub window: u64,
    /// The pause, in seconds after the last of them.
    pub pause: u64,
}

/// The limits of an account; absent: none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// The state of trading at least.
    pub state: TradingState,
    /// What the watches have tripped under a lower number is taken back.
    pub resume: u32,
    /// The symbols in which positions may be opened.
    pub symbols: Option<BTreeSet<String>>,
    /// The age of a mark, in seconds.
    pub max_price_age: Option<u64>,
    /// How far a signal's `Price` may be from the mark, as a share of the mark.
    pub price_collar: Option<Decimal>,
    /// The least that an order is worth.
    pub min_notional: Option<Decimal>,
    /// The most that an order is worth.
    pub max_order_notional: Option<Decimal>,
    /// The most that a position is worth.
    pub max_position_notional: Option<Decimal>,
    /// The most that a position is worth, as a share of the equity.
    pub max_position_share: Option<Decimal>,
    /// The most that all positions and open orders are worth, as a multiple of the equity.
    pub max_gross_leverage: Option<Decimal>,
    /// The most that long and short positions differ by, as a multiple of the equity.
    pub max_net_leverage: Option<Decimal>,
    /// The most orders without a terminal execution.
    pub max_open_orders: Option<usize>,
    /// The most orders in a minute of event time.
    pub max_orders_per_minute: Option<usize>,
    /// The loss since the day began, in UTC.
    pub max_daily_loss: Option<Stop>,
    /// The loss since the equity was highest.
    pub max_drawdown: Option<Stop>,
    /// How long after an exit nothing is opened in that symbol, in seconds.
    pub cooldown: Option<u64>,
    /// When losing exits pause everything that opens.
    pub stop_loss_guard: Option<LossGuard>,
    /// For how long the same wish of the same strategy counts as said, in seconds.
    pub duplicate_window: Option<u64>,
}

impl Limits {
    /// Whether losses are watched: if not, marks need not look at the equity.
    #[must_use]
    pub const fn watch(&self) -> bool {
        self.max_daily_loss.is_some() || self.max_drawdown.is_some()
    }

    /// Whether a rule looks at what all positions and open orders are worth together.
    #[must_use]
    pub const fn look_at_exposure(&self) -> bool {
        self.max_gross_leverage.is_some()
            || self.max_net_leverage.is_some()
            || self.max_open_orders.is_some()
    }
}
