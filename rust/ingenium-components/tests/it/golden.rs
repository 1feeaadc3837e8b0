//! A known answer on real prices: RSI(14) on GOOG, buy 10 below 30, sell all above 70, next open, no fees.
//!
//! The shipped file gives 9 round trips and a profit of 2,645.70; a floating-point implementation that shares no code
//! with this one agrees. On backtesting.py's own copy of these 2,148 bars, whose prices differ by cents, the same
//! rules give the 2,653.60 that backtrader and backtesting.py report.

use std::path::Path;

use ingenium_components::ingestor;
use ingenium_trading::portfolio::Ledger;
use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, OrderSide};
use serde_json::json;

use crate::chain::run;

#[test]
fn goog_ends_with_the_known_profit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/GOOG.csv");
    let files = vec![ingestor::File { path, symbol: None }];
    let config = ingestor::Config {
        files,
        ..ingestor::Config::default()
    };
    let rows = ingestor::open(&config).expect("the shipped file");
    let rows = ingestor::roots(rows, &config.source, None);
    let input: Vec<_> = rows.map(|row| row.expect("no row is malformed")).collect();
    assert_eq!(input.len(), 2148);

    let fixed = json!({"sizing": {"fixed_quantity": "10"}});
    let actors = [
        ("executor/paper", json!({})),
        ("portfolio/long-only", fixed),
        ("strategy/rsi", json!({})),
    ];
    let actors = actors
        .map(|(name, config)| ingenium_components::actor(name, &config).expect("a component"));
    let mut ledger = Ledger::new("100000".parse().expect("cash"));
    let mut sales = 0;
    for event in run(actors.into(), input) {
        ledger.apply(&event.payload).expect("fits");
        if let Payload::ExecutorExecution(execution) = &event.payload {
            let sold =
                execution.exec_type == ExecutionType::Trade && execution.side == OrderSide::Sell;
            sales += u32::from(sold);
        }
    }
    assert_eq!(sales, 9);
    assert_eq!(ledger.cash().normalize().to_string(), "102645.7");
}
