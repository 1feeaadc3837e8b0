//! The figures of `tests/data/metric.json`, which quantstats, empyrical, numpy and scipy have computed.

use std::path::Path;

use ingenium_trading::metric::deflated::{Estimate, deflated_sharpe, expected_maximum};
use ingenium_trading::metric::{Outcome, Prices, Recorder, Settings, Statistics, Worth};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{midnight, symbol};
use crate::scene::number;

/// What the figures may differ by, relative to their size.
const TOLERANCE: f64 = 1e-9;

/// One line of a CSV file of bars: date and the prices.
pub(crate) struct Row {
    pub(crate) date: String,
    pub(crate) open: Decimal,
    pub(crate) prices: Prices,
}

pub(crate) fn rows(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ingenium-components/data")
        .join(format!("{name}.csv"));
    let text = std::fs::read_to_string(path).expect("a file of bars");
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Row {
                date: cells[0].to_owned(),
                open: number(cells[1]),
                prices: Prices {
                    high: number(cells[2]),
                    low: number(cells[3]),
                    close: number(cells[4]),
                },
            }
        })
        .collect()
}

pub(super) fn data() -> Value {
    serde_json::from_str(include_str!("../../data/metric.json")).expect("JSON")
}

/// Every figure that `expected` has is in `found`, too.
#[track_caller]
pub(super) fn agrees(place: &str, found: &Value, expected: &Value) {
    match (found, expected) {
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64(), expected.as_f64());
            let (found, expected) = found.zip(expected).expect("numbers");
            let allowed = (TOLERANCE * expected.abs()).max(1e-300);
            let off = (found - expected).abs();
            let is_zero = expected == 0.0 && off < 1e-12;
            assert!(
                off <= allowed || is_zero,
                "{place}: {found}, expected {expected}"
            );
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}: how many");
            for (n, (found, expected)) in found.iter().zip(expected).enumerate() {
                agrees(&format!("{place}[{n}]"), found, expected);
            }
        }
        (Value::Object(found), Value::Object(expected)) => {
            for (key, expected) in expected {
                let found = found.get(key).expect("every expected figure is stated");
                agrees(&format!("{place}.{key}"), found, expected);
            }
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

fn settings(stated: &Value) -> Settings {
    let real = |name: &str| stated[name].as_f64().expect("a number");
    Settings {
        periods_per_year: real("periods_per_year"),
        risk_free: real("risk_free"),
        minimum_acceptable: real("minimum_acceptable"),
        benchmark: Some(symbol("IBM")),
        trials: stated["trials"]
            .as_u64()
            .and_then(|trials| trials.try_into().ok())
            .expect("a count"),
        trial_variance: stated["trial_variance"].as_f64(),
    }
}

/// GOOG's closes as equity, half of it at stake on all but every fourth day, and IBM's bars.
fn goog_against_ibm(settings: Settings) -> Outcome {
    let mut recorder = Recorder::new(settings);
    let mut others = rows("IBM").into_iter().peekable();
    for (n, row) in rows("GOOG").into_iter().enumerate() {
        while let Some(other) = others.next_if(|other| other.date <= row.date) {
            recorder.bar(&symbol("IBM"), midnight(&other.date), other.prices);
        }
        let equity = row.prices.close;
        let stake = if n % 4 == 0 {
            Decimal::ZERO
        } else {
            equity / Decimal::TWO
        };
        let worth = Worth {
            equity,
            gross: stake,
            net: stake,
        };
        recorder.account(midnight(&row.date), worth);
    }
    recorder.finish()
}

fn recorded(points: &[Value], settings: Settings) -> Outcome {
    let mut recorder = Recorder::new(settings);
    for point in points {
        let text = |n: usize| point[n].as_str();
        let amount = |n: usize| number(text(n).expect("an amount"));
        let start = midnight(text(0).expect("a date"));
        let worth = Worth {
            equity: amount(1),
            gross: amount(2),
            net: amount(3),
        };
        recorder.account(start, worth);
        if text(4).is_some() {
            let price = amount(4);
            let prices = Prices {
                low: price,
                high: price,
                close: price,
            };
            recorder.bar(&symbol("IBM"), start, prices);
        }
    }
    recorder.finish()
}

#[test]
fn other_packages_say_the_same() {
    let data = data();
    let cases = data["cases"].as_array().expect("cases");
    assert!(cases.len() >= 18, "the cases are read");
    for case in cases {
        let settings = settings(&case["settings"]);
        let outcome = match case["points"].as_array() {
            Some(points) => recorded(points, settings),
            None => goog_against_ibm(settings),
        };
        let name = case["name"].as_str().expect("a name");
        agrees(name, &as_json(&outcome.statistics), &case["expected"]);
    }
}

/// A figure that no oracle has judged is not known to be right.
#[test]
fn every_figure_has_an_oracle() {
    let data = data();
    let empty = Recorder::new(Settings::default()).finish();
    let stated = as_json(&empty.statistics);
    let told = ["points", "start", "end", "years", "drawdowns"];
    for figure in stated.as_object().expect("an object").keys() {
        let known = told.contains(&figure.as_str())
            || data["oracles"].get(figure).is_some()
            || data["trades"]["expected"].get(figure).is_some();
        assert!(known, "`{figure}` is compared with nothing");
    }
    for figure in data["oracles"].as_object().expect("an object").keys() {
        let values = data["cases"].as_array().expect("cases");
        assert!(
            values
                .iter()
                .any(|case| case["expected"][figure].is_number()),
            "`{figure}` is never defined"
        );
    }
}

#[test]
fn reports_have_twelve_digits() {
    let outcome = goog_against_ibm(Settings::default());
    let mut judged = 0;
    for (figure, value) in as_json(&outcome.statistics).as_object().expect("an object") {
        if let Some(value) = value.as_f64() {
            let twelve: f64 = format!("{value:.11e}").parse().expect("a number");
            assert_eq!(value.to_bits(), twelve.to_bits(), "{figure}: {value}");
            judged += 1;
        }
    }
    assert!(judged > 25, "{judged} figures are numbers");
}

/// The example of "The Deflated Sharpe Ratio": 2.5 a year over 1,250 days, skew −3, kurtosis 10, the best of 100
/// trials whose ratios have a variance of ½ a year.
#[test]
fn the_papers_example_comes_out() {
    let estimate = Estimate {
        sharpe: 2.5 / 250.0_f64.sqrt(),
        skew: -3.0,
        kurtosis: 10.0 - 3.0,
        n: 1250,
    };
    let variance = 0.5 / 250.0;
    let luck = expected_maximum(100, variance).expect("trials");
    assert_eq!(format!("{luck:.4}"), "0.1132");
    let deflated = |trials| deflated_sharpe(estimate, trials, Some(variance)).expect("defined");
    assert_eq!(format!("{:.4}", deflated(100)), "0.9004");
    assert_eq!(format!("{:.4}", deflated(46)), "0.9505");
}

pub(super) fn as_json(statistics: &Statistics) -> Value {
    serde_json::to_value(statistics).expect("statistics are JSON")
}
