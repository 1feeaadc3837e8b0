//! Cash, reservations and what executions do to them.

use std::collections::BTreeMap;

use ingenium_types::event::{ExecutionEvent, ExecutionType, OrderSide, OrderStatus};
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::position::Position;

/// An account's money.
///
/// Equity is `cash + value`; free cash is `cash − reserved` and never below zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Cash.
    pub cash: Decimal,
    /// Cash set aside for open BUY orders.
    pub reserved: Decimal,
    /// Market value of all positions at their marks.
    pub value: Decimal,
    /// All commissions so far.
    pub fees: Decimal,
}

/// One instrument in the account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holding {
    /// What is held.
    pub position: Position,
    /// The last final close.
    pub mark: Option<Decimal>,
    /// The end of the bar that gave the mark.
    pub marked_at: Option<UtcTimestamp>,
    /// Orders without a terminal execution, by `OrderId`.
    pub orders: BTreeMap<String, OpenOrder>,
}

/// An order on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// Its side.
    #[serde(with = "side")]
    pub side: OrderSide,
    /// Its quantity.
    pub quantity: Decimal,
    /// What was filled so far.
    pub cumulative: Decimal,
    /// The cash still reserved for it.
    pub reserved: Decimal,
    /// What it was filled in all, once a terminal execution has said so: fills that are still on their way are
    /// waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filled: Option<Decimal>,
}

impl OpenOrder {
    /// What may still be filled.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn leaves(&self) -> Result<Decimal, Inexact> {
        exact::sub(self.filled.unwrap_or(self.quantity), self.cumulative)
    }
}

impl Account {
    /// An account with cash and nothing else.
    #[must_use]
    pub const fn new(cash: Decimal) -> Self {
        Self {
            cash,
            reserved: Decimal::ZERO,
            value: Decimal::ZERO,
            fees: Decimal::ZERO,
        }
    }

    /// Cash plus market value.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn equity(&self) -> Result<Decimal, Inexact> {
        exact::add(self.cash, self.value)
    }

    /// Cash that no open order has reserved.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn free_cash(&self) -> Result<Decimal, Inexact> {
        exact::sub(self.cash, self.reserved)
    }

    /// Sets cash aside for an order.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn reserve(&mut self, amount: Decimal) -> Result<(), Inexact> {
        self.reserved = exact::add(self.reserved, amount)?;
        Ok(())
    }

    /// Values a holding at `price`.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit; nothing is changed then.
    pub fn mark(
        &mut self,
        holding: &mut Holding,
        price: Decimal,
        at: UtcTimestamp,
    ) -> Result<(), Inexact> {
        let value = self.revalued(holding, &holding.position, Some(price))?;
        self.value = value;
        holding.mark = Some(price);
        holding.marked_at = Some(at);
        Ok(())
    }

    /// Books an execution.
    ///
    /// Executions of one order may arrive in any order: each fill changes cash and position by itself, and a terminal
    /// one ends the order only when all fills that it counts are here.
    ///
    /// # Errors
    /// The reason why the execution is set aside; nothing is changed then.
    pub fn book(
        &mut self,
        holding: &mut Holding,
        execution: &ExecutionEvent,
    ) -> Result<(), &'static str> {
        let Some(mut order) = holding.orders.get(execution.order_id.as_str()).cloned() else {
            return Err("execution_of_unknown_order");
        };
        if order.side != execution.side {
            return Err("execution_of_other_side");
        }
        let mut next = (self.clone(), holding.clone());
        match &execution.exec_type {
            ExecutionType::Trade => {
                let leaves = order.leaves().map_err(|_| "amount_inexact")?;
                if execution.last_quantity.is_some_and(|q| q.get() > leaves) {
                    return Err("execution_overfills");
                }
                next.0
                    .fill(&mut next.1, &mut order, execution)
                    .map_err(|_| "amount_inexact")?;
            }
            // Booked as if nothing had happened, the position would be wrong without a trace.
            ExecutionType::TradeCancel | ExecutionType::TradeCorrect => {
                return Err("execution_type_not_supported");
            }
            _ => {}
        }
        // An answer (REJECTED DUPLICATE_ORDER, CANCEL_REJECTED) is no part of the order's life.
        let answer = matches!(execution.exec_type, ExecutionType::CancelRejected)
            || execution.reject_reason
                == Some(ingenium_types::event::OrderRejectReason::DuplicateOrder);
        if is_terminal(execution.status) && !answer {
            let filled = execution.cumulative_quantity.get();
            if filled > order.quantity {
                return Err("execution_overfills");
            }
            order.filled.get_or_insert(filled);
        }
        let over = order
            .filled
            .is_some_and(|filled| order.cumulative >= filled);
        if over {
            next.0.release(&mut order).map_err(|_| "amount_inexact")?;
            next.1.orders.remove(execution.order_id.as_str());
        } else {
            next.1.orders.insert(execution.order_id.to_string(), order);
        }
        (*self, *holding) = next;
        Ok(())
    }

    fn fill(
        &mut self,
        holding: &mut Holding,
        order: &mut OpenOrder,
        execution: &ExecutionEvent,
    ) -> Result<(), Inexact> {
        let (Some(quantity), Some(price)) = (execution.last_quantity, execution.last_price) else {
            return Err(Inexact); // the schema requires both on TRADE
        };
        let (quantity, price) = (quantity.get(), price.get());
        let fee = execution
            .commission
            .map_or(Decimal::ZERO, |commission| commission.get());
        let notional = exact::mul(quantity, price)?;
        let (change, signed) = match execution.side {
            OrderSide::Buy => (-exact::add(notional, fee)?, quantity),
            OrderSide::Sell => (exact::sub(notional, fee)?, -quantity),
        };
        let mut position = holding.position.clone();
        position.apply(signed, price)?;
        let value = self.revalued(holding, &position, holding.mark)?;
        self.cash = exact::add(self.cash, change)?;
        self.fees = exact::add(self.fees, fee)?;
        self.value = value;
        let spent = if change.is_sign_negative() {
            (-change).min(order.reserved)
        } else {
            Decimal::ZERO
        };
        order.reserved = exact::sub(order.reserved, spent)?;
        self.reserved = exact::sub(self.reserved, spent)?;
        order.cumulative = exact::add(order.cumulative, quantity)?;
        holding.position = position;
        Ok(())
    }

    fn release(&mut self, order: &mut OpenOrder) -> Result<(), Inexact> {
        self.reserved = exact::sub(self.reserved, order.reserved)?;
        order.reserved = Decimal::ZERO;
        Ok(())
    }

    /// The market value of the account with `holding` at another position or mark.
    fn revalued(
        &self,
        holding: &Holding,
        position: &Position,
        mark: Option<Decimal>,
    ) -> Result<Decimal, Inexact> {
        let before = holding.position.value(holding.mark.unwrap_or_default())?;
        let after = position.value(mark.unwrap_or_default())?;
        exact::add(self.value, exact::sub(after, before)?)
    }
}

fn is_terminal(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::Filled | OrderStatus::Canceled | OrderStatus::Expired | OrderStatus::Rejected
    )
}

/// A side in a state row, as on the wire.
mod side {
    use ingenium_types::event::OrderSide;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        side: &OrderSide,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(side.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OrderSide, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
