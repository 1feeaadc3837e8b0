//! What every strategy promises, whatever the prices: no look into the future, symbols apart, nothing twice.

use ingenium_trading::Role;
use ingenium_trading::strategy::{RsiStrategy, SmaCrossStrategy};
use ingenium_types::Payload;
use ingenium_types::event::{DataEvent, MarketData, OhlcData, SignalDirection};
use ingenium_types::scalar::{InstrumentPrice, UtcTimestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::scene::Scene;

/// A signal: symbol, time, direction.
type Said = (String, UtcTimestamp, SignalDirection);

fn rsi() -> RsiStrategy {
    RsiStrategy {
        period: 3,
        oversold: Decimal::from(30),
        overbought: Decimal::from(70),
        name: "rsi".parse().expect("a name"),
    }
}

fn sma_cross() -> SmaCrossStrategy {
    SmaCrossStrategy {
        fast: 2,
        slow: 4,
        name: "sma-cross".parse().expect("a name"),
    }
}

/// Bars before the first signal can come: 3 changes and one more; 4 closes and a side to cross from.
const RSI_WARM_UP: usize = 4;
const SMA_WARM_UP: usize = 4;

fn bar(symbol: &str, minute: usize, close: Decimal, is_final: bool) -> DataEvent {
    let price = InstrumentPrice::new(close).expect("a price");
    let mut ohlc = OhlcData::new(price, price, price, price, "1".parse().expect("a volume"));
    ohlc.final_ = Some(is_final);
    let at = |minute: usize| {
        let minute = i64::try_from(minute).expect("few");
        UtcTimestamp::from_nanoseconds(minute * 60_000_000_000).expect("in range")
    };
    let symbol = symbol.parse().expect("a symbol");
    let mut event = DataEvent::new(symbol, at(minute), MarketData::Ohlc(ohlc));
    event.end_timestamp = Some(at(minute + 1));
    event
}

fn bars(symbol: &str, closes: &[i64], scale: Decimal) -> Vec<DataEvent> {
    let closes = closes.iter().map(|close| Decimal::from(*close) * scale);
    closes
        .enumerate()
        .map(|(minute, close)| bar(symbol, minute, close, true))
        .collect()
}

/// What `role` says of `bars`, by the number of the bar.
fn said<R: Role>(role: R, bars: impl IntoIterator<Item = DataEvent>) -> Vec<(usize, Said)> {
    let mut scene = Scene::new(role);
    let mut said = Vec::new();
    for (index, bar) in bars.into_iter().enumerate() {
        let time = bar.end_timestamp.expect("an end");
        for emission in scene.give(bar, time) {
            let Payload::StrategySignal(signal) = emission.payload else {
                panic!("a strategy states signals");
            };
            let at = signal.timestamp.expect("a time");
            assert_eq!(at, time, "a signal is dated by the end of its bar");
            said.push((index, (signal.symbol.to_string(), at, signal.signal)));
        }
    }
    said
}

fn closes() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(80_i64..=120, 0..40)
}

/// Checks all promises of one strategy.
fn check<R: Role>(role: impl Fn() -> R, closes: &[i64], cut: usize, warm_up: usize) {
    let whole = said(role(), bars("A", closes, Decimal::ONE));
    assert!(
        whole.iter().all(|(index, _)| *index >= warm_up),
        "{whole:?}"
    );
    assert!(
        whole.windows(2).all(|pair| pair[0].0 < pair[1].0),
        "one signal a bar"
    );

    // The signals of a beginning are the beginning of the signals, whatever comes after.
    let cut = cut.min(closes.len());
    let beginning = said(role(), bars("A", &closes[..cut], Decimal::ONE));
    let expected: Vec<_> = whole
        .iter()
        .filter(|(index, _)| *index < cut)
        .cloned()
        .collect();
    assert_eq!(beginning, expected);
    let mut altered = closes.to_vec();
    altered[cut..]
        .iter_mut()
        .for_each(|close| *close = 200 - *close);
    let other = said(role(), bars("A", &altered, Decimal::ONE));
    let until: Vec<_> = other
        .into_iter()
        .filter(|(index, _)| *index < cut)
        .collect();
    assert_eq!(until, expected);

    // In another unit of money, the same signals.
    let scaled = said(role(), bars("A", closes, Decimal::TEN));
    assert_eq!(scaled, whole);

    // Another symbol between the bars, forming bars, and bars that come again change nothing.
    let noisy = bars("A", closes, Decimal::ONE)
        .into_iter()
        .enumerate()
        .flat_map(|(minute, bar_of_a)| {
            let close = Decimal::from(90 + minute as i64 % 7);
            [
                bar("B", minute, close, true),
                bar("A", minute, Decimal::from(1000), false),
                bar_of_a.clone(),
                bar_of_a,
            ]
        });
    let of_a: Vec<Said> = said(role(), noisy)
        .into_iter()
        .map(|(_, said)| said)
        .filter(|said| said.0 == "A")
        .collect();
    assert_eq!(
        of_a,
        whole.into_iter().map(|(_, said)| said).collect::<Vec<_>>()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn rsi_keeps_its_promises(closes in closes(), cut in 0_usize..40) {
        check(rsi, &closes, cut, RSI_WARM_UP);
    }

    #[test]
    fn sma_cross_keeps_its_promises(closes in closes(), cut in 0_usize..40) {
        check(sma_cross, &closes, cut, SMA_WARM_UP);
    }
}

#[test]
fn known_series_give_known_signals() {
    use SignalDirection::{Long, Short};
    let directions = |said: Vec<(usize, Said)>| {
        said.into_iter()
            .map(|(index, (_, _, direction))| (index, direction))
            .collect::<Vec<_>>()
    };
    // Down, up and down again; flat in between changes nothing.
    let wave = [
        100, 101, 102, 103, 90, 90, 90, 90, 110, 111, 112, 112, 112, 112, 90,
    ];
    assert_eq!(
        directions(said(sma_cross(), bars("A", &wave, Decimal::ONE))),
        [(4, Short), (8, Long), (14, Short)]
    );
    assert_eq!(
        directions(said(sma_cross(), bars("A", &[100; 30], Decimal::ONE))),
        []
    );
    assert_eq!(
        directions(said(rsi(), bars("A", &[100; 30], Decimal::ONE))),
        []
    );
    let fall_and_rise = [100, 99, 100, 99, 90, 80, 90, 100, 110];
    assert_eq!(
        directions(said(rsi(), bars("A", &fall_and_rise, Decimal::ONE))),
        [(4, Long), (8, Short)]
    );
}
