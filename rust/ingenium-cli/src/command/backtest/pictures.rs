//! What a report draws and no statistic needs: a candle a day and symbol, and the fills upon it.

use std::collections::BTreeMap;

use ingenium_trading::backtest::Event;
use ingenium_trading::bar::is_consistent;
use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, MarketData, OrderSide};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

/// Candles and fills by symbol.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    pub(crate) symbols: BTreeMap<String, Picture>,
}

/// One symbol.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    /// Oldest first, one a UTC day.
    pub(crate) candles: Vec<Candle>,
    /// Oldest first.
    pub(crate) fills: Vec<Mark>,
}

/// What traded in a day, or in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candle {
    pub(crate) start: UtcTimestamp,
    pub(crate) open: Decimal,
    pub(crate) high: Decimal,
    pub(crate) low: Decimal,
    pub(crate) close: Decimal,
}

/// A fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: UtcTimestamp,
    pub(crate) side: OrderSide,
    pub(crate) price: Decimal,
}

const DAY: i64 = 86_400_000_000_000;

impl Pictures {
    pub(crate) fn take(&mut self, event: &Event) {
        match &event.payload {
            Payload::IngestorData(data) => {
                let MarketData::Ohlc(ohlc) = &data.data else {
                    return;
                };
                if ohlc.final_ == Some(false) || !is_consistent(ohlc) {
                    return;
                }
                self.of(data.symbol.as_str()).candle(Candle {
                    start: data.timestamp,
                    open: ohlc.open.get(),
                    high: ohlc.high.get(),
                    low: ohlc.low.get(),
                    close: ohlc.close.get(),
                });
            }
            Payload::ExecutorExecution(execution) => {
                if let (ExecutionType::Trade, Some(price)) =
                    (&execution.exec_type, execution.last_price)
                {
                    self.of(execution.symbol.as_str()).fills.push(Mark {
                        at: execution.timestamp,
                        side: execution.side,
                        price: price.get(),
                    });
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, symbol: &str) -> &mut Picture {
        if !self.symbols.contains_key(symbol) {
            self.symbols.insert(symbol.to_owned(), Picture::default());
        }
        self.symbols.get_mut(symbol).expect("it was put there")
    }
}

impl Picture {
    fn candle(&mut self, candle: Candle) {
        let day = |at: UtcTimestamp| at.as_nanoseconds().div_euclid(DAY);
        match self.candles.last_mut() {
            Some(last) if day(last.start) == day(candle.start) => *last = last.and(candle),
            _ => self.candles.push(candle),
        }
    }

    /// At most `most` candles, each of as many days as it takes.
    pub(crate) fn coarse(&self, most: usize) -> Vec<Candle> {
        let days = self.candles.len().div_ceil(most).max(1);
        let groups = self.candles.chunks(days);
        groups
            .filter_map(|group| group.iter().copied().reduce(Candle::and))
            .collect()
    }
}

impl Candle {
    /// This candle and the one after it as one.
    fn and(self, next: Self) -> Self {
        Self {
            high: self.high.max(next.high),
            low: self.low.min(next.low),
            close: next.close,
            ..self
        }
    }
}
