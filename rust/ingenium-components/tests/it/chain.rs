//! Executor, portfolio and strategy in this process, and bars in small numbers for generated runs.

use ingenium_components::ingestor;
use ingenium_trading::backtest::{Actor, Driver, Event, Observer, Typed};
use ingenium_trading::executor::{Fees, PaperExecutor};
use ingenium_trading::sizing::Terms;
use ingenium_trading::strategy::RsiStrategy;
use ingenium_types::event::{DataEvent, MarketData, OhlcData};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

/// 2020-01-01T00:00:00Z in nanoseconds.
const START: i64 = 1_577_836_800_000_000_000;
const DAY: i64 = 86_400_000_000_000;

/// A bar in small numbers: symbol, open and close in cents, volume in hundredths.
pub(crate) type Row = (u8, i64, i64, i64);

/// One bar a day, as the ingestor states it.
pub(crate) fn bars(rows: &[Row]) -> Vec<Event> {
    let feed = ingestor::feed("/i", None);
    let bars = (0..).zip(rows).map(|(day, row)| bar(day, *row));
    bars.map(|bar| ingestor::root(&feed, bar)).collect()
}

fn bar(day: i64, (symbol, open, close, volume): Row) -> DataEvent {
    let price = |cents: i64| Decimal::new(cents, 2).to_string().parse().expect("a price");
    let volume = Decimal::new(volume, 2).to_string();
    let ohlc = OhlcData::new(
        price(open),
        price(open.max(close)),
        price(open.min(close)),
        price(close),
        volume.parse().expect("a volume"),
    );
    let start = UtcTimestamp::from_nanoseconds(START + day * DAY).expect("in range");
    let symbol = ["A", "B", "A/B"][usize::from(symbol)];
    let symbol = symbol.parse().expect("a symbol");
    let mut event = DataEvent::new(symbol, start, MarketData::Ohlc(ohlc));
    event.end_timestamp = start.next_day();
    event
}

/// A price that goes up and down, so that every role has something to do.
pub(crate) fn wave() -> Vec<Row> {
    (0..60)
        .map(|n| (0, 1_000 + 100 * (n % 7), 1_000 + 150 * (n * 5 % 11), 900))
        .collect()
}

/// An executor that charges what `terms` say.
pub(crate) fn executor(terms: &Terms, history: usize) -> Typed<PaperExecutor> {
    let role = PaperExecutor {
        lot: terms.lot,
        fees: Fees::Bps(terms.fee_bps),
        history,
        ..PaperExecutor::new("USD".parse().expect("a currency"))
    };
    Typed::new(role, "/e")
}

/// A strategy that says something every few bars.
pub(crate) fn strategy() -> Typed<RsiStrategy> {
    let role = RsiStrategy {
        period: 2,
        oversold: Decimal::from(45),
        overbought: Decimal::from(55),
        name: "rsi".parse().expect("a name"),
    };
    Typed::new(role, "/s")
}

/// Everything that was said, in log order.
#[derive(Default)]
pub(crate) struct Log(pub(crate) Vec<Event>);

impl Observer for Log {
    fn stored(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

/// What a run of `actors`, in rank order, says.
pub(crate) fn run(actors: Vec<Box<dyn Actor>>, input: Vec<Event>) -> Vec<Event> {
    let mut log = Log::default();
    Driver::new(actors)
        .run(input, &mut log)
        .expect("every event can be handled");
    log.0
}
