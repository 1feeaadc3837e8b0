//! Indicators on real prices against the figures of `tests/data/indicator.json`, which TA-Lib and talipp have computed.

use std::cmp::Ordering;

use ingenium_trading::indicator::{Atr, Cross, Ema, Rsi, Sma};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::metric::golden::{Row, rows};

/// What the figures may differ by, relative to their size.
const TOLERANCE: f64 = 1e-12;

/// The value after each row, from the first row that has one.
fn series(name: &str, n: u32, rows: &[Row]) -> Vec<Option<Decimal>> {
    let (mut rsi, mut sma, mut ema, mut atr) = (
        Rsi::default(),
        Sma::default(),
        Ema::default(),
        Atr::default(),
    );
    let count = usize::try_from(n).expect("small");
    rows.iter()
        .map(|row| {
            let close = row.prices.close;
            match name {
                "rsi" => rsi
                    .update(close, n)
                    .map(|()| rsi.is_ready(n).then(|| rsi.value())),
                "sma" => sma
                    .update(close, count)
                    .map(|()| sma.value().filter(|_| sma.is_ready(count))),
                "ema" => ema
                    .update(close, n)
                    .map(|()| ema.is_ready(n).then(|| ema.value())),
                "atr" => atr
                    .update(row.prices.high, row.prices.low, close, n)
                    .map(|()| atr.is_ready(n).then(|| atr.value())),
                other => panic!("`{other}` is no indicator"),
            }
            .expect("in range")
        })
        .collect()
}

#[test]
fn indicators_have_the_known_values() {
    let known: Value = serde_json::from_str(include_str!("../data/indicator.json")).expect("JSON");
    let mut compared = 0;
    for (symbol, indicators) in known["series"].as_object().expect("series") {
        let rows = rows(symbol);
        for indicator in indicators.as_array().expect("indicators") {
            let name = indicator["name"].as_str().expect("a name");
            let n = indicator["n"]
                .as_u64()
                .and_then(|n| u32::try_from(n).ok())
                .expect("a count");
            let ours = series(name, n, &rows);
            let first = ours.iter().position(Option::is_some).expect("a value");
            assert_eq!(
                Some(first as u64),
                indicator["first"].as_u64(),
                "{symbol} {name}"
            );
            for pair in indicator["values"].as_array().expect("values") {
                let place = pair[0]
                    .as_u64()
                    .and_then(|place| usize::try_from(place).ok())
                    .expect("a place");
                let theirs: f64 = pair[1]
                    .as_str()
                    .and_then(|text| text.parse().ok())
                    .expect("a number");
                let value: f64 = ours[place]
                    .expect("a value")
                    .to_string()
                    .parse()
                    .expect("a number");
                let off = (value - theirs).abs() / theirs.abs().max(1.0);
                assert!(
                    off <= TOLERANCE,
                    "{symbol} {name} at {place}: {value}, expected {theirs}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn a_mean_is_compared_without_rounding() {
    let mean = |values: &[i64], n| {
        let mut sma = Sma::default();
        for value in values {
            sma.update(Decimal::from(*value), n).expect("in range");
        }
        sma
    };
    // 1/3 + 1/3 + 1/3: a quotient of three would fall short of one.
    assert_eq!(
        mean(&[0, 0, 1], 3).compare(&mean(&[1, 1, -1], 3)),
        Some(Ordering::Equal)
    );
    assert_eq!(
        mean(&[1, 2, 3, 4], 2).compare(&mean(&[1, 2, 3, 4], 3)),
        Some(Ordering::Greater)
    );
    assert_eq!(mean(&[1, 2, 3, 4], 2).value(), Some(Decimal::new(35, 1)));
    assert_eq!(Sma::default().compare(&mean(&[1], 1)), None);
    let mut far = Sma::default();
    assert_eq!(far.update(Decimal::MAX, 2), Some(()));
    assert_eq!(far.update(Decimal::MAX, 2), None, "no exact sum");
    assert_eq!(far.value(), Some(Decimal::MAX), "nothing was changed");
}

#[test]
fn touching_is_not_crossing() {
    use Ordering::{Equal, Greater, Less};
    let mut cross = Cross::default();
    let seen: Vec<Option<Ordering>> = [
        Equal, Less, Equal, Less, Greater, Equal, Greater, Equal, Less,
    ]
    .into_iter()
    .map(|now| cross.update(now))
    .collect();
    assert_eq!(
        seen,
        [
            None,
            None,
            None,
            None,
            Some(Greater),
            None,
            None,
            None,
            Some(Less)
        ]
    );
}
