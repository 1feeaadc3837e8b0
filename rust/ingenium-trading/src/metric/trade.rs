//! Fills, and the round trips that they add up to.

use ingenium_types::event::OrderSide;
use ingenium_types::scalar::{ClientOrderId, InstrumentSymbol, PositiveDecimal, UtcTimestamp};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// A fill as the recorder takes it: what a TRADE execution states, and the price that was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The instrument.
    pub symbol: InstrumentSymbol,
    /// The order that was filled.
    pub order_id: ClientOrderId,
    /// Its side.
    pub side: OrderSide,
    /// The quantity of this fill (FIX `LastQty`), in units of the instrument.
    pub quantity: PositiveDecimal,
    /// The price of this fill (FIX `LastPx`).
    pub price: Decimal,
    /// The fee for this fill, in the account's currency; below zero for a rebate.
    pub commission: Decimal,
    /// When it was filled. A fill at a bar's start was made at its open: the bar's range belongs to what is held after.
    pub at: UtcTimestamp,
    /// The price that the decision saw: the signal's, else the close of the bar that led to it.
    pub decision_price: Option<Decimal>,
}

/// Which way a trade profits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Direction {
    /// From rising prices: entered with a BUY.
    Long,
    /// From falling prices: entered with a SELL.
    Short,
}

/// A round trip in one symbol, from flat to flat; a fill through zero ends one and starts the next.
///
/// Amounts are in the account's currency and exact, but for prices and for the fees of a fill through zero, which are
/// rounded once, half to even, to 12 decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trade {
    /// The instrument.
    #[schemars(with = "String")]
    pub symbol: InstrumentSymbol,
    /// Long or short.
    pub direction: Direction,
    /// The order of the first fill.
    #[schemars(with = "String")]
    pub entry_order_id: ClientOrderId,
    /// The order of the last fill.
    #[schemars(with = "String")]
    pub exit_order_id: ClientOrderId,
    /// When the first fill was.
    #[schemars(with = "String")]
    pub entry_at: UtcTimestamp,
    /// When the last fill was.
    #[schemars(with = "String")]
    pub exit_at: UtcTimestamp,
    /// All that was entered, in units of the instrument; as much was left.
    #[schemars(with = "String")]
    pub quantity: Decimal,
    /// The average price of the fills that entered.
    #[schemars(with = "String")]
    pub entry_price: Decimal,
    /// The average price of the fills that left.
    #[schemars(with = "String")]
    pub exit_price: Decimal,
    /// Profit at average cost before fees; below zero for a loss.
    #[schemars(with = "String")]
    pub gross: Decimal,
    /// The fees of its fills.
    #[schemars(with = "String")]
    pub fees: Decimal,
    /// Profit after fees.
    #[schemars(with = "String")]
    pub net: Decimal,
    /// Maximum adverse excursion: the least that the trade was worth before fees, realised and unrealised, at the
    /// extremes of the bars that it lasted and at its fills; zero or less.
    #[schemars(with = "String")]
    pub adverse: Decimal,
    /// Maximum favourable excursion: the most that it was worth; zero or more.
    #[schemars(with = "String")]
    pub favorable: Decimal,
    /// The bars that it lasted: those that start at or after the entry and before the exit.
    pub bars: u32,
}

/// A position that the run has left open: no trade yet, in no statistic of trades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenTrade {
    /// The instrument.
    #[schemars(with = "String")]
    pub symbol: InstrumentSymbol,
    /// Long or short.
    pub direction: Direction,
    /// The order of the first fill.
    #[schemars(with = "String")]
    pub entry_order_id: ClientOrderId,
    /// When the first fill was.
    #[schemars(with = "String")]
    pub entry_at: UtcTimestamp,
    /// What is held, in units of the instrument, above zero.
    #[schemars(with = "String")]
    pub quantity: Decimal,
    /// What that cost, in the account's currency.
    #[schemars(with = "String")]
    pub cost: Decimal,
    /// Profit of what was left already, before fees.
    #[schemars(with = "String")]
    pub realized: Decimal,
    /// The fees of its fills so far.
    #[schemars(with = "String")]
    pub fees: Decimal,
    /// The bars that it lasts so far.
    pub bars: u32,
}
