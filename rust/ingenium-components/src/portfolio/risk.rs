//! What orders must not do. Everything is off unless it is set.

use std::num::NonZeroUsize;

use ingenium_trading::risk::{self, Limits};
use ingenium_types::scalar::{InstrumentSymbol, NonNegativeDecimal, PositiveDecimal, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The limits of the account.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Risk {
    /// The state of trading at least; what a watch has tripped may be stricter.
    pub state: TradingState,
    /// Raise this number to take back what watches have tripped before.
    pub resume: u32,
    /// The symbols in which positions may be opened.
    #[schemars(with = "Option<Vec<String>>")]
    pub symbols: Option<Vec<InstrumentSymbol>>,
    /// The age of the last price, in seconds.
    pub max_price_age: Option<u64>,
    /// How far a signal's `Price` may be from the last price, as a share of that.
    #[schemars(with = "Option<String>")]
    pub price_collar: Option<NonNegativeDecimal>,
    /// The least that an order is worth.
    #[schemars(with = "Option<String>")]
    pub min_notional: Option<PositiveDecimal>,
    /// The most that an order is worth.
    #[schemars(with = "Option<String>")]
    pub max_order_notional: Option<PositiveDecimal>,
    /// The most that a position is worth.
    #[schemars(with = "Option<String>")]
    pub max_position_notional: Option<PositiveDecimal>,
    /// The most that a position is worth, as a share of the equity.
    #[schemars(with = "Option<String>")]
    pub max_position_share: Option<PositiveDecimal>,
    /// The most that all positions and open orders are worth, as a multiple of the equity.
    #[schemars(with = "Option<String>")]
    pub max_gross_leverage: Option<PositiveDecimal>,
    /// The most that long and short positions differ by, as a multiple of the equity.
    #[schemars(with = "Option<String>")]
    pub max_net_leverage: Option<PositiveDecimal>,
    /// The most orders without a terminal execution.
    pub max_open_orders: Option<NonZeroUsize>,
    /// The most orders in a minute of event time.
    pub max_orders_per_minute: Option<NonZeroUsize>,
    /// The loss since the day began, in UTC.
    pub max_daily_loss: Option<Stop>,
    /// The loss since the equity was highest.
    pub max_drawdown: Option<Stop>,
    /// How long after an exit nothing is opened in that symbol, in seconds.
    pub cooldown: Option<u64>,
    /// When losing exits pause everything that opens.
    pub stop_loss_guard: Option<LossGuard>,
    /// For how long the same wish of the same strategy gives no second order, in seconds.
    pub duplicate_window: Option<u64>,
}

/// Whether orders may be given.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TradingState {
    /// All orders.
    #[default]
    Active,
    /// Only orders that make no position larger.
    Reducing,
    /// No orders.
    Halted,
}

/// What a loss makes of the state of trading.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tripped {
    /// Only orders that make no position larger.
    Reducing,
    /// No orders.
    #[default]
    Halted,
}

/// A loss that trips the state of trading.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// The loss, as a share of the equity that it is measured from.
    #[schemars(with = "String")]
    pub share: Ratio,
    /// The state from then on.
    #[serde(default)]
    pub then: Tripped,
}

/// A pause after losing exits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LossGuard {
    /// How many losing exits, over all symbols.
    pub exits: NonZeroUsize,
    /// Within how many seconds.
    pub window: u64,
    /// The pause, in seconds after the last of them.
    pub pause: u64,
}

impl Risk {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            state: match self.state {
                TradingState::Active => risk::TradingState::Active,
                TradingState::Reducing => risk::TradingState::Reducing,
                TradingState::Halted => risk::TradingState::Halted,
            },
            resume: self.resume,
            symbols: self
                .symbols
                .as_ref()
                .map(|symbols| symbols.iter().map(ToString::to_string).collect()),
            max_price_age: self.max_price_age,
            price_collar: self.price_collar.map(|share| share.get()),
            min_notional: self.min_notional.map(|amount| amount.get()),
            max_order_notional: self.max_order_notional.map(|amount| amount.get()),
            max_position_notional: self.max_position_notional.map(|amount| amount.get()),
            max_position_share: self.max_position_share.map(|share| share.get()),
            max_gross_leverage: self.max_gross_leverage.map(|multiple| multiple.get()),
            max_net_leverage: self.max_net_leverage.map(|multiple| multiple.get()),
            max_open_orders: self.max_open_orders.map(NonZeroUsize::get),
            max_orders_per_minute: self.max_orders_per_minute.map(NonZeroUsize::get),
            max_daily_loss: self.max_daily_loss.as_ref().map(Stop::of_role),
            max_drawdown: self.max_drawdown.as_ref().map(Stop::of_role),
            cooldown: self.cooldown,
            stop_loss_guard: self.stop_loss_guard.as_ref().map(|guard| risk::LossGuard {
                exits: guard.exits.get(),
                window: guard.window,
                pause: guard.pause,
            }),
            duplicate_window: self.duplicate_window,
        }
    }
}

impl Stop {
    const fn of_role(&self) -> risk::Stop {
        risk::Stop {
            share: self.share.get(),
            then: match self.then {
                Tripped::Reducing => risk::TradingState::Reducing,
                Tripped::Halted => risk::TradingState::Halted,
            },
        }
    }
}
