//! A position at average cost: exact, with fees kept apart.

use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is held of one instrument.
///
/// | Event | Effect (q quantity, C cost ≥ 0, x fill quantity, p fill price) |
/// |---|---|
/// | increase | C += p·x |
/// | reduce by x < \|q\| | removed = round(C·x/\|q\|); realized += sign(q)·(p·x − removed); C −= removed |
/// | close | the same with removed = C |
/// | flip | close \|q\|, open the rest at p |
///
/// So equity − initial cash = realized + unrealized − fees holds to the last digit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// Signed quantity: negative is short.
    pub quantity: Decimal,
    /// What the open quantity cost, never negative.
    pub cost: Decimal,
    /// Profit of what was closed, before fees.
    pub realized: Decimal,
}

impl Position {
    /// Applies a fill: `quantity` is signed, positive for a BUY.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit; the position is unchanged.
    pub fn apply(&mut self, quantity: Decimal, price: Decimal) -> Result<(), Inexact> {
        let mut next = self.clone();
        let opposite = !next.quantity.is_zero()
            && next.quantity.is_sign_negative() != quantity.is_sign_negative();
        let closing = if opposite {
            quantity.abs().min(next.quantity.abs())
        } else {
            Decimal::ZERO
        };
        if !closing.is_zero() {
            next.reduce(closing, price)?;
        }
        let opening = exact::sub(quantity.abs(), closing)?;
        if !opening.is_zero() {
            next.cost = exact::add(next.cost, exact::mul(price, opening)?)?;
            next.quantity = exact::add(next.quantity, signed(opening, quantity))?;
        }
        *self = next;
        Ok(())
    }

    /// Profit of what is held, at `mark`, before fees.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn unrealized(&self, mark: Decimal) -> Result<Decimal, Inexact> {
        exact::sub(self.value(mark)?, signed(self.cost, self.quantity))
    }

    /// Signed market value at `mark`.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn value(&self, mark: Decimal) -> Result<Decimal, Inexact> {
        exact::mul(self.quantity, mark)
    }

    fn reduce(&mut self, closing: Decimal, price: Decimal) -> Result<(), Inexact> {
        let held = self.quantity.abs();
        let removed = if closing == held {
            self.cost
        } else {
            exact::mul_div(self.cost, closing, held)?
        };
        let profit = exact::sub(exact::mul(price, closing)?, removed)?;
        self.realized = exact::add(self.realized, signed(profit, self.quantity))?;
        self.cost = exact::sub(self.cost, removed)?;
        self.quantity = exact::sub(self.quantity, signed(closing, self.quantity))?;
        Ok(())
    }
}

/// `value` with its sign turned where `like` is negative.
fn signed(value: Decimal, like: Decimal) -> Decimal {
    if like.is_sign_negative() && !like.is_zero() {
        -value
    } else {
        value
    }
}
