//! A known answer on real prices: RSI(14) on GOOG, buy 10 below 30, sell all above 70, next open, no fees.
//!
//! The shipped file gives 9 round trips and a profit of 2,645.70; a floating-point implementation that shares no code
//! with this one agrees. On backtesting.py's own copy of these 2,148 bars, whose prices differ by cents, the same
//! rules give the 2,653.60 that backtrader and backtesting.py report.

use std::path::Path;

use ingenium_components::{executor, ingestor, portfolio, strategy};
use ingenium_trading::portfolio::Ledger;
use ingenium_trading::{Cause, Input, Outbox, Role, States};
use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, OrderSide};
use ingenium_types::scalar::UtcTimestamp;

/// A role that is called in process.
struct Actor<R: Role> {
    role: R,
    source: &'static str,
    states: States<R::State>,
}

impl<R: Role> Actor<R> {
    fn new(role: R, source: &'static str) -> Self {
        Self {
            role,
            source,
            states: States::default(),
        }
    }

    fn give(
        &mut self,
        payload: &Payload,
        time: UtcTimestamp,
        cause: &Cause,
    ) -> Vec<(Payload, UtcTimestamp, Cause)> {
        if !self.role.consumes().contains(&payload.event_type()) {
            return Vec::new();
        }
        let mut outbox = Outbox::new(self.source);
        self.role.handle(
            &mut self.states,
            &Input {
                payload,
                time,
                cause,
            },
            &mut outbox,
        );
        self.states.commit();
        let emitted = outbox.into_emissions().into_iter().map(|emission| {
            let cause = Cause {
                source: self.source.to_owned(),
                id: emission.id.to_string(),
                ..emission.cause
            };
            (emission.payload, emission.time, cause)
        });
        emitted.collect()
    }
}

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
    let config = portfolio::Config {
        sizing: fixed,
        ..portfolio::Config::default()
    };
    let mut executor = Actor::new(executor::Config::default().role(), "/e");
    let mut portfolio = Actor::new(config.role(), "/p");
    let mut strategy = Actor::new(
        strategy::Config::default()
            .role()
            .expect("defaults are in range"),
        "/s",
    );
    let mut ledger = Ledger::new("100000".parse().expect("cash"));
    let (mut count, mut sales) = (0, 0);
    for bar in bars {
        let bar = bar.expect("no row is malformed");
        count += 1;
        let time = bar.end_timestamp.expect("the ingestor states it");
        let cause = Cause {
            source: "/i".to_owned(),
            id: format!("bar-{count}"),
            ..Cause::default()
        };
        let payload = Payload::from(bar);
        ledger.apply(&payload).expect("fits");
        for subscriber in 0..3 {
            let mut queue = match subscriber {
                0 => executor.give(&payload, time, &cause),
                1 => portfolio.give(&payload, time, &cause),
                _ => strategy.give(&payload, time, &cause),
            };
            while !queue.is_empty() {
                let (payload, time, cause) = queue.remove(0);
                ledger.apply(&payload).expect("fits");
                if let Payload::ExecutorExecution(execution) = &payload {
                    let sold = execution.exec_type == ExecutionType::Trade
                        && execution.side == OrderSide::Sell;
                    sales += u32::from(sold);
                }
                queue.extend(executor.give(&payload, time, &cause));
                queue.extend(portfolio.give(&payload, time, &cause));
            }
        }
    }
    assert_eq!(count, 2148);
    assert_eq!(sales, 9);
    assert_eq!(ledger.cash().normalize().to_string(), "102645.7");
}
