//! What a run came to: a fold over its events into money, trades and statistics.

use std::collections::HashMap;

use ingenium_types::Payload;
use ingenium_types::event::{ExecutionEvent, ExecutionType, MarketData};
use ingenium_types::exact::Inexact;
use ingenium_types::scalar::{ClientOrderId, NonNegativeDecimal, UtcTimestamp};
use rust_decimal::Decimal;

use super::{Event, Observer};
use crate::bar::is_consistent;
use crate::metric::{Fill, Outcome, Prices, Recorder, Settings};
use crate::portfolio::Ledger;
use crate::role::Origin as _;

/// Measures a run while it goes on.
///
/// Fills are compared with the price that was decided on: the signal's, else the close that was known then.
#[derive(Debug)]
pub struct Measure {
    ledger: Ledger,
    recorder: Recorder,
    /// The start of the last bar: what happens in its step is dated by it.
    bar: Option<UtcTimestamp>,
    /// By `id` of a signal that has not led to an order.
    signals: HashMap<String, Decimal>,
    /// By order that may still fill.
    decided: HashMap<ClientOrderId, Decimal>,
    failure: Option<Overflow>,
}

/// An event whose amounts do not fit: from there on nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event `{id}` of `{origin}`: an amount needs more digits than a decimal holds")]
pub struct Overflow {
    /// `source` of the event.
    pub origin: String,
    /// `id` of the event.
    pub id: String,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Cash at the end.
    pub cash: Decimal,
    /// Cash and market value at the end.
    pub equity: Decimal,
    /// Statistics, trades, daily points.
    pub outcome: Outcome,
}

impl Measure {
    /// Before the first event, with cash and nothing else.
    #[must_use]
    pub fn new(cash: NonNegativeDecimal, settings: Settings) -> Self {
        Self {
            ledger: Ledger::new(cash.get()),
            recorder: Recorder::new(settings),
            bar: None,
            signals: HashMap::new(),
            decided: HashMap::new(),
            failure: None,
        }
    }

    /// What it came to.
    ///
    /// # Errors
    /// [`Overflow`] naming the first event that was too much.
    pub fn finish(self) -> Result<Measured, Overflow> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let equity = self.ledger.equity().map_err(|_| Overflow {
            origin: "the end of the run".to_owned(),
            id: String::new(),
        })?;
        Ok(Measured {
            cash: self.ledger.cash(),
            equity,
            outcome: self.recorder.finish(),
        })
    }

    fn take(&mut self, event: &Event) -> Result<(), Inexact> {
        match &event.payload {
            Payload::IngestorData(data) => {
                if let MarketData::Ohlc(ohlc) = &data.data
                    && ohlc.final_ != Some(false)
                    && is_consistent(ohlc)
                {
                    let prices = Prices {
                        low: ohlc.low.get(),
                        high: ohlc.high.get(),
                        close: ohlc.close.get(),
                    };
                    self.ledger.mark_to(data.symbol.as_str(), prices.close);
                    self.recorder.bar(&data.symbol, data.timestamp, prices);
                    self.bar = self.bar.max(Some(data.timestamp));
                }
            }
            Payload::StrategySignal(signal) => {
                let known = signal.price.map(|price| price.get());
                if let Some(price) = known.or_else(|| self.ledger.mark(signal.symbol.as_str())) {
                    self.signals.insert(event.cause().id.clone(), price);
                }
            }
            Payload::PortfolioOrder(order) => {
                let price = event
                    .causation
                    .as_ref()
                    .and_then(|id| self.signals.remove(id));
                let price = price.or_else(|| self.ledger.mark(order.symbol.as_str()));
                if let (Some(id), Some(price)) = (&order.order_id, price) {
                    self.decided.insert(id.clone(), price);
                }
            }
            Payload::ExecutorExecution(execution) => {
                self.ledger.apply(&event.payload)?;
                self.execution(execution)?;
            }
            Payload::PortfolioCancel(_) => {}
        }
        Ok(())
    }

    fn execution(&mut self, execution: &ExecutionEvent) -> Result<(), Inexact> {
        if let (ExecutionType::Trade, Some(quantity), Some(price)) = (
            &execution.exec_type,
            execution.last_quantity,
            execution.last_price,
        ) {
            self.recorder.fill(&Fill {
                symbol: execution.symbol.clone(),
                order_id: execution.order_id.clone(),
                side: execution.side,
                quantity,
                price: price.get(),
                commission: execution.commission.map_or(Decimal::ZERO, |fee| fee.get()),
                at: execution.timestamp,
                decision_price: self.decided.get(&execution.order_id).copied(),
            })?;
        }
        if execution.leaves_quantity.get().is_zero() {
            self.decided.remove(&execution.order_id);
        }
        Ok(())
    }
}

impl Observer for Measure {
    fn stored(&mut self, event: &Event) {
        if self.failure.is_none() && self.take(event).is_err() {
            self.failure = Some(Overflow {
                origin: event.cause().source.clone(),
                id: event.cause().id.clone(),
            });
        }
    }

    fn step_closed(&mut self, time: UtcTimestamp) {
        if self.failure.is_some() {
            return;
        }
        let Ok(worth) = self.ledger.worth() else {
            self.failure = Some(Overflow {
                origin: "the step of".to_owned(),
                id: time.to_string(),
            });
            return;
        };
        if let Some(start) = self.bar {
            self.recorder.account(start, worth);
        }
        // A signal of this step that has led to no order by now never will, but for one that the portfolio keeps.
        if self.signals.len() > MOST_SIGNALS {
            self.signals.clear();
        }
    }
}

/// Signals that may be kept for an order: more of them are no longer told apart from those that lead to none.
const MOST_SIGNALS: usize = 100_000;
