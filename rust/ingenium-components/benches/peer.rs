//! `peer FILE CASH RUNS`: a whole run in one process over the bars of FILE, RUNS times: RSI(14) 30/70, 10 units a
//! trade, next-open fills, no fees. Prints one line of JSON; `cargo xtask bench backtest` compares it with other engines.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::collections::BTreeMap;

use gauge::{peak, timed};
use ingenium_components::ingestor::{self, Field, File};
use ingenium_trading::backtest::{Driver, Measure, Measured};
use ingenium_trading::metric::Settings;
use ingenium_types::event::DataEvent;
use ingenium_types::scalar::NonNegativeDecimal;
use serde_json::json;

mod gauge;

fn main() {
    let arguments = std::env::args().skip(1);
    // cargo passes `--bench`, too.
    let arguments: Vec<String> = arguments.filter(|text| text != "--bench").collect();
    let [file, cash, runs] = arguments.as_slice() else {
        return;
    };
    let cash: NonNegativeDecimal = cash.parse().expect("an amount");
    let runs: usize = runs.parse().expect("a number");
    let mut seconds = Vec::new();
    let mut last = None;
    for _ in 0..runs {
        let bars = load(file);
        let n_bars = bars.len();
        let (measured, took) = timed(|| run(bars, cash));
        seconds.push(took.as_secs_f64());
        last = Some((measured, n_bars));
    }
    let (measured, bars) = last.expect("at least one run");
    println!(
        "{}",
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "bars": bars,
            "seconds": seconds,
            "round_trips": measured.outcome.trades.len(),
            "profit": format!("{:.2}", measured.equity - cash.get()),
            "peak_kib": peak(),
        })
    );
}

/// All bars of a file in memory, as the peers have theirs.
fn load(file: &str) -> Vec<DataEvent> {
    let config = ingestor::Config {
        files: vec![File {
            path: file.into(),
            symbol: Some("ACME".parse().expect("a symbol")),
        }],
        // The daily bars that backtesting.py ships have dates in a column without a name.
        map: BTreeMap::from([(Field::Date, "#1".to_owned())]),
        ..ingestor::Config::default()
    };
    let bars = ingestor::open(&config).expect("a file of bars");
    bars.map(|row| row.unwrap_or_else(|bad| panic!("line {}: {}", bad.line, bad.problem)))
        .collect()
}

fn run(bars: Vec<DataEvent>, cash: NonNegativeDecimal) -> Measured {
    let actors = [
        ("executor/paper", json!({})),
        (
            "portfolio/long-only",
            json!({"initial_cash": cash.to_string(), "sizing": {"fixed_quantity": "10"}}),
        ),
        ("strategy/rsi", json!({})),
    ];
    let actors = actors
        .iter()
        .map(|(name, config)| ingenium_components::actor(name, config).expect("a component"));
    let bars = bars.into_iter();
    let feed = ingestor::feed("/ingenium/ingestor/csv", None);
    let input = bars.map(|bar| ingestor::root(&feed, bar));
    let mut measure = Measure::new(cash, Settings::default());
    Driver::new(actors.collect())
        .run(input, &mut measure)
        .expect("a run");
    measure.finish().expect("amounts fit")
}
