//! A known answer on real prices: RSI(14) on GOOG, buy 10 below 30, sell all above 70, next open, no fees.
//!
//! The shipped file gives 9 round trips and a profit of 2,645.70; a floating-point implementation that shares no code
//! with this one agrees. On backtesting.py's own copy of these 2,148 bars, whose prices differ by cents, the same
//! rules give the 2,653.60 that backtrader and backtesting.py report.

use std::path::Path;

use ingenium_components::{executor, ingestor, portfolio, strategy};
use ingenium_trading::portfolio::Ledger;
use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, OrderSide};

use crate::chain::Chain;

#[test]
fn goog_ends_with_the_known_profit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/GOOG.csv");
    let files = vec![ingestor::File { path, symbol: None }];
    let bars = ingestor::open(&ingestor::Config {
        files,
        ..ingestor::Config::default()
    })
    .expect("the shipped file");
    let fixed = portfolio::Sizing::FixedQuantity("10".parse().expect("a quantity"));
    let config = portfolio::Config {
        sizing: fixed,
        ..portfolio::Config::default()
    };
    let strategy = strategy::rsi::Config::default().role();
    let mut chain = Chain::new(
        executor::Config::default().role().expect("defaults hold"),
        config.role(),
        strategy.expect("defaults are in range"),
    );
    let mut count = 0;
    for bar in bars {
        chain.step(bar.expect("no row is malformed"), |_| {});
        count += 1;
    }
    let mut ledger = Ledger::new("100000".parse().expect("cash"));
    let mut sales = 0;
    for message in &chain.log {
        ledger.apply(&message.payload).expect("fits");
        if let Payload::ExecutorExecution(execution) = &message.payload {
            let sold =
                execution.exec_type == ExecutionType::Trade && execution.side == OrderSide::Sell;
            sales += u32::from(sold);
        }
    }
    assert_eq!(count, 2148);
    assert_eq!(sales, 9);
    assert_eq!(ledger.cash().normalize().to_string(), "102645.7");
}
