//! However late executions reach the portfolio: with a fixed quantity and cash that never binds, the same orders and
//! the same executions at the same times.

use ingenium_trading::Origin as _;
use ingenium_trading::backtest::{Actor, Event, Typed};
use ingenium_trading::executor::PaperExecutor;
use ingenium_trading::portfolio::Portfolio;
use ingenium_trading::sizing::{Sizing, Terms};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

use crate::chain::{Row, bars, executor, strategy, wave};

const CASES: u32 = 10_000;

/// Executor and portfolio, and the executions that have not reached the portfolio.
struct Desk {
    executor: Typed<PaperExecutor>,
    portfolio: Typed<Portfolio>,
    late: Vec<Event>,
    /// Orders and executions.
    said: Vec<String>,
}

impl Desk {
    /// Gives the portfolio the executions that `next` chooses of those that wait, until it chooses none.
    fn settle(&mut self, next: &mut impl FnMut(usize) -> Option<usize>) {
        while !self.late.is_empty() {
            let Some(choice) = next(self.late.len()) else {
                return;
            };
            let execution = self.late.remove(choice);
            self.said.push(shown(&execution));
            self.tell_portfolio(&execution);
        }
    }

    fn tell_portfolio(&mut self, event: &Event) {
        for order in act(&mut self.portfolio, event) {
            self.said.push(shown(&order));
            self.late.extend(act(&mut self.executor, &order));
        }
    }
}

fn act(actor: &mut impl Actor, event: &Event) -> Vec<Event> {
    actor.act(event).expect("every event can be handled")
}

fn shown(event: &Event) -> String {
    format!("{:?}", (event.time, event.cause(), &event.payload))
}

/// All that is said, in an order that does not depend on when; after each delivery `next` chooses an execution for the
/// portfolio, or none for now.
fn run(quantity: i64, rows: &[Row], mut next: impl FnMut(usize) -> Option<usize>) -> Vec<String> {
    let terms = Terms {
        lot: Decimal::ONE,
        fee_bps: Decimal::TEN,
        gap_allowance: Decimal::new(10, 2),
    };
    let (name, sizing) = (
        "main".parse().expect("a name"),
        Sizing::FixedQuantity(Decimal::from(quantity)),
    );
    let cash = Decimal::from(1_000_000_000);
    let mut strategy = strategy();
    let mut desk = Desk {
        executor: executor(&terms, 1000),
        portfolio: Typed::new(Portfolio::new(name, cash, sizing, terms), "/p"),
        late: Vec::new(),
        said: Vec::new(),
    };
    for bar in bars(rows) {
        let fills = act(&mut desk.executor, &bar);
        desk.late.extend(fills);
        desk.settle(&mut next);
        desk.tell_portfolio(&bar);
        for signal in act(&mut strategy, &bar) {
            desk.tell_portfolio(&signal);
            desk.settle(&mut next);
        }
    }
    desk.settle(&mut |_| Some(0));
    desk.said.sort();
    desk.said
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let price = || 800_i64..1_200;
    // Two symbols of three mostly, so that each has bars enough.
    let symbol = prop_oneof![4 => Just(0_u8), 2 => Just(1), 1 => Just(2)];
    prop::collection::vec((symbol, price(), price(), 0_i64..3_000), 1..24)
}

#[test]
fn the_generated_runs_trade_and_hold() {
    let rows = wave();
    let prompt = run(5, &rows, |_| Some(0));
    assert!(prompt.len() > 30, "{} events say too little", prompt.len());
    let after_the_last_bar = run(5, &rows, |_| None);
    assert_eq!(after_the_last_bar, prompt);

    let mut runner = TestRunner::deterministic();
    let said = |rows: Vec<Row>| run(5, &rows, |_| Some(0)).len();
    let lengths: Vec<usize> = (0..500)
        .map(|_| said(self::rows().new_tree(&mut runner).expect("bars").current()))
        .collect();
    let speaking = lengths.iter().filter(|length| **length > 5).count();
    assert!(
        speaking > 150,
        "{speaking} of 500 say more than an order's life"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn late_executions_change_nothing(
        quantity in 1_i64..20,
        rows in rows(),
        choices in prop::collection::vec(prop::option::of(any::<prop::sample::Index>()), 16),
    ) {
        let prompt = run(quantity, &rows, |_| Some(0));
        let mut choices = choices.iter().cycle();
        let late = run(quantity, &rows, |count| {
            choices.next().and_then(|choice| choice.map(|index| index.index(count)))
        });
        prop_assert_eq!(late, prompt);
    }
}
