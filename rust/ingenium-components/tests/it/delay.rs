//! However late executions reach the portfolio: with a fixed quantity and cash that never binds, the same orders and
//! the same executions at the same times.

use ingenium_trading::executor::{Fees, PaperExecutor};
use ingenium_trading::portfolio::Portfolio;
use ingenium_trading::sizing::{Sizing, Terms};
use ingenium_trading::strategy::RsiStrategy;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::chain::{Chain, Message};
use crate::invariant::{Row, bar};

fn chain(quantity: i64) -> Chain {
    let (lot, fee_bps) = (Decimal::ONE, Decimal::TEN);
    let executor = PaperExecutor {
        lot,
        fees: Fees::Bps(fee_bps),
        history: 1000,
        ..PaperExecutor::new("USD".parse().expect("a currency"))
    };
    let terms = Terms {
        lot,
        fee_bps,
        gap_allowance: Decimal::new(10, 2),
    };
    let (name, sizing) = (
        "main".parse(),
        Sizing::FixedQuantity(Decimal::from(quantity)),
    );
    let cash = Decimal::from(1_000_000_000);
    let portfolio = Portfolio::new(name.expect("a name"), cash, sizing, terms);
    let strategy = RsiStrategy {
        period: 2,
        oversold: Decimal::from(45),
        overbought: Decimal::from(55),
        name: "rsi".parse().expect("a name"),
    };
    Chain::new(executor, portfolio, strategy)
}

/// Runs the chain; after each delivery `next` chooses an execution for the portfolio, or none. All that was said.
fn run(quantity: i64, rows: &[Row], mut next: impl FnMut(usize) -> Option<usize>) -> Vec<String> {
    let mut chain = chain(quantity);
    let mut late: Vec<Message> = Vec::new();
    let mut said = Vec::new();
    for (day, row) in rows.iter().enumerate() {
        let bar = chain.root(bar(day, *row));
        late.extend(chain.executor.give(&bar));
        settle(&mut chain, &mut late, &mut said, &mut next);
        chain.portfolio.give(&bar);
        for signal in chain.strategy.give(&bar) {
            for order in chain.portfolio.give(&signal) {
                said.push(shown(&order));
                late.extend(chain.executor.give(&order));
            }
            settle(&mut chain, &mut late, &mut said, &mut next);
        }
    }
    settle(&mut chain, &mut late, &mut said, &mut |_| Some(0));
    said.sort();
    said
}

fn settle(
    chain: &mut Chain,
    late: &mut Vec<Message>,
    said: &mut Vec<String>,
    next: &mut impl FnMut(usize) -> Option<usize>,
) {
    while !late.is_empty() {
        let Some(choice) = next(late.len()) else {
            return;
        };
        let execution = late.remove(choice);
        said.push(shown(&execution));
        for order in chain.portfolio.give(&execution) {
            said.push(shown(&order));
            late.extend(chain.executor.give(&order));
        }
    }
}

fn shown(message: &Message) -> String {
    format!("{:?}", (message.time, &message.cause, &message.payload))
}

#[test]
fn the_generated_runs_trade_and_hold() {
    let wave = (0..60).map(|n| (0, 1_000 + 100 * (n % 7), 1_000 + 150 * (n * 5 % 11), 900));
    let rows: Vec<Row> = wave.collect();
    let prompt = run(5, &rows, |_| Some(0));
    assert!(prompt.len() > 30, "{} events say too little", prompt.len());
    assert_eq!(
        run(5, &rows, |_| None),
        prompt,
        "everything after the last bar"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn late_executions_change_nothing(
        quantity in 1_i64..20,
        rows in prop::collection::vec((0_u8..3, 800_i64..1_200, 800_i64..1_200, 0_i64..3_000), 1..80),
        choices in prop::collection::vec(prop::option::of(any::<prop::sample::Index>()), 64),
    ) {
        let prompt = run(quantity, &rows, |_| Some(0));
        let mut choices = choices.iter().cycle();
        let late = run(quantity, &rows, |count| {
            choices.next().and_then(|choice| choice.map(|index| index.index(count)))
        });
        prop_assert_eq!(late, prompt);
    }
}
