//! Fills that may still be taken back or corrected, and the position that they add up to.
//!
//! Each fill is a row. A bust or a correction changes the row, and the position is added up again from the trail's
//! base: as if the fill had never happened, or had happened otherwise. The fills of one order count in the order of
//! `CumulativeQuantity`, whatever the order in which they arrived, so that rounding is the same. Once an instrument
//! has more than twice the configured number of rows, the oldest are folded into the base until that number is left;
//! what is folded cannot be corrected any more, and a report about it is flagged.

use ingenium_types::event::{ExecutionEvent, OrderSide};
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::holding::side;
use super::trail::Trail;
use crate::position::Position;
use crate::states::States;

/// What changed hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// How much, above zero.
    pub quantity: Decimal,
    /// At which price.
    pub price: Decimal,
    /// The commission; `None` where no report has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Decimal>,
}

impl Deal {
    /// The deal that a report states; `None` if it states none.
    pub(super) fn of(execution: &ExecutionEvent) -> Option<Self> {
        Some(Self {
            quantity: execution.last_quantity?.get(),
            price: execution.last_price?.get(),
            fee: execution.commission.map(|commission| commission.get()),
        })
    }

    /// The commission, zero where it is not known.
    pub(super) fn paid_fee(&self) -> Decimal {
        self.fee.unwrap_or_default()
    }

    /// What it does to cash.
    pub(super) fn cash(&self, side: OrderSide) -> Result<Decimal, Inexact> {
        let notional = exact::mul(self.quantity, self.price)?;
        match side {
            OrderSide::Buy => Ok(-exact::add(notional, self.paid_fee())?),
            OrderSide::Sell => exact::sub(notional, self.paid_fee()),
        }
    }

    /// The quantity with the sign of its side.
    pub(super) fn signed(&self, side: OrderSide) -> Decimal {
        match side {
            OrderSide::Buy => self.quantity,
            OrderSide::Sell => -self.quantity,
        }
    }
}

/// Whether a fill counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nothing is known of it yet.
    Awaited,
    /// It does.
    Booked,
    /// It was taken back.
    Void,
    /// It was taken back before it arrived.
    VoidEarly,
    /// It was corrected before it arrived.
    CorrectedEarly,
    /// It is more than its order asked for: kept aside until another fill of the order is taken back.
    Aside,
}

/// A fill that may still be taken back or corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The number of its arrival.
    pub sequence: u64,
    /// Its order.
    pub order: String,
    /// Its `ExecutionId`.
    pub execution: String,
    /// Its order's side.
    #[serde(with = "side")]
    pub side: OrderSide,
    /// Its place among the fills of its order: `CumulativeQuantity`.
    pub cumulative: Decimal,
    /// What changed hands; zero where it is not known yet.
    pub deal: Deal,
    /// Whether it counts.
    pub standing: Standing,
    /// The `ExecutionId` of its last correction: later ones may refer to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
}

impl Fill {
    /// The key of its row.
    pub(super) fn key(&self, symbol: &str) -> String {
        format!("{}{}", of_order(symbol, &self.order), self.execution)
    }
}

/// What the keys of an order's fills start with.
fn of_order(symbol: &str, order: &str) -> String {
    format!("fill/{symbol} {order} ")
}

/// The kept fills of an order, in the order of their keys.
pub(super) fn fills_of(states: &States<Entry>, symbol: &str, order: &str) -> Vec<Fill> {
    collect(states, &of_order(symbol, order))
}

fn collect(states: &States<Entry>, prefix: &str) -> Vec<Fill> {
    let rows = states.range(prefix, prefix);
    rows.filter_map(|(_, entry)| match entry {
        Entry::Fill(fill) => Some((**fill).clone()),
        _ => None,
    })
    .collect()
}

/// All kept fills of an instrument, in the order in which they count.
fn in_order(states: &States<Entry>, symbol: &str) -> Vec<Fill> {
    let mut fills = collect(states, &format!("fill/{symbol} "));
    fills.sort_by_key(|fill| fill.sequence);
    // The places that an order's fills have among all fills, taken by its fills in their own order.
    let mut ranked = fills.clone();
    ranked.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut next = std::collections::BTreeMap::new();
    for (at, fill) in ranked.iter().enumerate() {
        next.entry(fill.order.clone()).or_insert(at);
    }
    fills
        .iter()
        .filter_map(|fill| {
            let at = next.get_mut(&fill.order)?;
            *at += 1;
            ranked.get(*at - 1).cloned()
        })
        .collect()
}

fn place(fill: &Fill) -> (&str, Decimal, &str) {
    (&fill.order, fill.cumulative, &fill.execution)
}

/// Whether `fill` counts after every kept fill of its order.
pub(super) fn is_last(states: &States<Entry>, symbol: &str, fill: &Fill) -> bool {
    let prefix = of_order(symbol, &fill.order);
    states
        .range(&prefix, &prefix)
        .all(|(_, entry)| match entry {
            Entry::Fill(other) => place(other) <= place(fill),
            _ => true,
        })
}

/// The position that the trail's base and the kept fills add up to.
pub(super) fn position(
    states: &States<Entry>,
    symbol: &str,
    trail: &Trail,
) -> Result<Position, Inexact> {
    let mut position = trail.base.clone();
    for fill in in_order(states, symbol) {
        if fill.standing == Standing::Booked {
            position.apply(fill.deal.signed(fill.side), fill.deal.price)?;
        }
    }
    Ok(position)
}

/// Folds the oldest fills into the base where there are more than twice `keep`.
pub(super) fn fold(states: &mut States<Entry>, symbol: &str, trail: &mut Trail, keep: usize) {
    if trail.fills <= keep.saturating_mul(2) {
        return;
    }
    let fills = in_order(states, symbol);
    let mut base = trail.base.clone();
    let leaving = &fills[..fills.len().saturating_sub(keep)];
    for fill in leaving {
        if fill.standing == Standing::Booked
            && base
                .apply(fill.deal.signed(fill.side), fill.deal.price)
                .is_err()
        {
            // These fills have added up before, so they do now; should they not, they stay where they are.
            return;
        }
    }
    for fill in leaving {
        states.remove(&fill.key(symbol));
    }
    trail.base = base;
    trail.fills = fills.len().min(keep);
}
