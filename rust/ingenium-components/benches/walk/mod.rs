//! What is run: bars of a walk, and the reference components over them.

use std::sync::Arc;

use ingenium_trading::backtest::{Actor, Driver, Event, Feed, Measure, Measured};
use ingenium_trading::metric::Settings;
use ingenium_types::event::{DataEvent, MarketData, OhlcData};
use ingenium_types::scalar::{
    BarPeriod, InstrumentPrice, InstrumentSymbol, NonNegativeDecimal, Scalar as _, UtcTimestamp,
};
use rust_decimal::Decimal;
use serde_json::json;

/// One-minute bars of a walk that turns often enough to trade.
pub(crate) struct Walk {
    feed: Arc<Feed>,
    symbol: InstrumentSymbol,
    period: Option<BarPeriod>,
    volume: NonNegativeDecimal,
    state: u64,
    price: i64,
    minute: i64,
    left: usize,
}

impl Walk {
    pub(crate) fn new(bars: usize) -> Self {
        Self {
            feed: ingenium_components::ingestor::feed("/ingenium/ingestor/csv", None),
            symbol: InstrumentSymbol::parse("ACME").expect("a symbol"),
            period: BarPeriod::parse("1m"),
            volume: NonNegativeDecimal::parse("100000").expect("a decimal"),
            state: 7,
            price: 10_000,
            minute: 26_297_280,
            left: bars,
        }
    }

    fn step(&mut self) -> i64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.state >> 59).expect("five bits") - 15
    }
}

impl Iterator for Walk {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.left = self.left.checked_sub(1)?;
        let open = self.price;
        let close = (open + self.step()).max(1_000);
        self.price = close;
        let price = |cents: i64| InstrumentPrice::new(Decimal::new(cents, 2)).expect("a price");
        let mut ohlc = OhlcData::new(
            price(open),
            price(open.max(close) + 3),
            price(open.min(close) - 3),
            price(close),
            self.volume,
        );
        ohlc.period.clone_from(&self.period);
        let at = |minute: i64| {
            UtcTimestamp::from_nanoseconds(minute * 60_000_000_000).expect("in range")
        };
        let (start, end) = (at(self.minute), at(self.minute + 1));
        self.minute += 1;
        let mut bar = DataEvent::new(self.symbol.clone(), start, MarketData::Ohlc(ohlc));
        bar.end_timestamp = Some(end);
        Some(ingenium_components::ingestor::root(&self.feed, bar))
    }
}

/// Runs RSI(14) 30/70 with market orders, next-open fills, fees and statistics.
pub(crate) fn run(bars: usize) -> Measured {
    drive(actors(), bars)
}

/// The reference components, in rank order.
pub(crate) fn actors() -> Vec<Box<dyn Actor>> {
    let actors = [
        ("executor/paper", json!({"fee_bps": "5"})),
        ("portfolio/long-only", json!({"fee_bps": "5"})),
        ("strategy/rsi", json!({})),
    ];
    let actors = actors
        .iter()
        .map(|(name, config)| ingenium_components::actor(name, config).expect("a component"));
    actors.collect()
}

/// Runs `actors` over so many bars.
pub(crate) fn drive(actors: Vec<Box<dyn Actor>>, bars: usize) -> Measured {
    let cash = NonNegativeDecimal::parse("100000").expect("a decimal");
    let mut measure = Measure::new(cash, Settings::default());
    Driver::new(actors)
        .run(Walk::new(bars), &mut measure)
        .expect("a run");
    measure.finish().expect("amounts fit")
}
