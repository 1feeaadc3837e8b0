//! A known answer on real prices: RSI(14) on GOOG, buy 10 below 30, sell all above 70, next open, no fees.
//!
//! The shipped file gives 9 round trips and a profit of 2,645.70; a floating-point implementation that shares no code
//! with this one agrees. On backtesting.py's own copy of these 2,148 bars, whose prices differ by cents, the same
//! rules give the 2,653.60 that backtrader and backtesting.py report.

use std::path::Path;

use ingenium_components::{ingestor, portfolio, strategy};
use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, OrderSide};

use crate::driver::Driver;

#[test]
fn goog_ends_with_the_known_profit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/GOOG.csv");
    let files = vec![ingestor::File {
        path,
        symbol: "GOOG".parse().expect("a symbol"),
    }];
    let bars = ingestor::open(&ingestor::Config {
        files,
        ..ingestor::Config::default()
    })
    .expect("the shipped file");
    let fixed = portfolio::Sizing::FixedQuantity("10".parse().expect("a quantity"));
    let portfolio = portfolio::Config {
        sizing: fixed,
        ..portfolio::Config::default()
    };
    let mut driver = Driver::new(&portfolio, &strategy::Config::default());
    for bar in bars {
        driver.step(vec![bar.expect("no row is malformed")]);
    }
    let bars = driver
        .log
        .iter()
        .filter(|payload| matches!(payload, Payload::IngestorData(_)))
        .count();
    let is_sale = |payload: &&Payload| {
        matches!(payload, Payload::ExecutorExecution(execution)
            if execution.exec_type == ExecutionType::Trade && execution.side == OrderSide::Sell)
    };
    assert_eq!(bars, 2148);
    assert_eq!(driver.log.iter().filter(is_sale).count(), 9);
    assert_eq!(driver.ledger().cash().normalize().to_string(), "102645.7");
}
