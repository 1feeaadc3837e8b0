//! Cash, reservations, and what they are worth together.

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::fill::Deal;
use super::holding::{Holding, OpenOrder};
use crate::position::Position;

/// An account's money.
///
/// Equity is `cash + value`; free cash is `cash − reserved`. Without margin, and as long as no fill is taken back,
/// free cash is never below zero.
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

    /// Puts `position` in the place of the one that `holding` has, at the same mark.
    pub(super) fn replace(
        &mut self,
        holding: &mut Holding,
        position: Position,
    ) -> Result<(), Inexact> {
        self.value = exact::add(self.value, holding.gain(&position, holding.mark)?)?;
        holding.position = position;
        Ok(())
    }

    /// Pays for a deal, or is paid; out of what `order` has reserved, as far as that goes.
    pub(super) fn pay(
        &mut self,
        side: OrderSide,
        deal: &Deal,
        order: Option<&mut OpenOrder>,
    ) -> Result<(), Inexact> {
        let change = deal.cash(side)?;
        self.cash = exact::add(self.cash, change)?;
        self.fees = exact::add(self.fees, deal.paid_fee())?;
        if let Some(order) = order {
            order.cumulative = exact::add(order.cumulative, deal.quantity)?;
            if change.is_sign_negative() {
                let spent = (-change).min(order.reserved);
                order.reserved = exact::sub(order.reserved, spent)?;
                order.overspent = exact::add(order.overspent, exact::sub(-change, spent)?)?;
                self.reserved = exact::sub(self.reserved, spent)?;
            }
        }
        Ok(())
    }

    /// Takes a deal back: the exact reverse of [`pay`](Self::pay).
    pub(super) fn unpay(
        &mut self,
        side: OrderSide,
        deal: &Deal,
        order: Option<&mut OpenOrder>,
    ) -> Result<(), Inexact> {
        let change = deal.cash(side)?;
        self.cash = exact::sub(self.cash, change)?;
        self.fees = exact::sub(self.fees, deal.paid_fee())?;
        if let Some(order) = order {
            order.cumulative = exact::sub(order.cumulative, deal.quantity)?;
            if change.is_sign_negative() {
                let beyond = (-change).min(order.overspent);
                order.overspent = exact::sub(order.overspent, beyond)?;
                let spent = exact::sub(-change, beyond)?;
                order.reserved = exact::add(order.reserved, spent)?;
                self.reserved = exact::add(self.reserved, spent)?;
            }
        }
        Ok(())
    }

    /// Gives back what an order has reserved and not spent.
    pub(super) fn release(&mut self, order: &mut OpenOrder) -> Result<(), Inexact> {
        self.reserved = exact::sub(self.reserved, order.reserved)?;
        order.reserved = Decimal::ZERO;
        Ok(())
    }
}
