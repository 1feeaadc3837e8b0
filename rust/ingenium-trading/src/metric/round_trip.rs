//! From fills and bars to round trips.

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::{ClientOrderId, InstrumentSymbol, UtcTimestamp};
use rust_decimal::Decimal;

use super::trade::{Direction, Fill, OpenTrade, Trade};
use crate::position::Position;

/// The lowest and the highest price of a stretch of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extremes {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
}

/// One symbol's last bar and open round trip.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) symbol: InstrumentSymbol,
    pub(super) is_benchmark: bool,
    /// The last bar, not yet counted: a fill that is reported after it may have been at its start.
    last: Option<(UtcTimestamp, Extremes)>,
    open: Option<RoundTrip>,
}

#[derive(Debug, Clone)]
struct RoundTrip {
    direction: Direction,
    entry_order_id: ClientOrderId,
    entry_at: UtcTimestamp,
    position: Position,
    /// Quantity and notional of the fills that entered.
    entered: (Decimal, Decimal),
    /// Notional of the fills that left.
    left: Decimal,
    fees: Decimal,
    /// Prices since the position last changed.
    extremes: Option<Extremes>,
    adverse: Decimal,
    favorable: Decimal,
    bars: u32,
}

impl Track {
    pub(super) const fn new(symbol: InstrumentSymbol, is_benchmark: bool) -> Self {
        Self {
            symbol,
            is_benchmark,
            last: None,
            open: None,
        }
    }

    /// Takes the next bar.
    pub(super) fn bar(&mut self, start: UtcTimestamp, extremes: Extremes) {
        if let (Some(trip), Some((_, before))) = (&mut self.open, self.last) {
            trip.bar(before);
        }
        self.last = Some((start, extremes));
    }

    /// Takes a fill; the trade that it ends.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit; nothing is changed then.
    pub(super) fn fill(&mut self, fill: &Fill) -> Result<Option<Trade>, Inexact> {
        let (mut open, mut last) = (self.open.clone(), self.last);
        if let Some((_, extremes)) = last.take_if(|(start, _)| *start < fill.at)
            && let Some(trip) = &mut open
        {
            trip.bar(extremes);
        }
        let direction = match fill.side {
            OrderSide::Buy => Direction::Long,
            OrderSide::Sell => Direction::Short,
        };
        let (mut quantity, mut fee) = (fill.quantity.get(), fill.commission);
        let mut ended = None;
        if let Some(mut trip) = open.take_if(|trip| trip.direction != direction) {
            let closing = quantity.min(trip.position.quantity.abs());
            let its_fee = if closing == quantity {
                fee
            } else {
                exact::mul_div(fee, closing, quantity)?
            };
            trip.leave(closing, fill.price, its_fee)?;
            quantity = exact::sub(quantity, closing)?;
            fee = exact::sub(fee, its_fee)?;
            if trip.position.quantity.is_zero() {
                ended = Some(trip.into_trade(&self.symbol, fill)?);
            } else {
                open = Some(trip);
            }
        }
        if !quantity.is_zero() {
            open.get_or_insert_with(|| RoundTrip::new(direction, fill))
                .enter(quantity, fill.price, fee)?;
        }
        (self.open, self.last) = (open, last);
        Ok(ended)
    }

    /// What is still open.
    pub(super) fn finish(self) -> Option<OpenTrade> {
        let mut trip = self.open?;
        if let Some((_, extremes)) = self.last {
            trip.bar(extremes);
        }
        Some(OpenTrade {
            symbol: self.symbol,
            direction: trip.direction,
            entry_order_id: trip.entry_order_id,
            entry_at: trip.entry_at,
            quantity: trip.position.quantity.abs(),
            cost: trip.position.cost,
            realized: trip.position.realized,
            fees: trip.fees,
            bars: trip.bars,
        })
    }
}

impl RoundTrip {
    fn new(direction: Direction, fill: &Fill) -> Self {
        Self {
            direction,
            entry_order_id: fill.order_id.clone(),
            entry_at: fill.at,
            position: Position::default(),
            entered: (Decimal::ZERO, Decimal::ZERO),
            left: Decimal::ZERO,
            fees: Decimal::ZERO,
            extremes: None,
            adverse: Decimal::ZERO,
            favorable: Decimal::ZERO,
            bars: 0,
        }
    }

    fn bar(&mut self, extremes: Extremes) {
        self.bars = self.bars.saturating_add(1);
        self.see(extremes);
    }

    fn see(&mut self, Extremes { low, high }: Extremes) {
        let seen = self.extremes.get_or_insert(Extremes { low, high });
        seen.low = seen.low.min(low);
        seen.high = seen.high.max(high);
    }

    fn enter(&mut self, quantity: Decimal, price: Decimal, fee: Decimal) -> Result<(), Inexact> {
        let notional = exact::mul(quantity, price)?;
        self.entered = (
            exact::add(self.entered.0, quantity)?,
            exact::add(self.entered.1, notional)?,
        );
        self.change(self.signed(quantity), price, fee)
    }

    fn leave(&mut self, quantity: Decimal, price: Decimal, fee: Decimal) -> Result<(), Inexact> {
        self.left = exact::add(self.left, exact::mul(quantity, price)?)?;
        self.change(-self.signed(quantity), price, fee)
    }

    fn change(&mut self, quantity: Decimal, price: Decimal, fee: Decimal) -> Result<(), Inexact> {
        self.see(Extremes {
            low: price,
            high: price,
        });
        self.settle()?;
        self.fees = exact::add(self.fees, fee)?;
        self.position.apply(quantity, price)
    }

    /// Values the position at the extremes since it last changed: the worth is linear in the price, so nothing in
    /// between is worth less or more.
    fn settle(&mut self) -> Result<(), Inexact> {
        if let Some(Extremes { low, high }) = self.extremes.take() {
            for price in [low, high] {
                let worth = exact::add(self.position.realized, self.position.unrealized(price)?)?;
                self.adverse = self.adverse.min(worth);
                self.favorable = self.favorable.max(worth);
            }
        }
        Ok(())
    }

    fn into_trade(self, symbol: &InstrumentSymbol, last: &Fill) -> Result<Trade, Inexact> {
        let gross = self.position.realized;
        let (quantity, notional) = self.entered;
        Ok(Trade {
            symbol: symbol.clone(),
            direction: self.direction,
            entry_order_id: self.entry_order_id,
            exit_order_id: last.order_id.clone(),
            entry_at: self.entry_at,
            exit_at: last.at,
            quantity,
            entry_price: exact::mul_div(notional, Decimal::ONE, quantity)?,
            exit_price: exact::mul_div(self.left, Decimal::ONE, quantity)?,
            gross,
            fees: self.fees,
            net: exact::sub(gross, self.fees)?,
            adverse: self.adverse,
            favorable: self.favorable,
            bars: self.bars,
        })
    }

    fn signed(&self, quantity: Decimal) -> Decimal {
        match self.direction {
            Direction::Long => quantity,
            Direction::Short => -quantity,
        }
    }
}
