//! What a log of events adds up to: cash, positions and marks, without any decision.

use std::collections::BTreeMap;

use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, OrderSide};
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::bar::is_consistent;
use crate::metric::Worth;
use crate::position::Position;

/// Cash and positions as a fold over executions and final bars, in log order.
///
/// It remembers no fills, so it does not follow TRADE_CANCEL and TRADE_CORRECT; simulated executors send none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    cash: Decimal,
    /// In one order, so that what does not fit is the same in every run.
    holdings: BTreeMap<SmolStr, (Position, Decimal)>,
}

impl Ledger {
    /// A ledger with cash and nothing else.
    #[must_use]
    pub const fn new(cash: Decimal) -> Self {
        Self {
            cash,
            holdings: BTreeMap::new(),
        }
    }

    /// Takes the next event of the log. Each event must be given once.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit.
    pub fn apply(&mut self, payload: &Payload) -> Result<(), Inexact> {
        match payload {
            Payload::IngestorData(event) => {
                if let ingenium_types::event::MarketData::Ohlc(ohlc) = &event.data
                    && ohlc.final_ != Some(false)
                    && is_consistent(ohlc)
                {
                    self.mark_to(event.symbol.as_str(), ohlc.close.get());
                }
            }
            Payload::ExecutorExecution(execution)
                if matches!(execution.exec_type, ExecutionType::Trade) =>
            {
                let (Some(quantity), Some(price)) = (execution.last_quantity, execution.last_price)
                else {
                    return Ok(());
                };
                let (quantity, price) = (quantity.get(), price.get());
                let fee = execution
                    .commission
                    .map_or(Decimal::ZERO, |commission| commission.get());
                let notional = exact::mul(quantity, price)?;
                let (signed, change) = match execution.side {
                    OrderSide::Buy => (quantity, -notional),
                    OrderSide::Sell => (-quantity, notional),
                };
                self.cash = exact::sub(exact::add(self.cash, change)?, fee)?;
                self.holding(execution.symbol.as_str())
                    .0
                    .apply(signed, price)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Values a symbol at the close of a final bar.
    pub(crate) fn mark_to(&mut self, symbol: &str, price: Decimal) {
        self.holding(symbol).1 = price;
    }

    fn holding(&mut self, symbol: &str) -> &mut (Position, Decimal) {
        self.holdings.entry(SmolStr::new(symbol)).or_default()
    }

    /// The last final close of a symbol; `None` before its first.
    #[must_use]
    pub fn mark(&self, symbol: &str) -> Option<Decimal> {
        let (_, mark) = self.holdings.get(symbol)?;
        (!mark.is_zero()).then_some(*mark)
    }

    /// What the account is worth, and how much of it is in the market.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit.
    pub fn worth(&self) -> Result<Worth, Inexact> {
        let (mut gross, mut net) = (Decimal::ZERO, Decimal::ZERO);
        for (position, mark) in self.holdings.values() {
            if !position.quantity.is_zero() {
                let value = position.value(*mark)?;
                gross = exact::add(gross, value.abs())?;
                net = exact::add(net, value)?;
            }
        }
        Ok(Worth {
            equity: exact::add(self.cash, net)?,
            gross,
            net,
        })
    }

    /// Cash.
    #[must_use]
    pub const fn cash(&self) -> Decimal {
        self.cash
    }

    /// Cash plus the market value of all positions at their last close.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn equity(&self) -> Result<Decimal, Inexact> {
        self.holdings
            .values()
            .try_fold(self.cash, |sum, (position, mark)| {
                exact::add(sum, position.value(*mark)?)
            })
    }
}
