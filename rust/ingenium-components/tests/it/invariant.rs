//! What holds for any series of bars: no cent is lost, no cash is spent twice, every order ends once.

mod again;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ingenium_trading::backtest::{Actor, Event, Typed};
use ingenium_trading::portfolio::{Account, Entry, Ledger, Portfolio};
use ingenium_trading::sizing::{Sizing, Terms};
use ingenium_trading::{Disposition, Input, Origin as _, Outbox, Role, States};
use ingenium_types::event::{ExecutionEvent, ExecutionType, OrderEvent, OrderSide, OrderStatus};
use ingenium_types::{EventType, Payload};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

use crate::chain::{self, Row, bars, wave};
use again::Again;

const CASH: i64 = 10_000;
const CASES: u32 = 10_000;

#[derive(Debug, Clone)]
struct Setting {
    fee_bps: i64,
    lot_decimals: u32,
    sizing: Sizing,
}

fn settings() -> impl Strategy<Value = Setting> {
    let sizing = prop_oneof![
        (1_i64..60).prop_map(|n| Sizing::FixedQuantity(Decimal::from(n))),
        (1_i64..=10_000).prop_map(|share| Sizing::PercentEquity(Decimal::new(share, 4))),
    ];
    (0_i64..300, 0_u32..4, sizing).prop_map(|(fee_bps, lot_decimals, sizing)| Setting {
        fee_bps,
        lot_decimals,
        sizing,
    })
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let price = || 1_i64..40_000;
    // One symbol of three mostly, so that it has bars enough.
    let symbol = prop_oneof![4 => Just(0_u8), 2 => Just(1), 1 => Just(2)];
    prop::collection::vec((symbol, price(), price(), 0_i64..9_000), 1..24)
}

/// What a portfolio has in its books.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Books {
    account: Account,
    /// The orders that are open, by id.
    open: BTreeSet<String>,
}

impl Books {
    /// The books, which are right: I-PRT-3, I-PRT-4, I-PRT-9 and I-PRT-10.
    fn checked(states: &States<Entry>) -> Self {
        let account = match states.get("account") {
            Some(Entry::Account(account)) => account.clone(),
            _ => Account::new(Decimal::from(CASH)),
        };
        assert!(
            !account.cash.is_sign_negative() || account.cash.is_zero(),
            "{account:?}"
        );
        assert!(
            account.free_cash().expect("fits") >= Decimal::ZERO,
            "{account:?}"
        );
        let mut open = BTreeSet::new();
        let (mut profit, mut value, mut reserved) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for (symbol, entry) in states.range("symbol/", "symbol/") {
            let Entry::Holding(holding) = entry else {
                panic!("{symbol} is a holding")
            };
            let mark = holding.mark.unwrap_or_default();
            profit += holding.position.realized + holding.position.unrealized(mark).expect("fits");
            value += holding.position.value(mark).expect("fits");
            let mut selling = Decimal::ZERO;
            for order in holding.orders.values() {
                reserved += order.reserved;
                if order.side == OrderSide::Sell {
                    selling += order.leaves().expect("fits");
                }
            }
            assert!(holding.position.quantity >= selling, "{symbol} {holding:?}");
            open.extend(holding.orders.keys().cloned());
        }
        assert_eq!((account.value, account.reserved), (value, reserved));
        let equity = account.equity().expect("fits");
        assert_eq!(equity - Decimal::from(CASH), profit - account.fees);
        Self { account, open }
    }
}

/// A portfolio whose books are checked after each event.
struct Audited {
    portfolio: Portfolio,
    books: Rc<RefCell<Books>>,
}

impl Role for Audited {
    type State = Entry;

    fn consumes(&self) -> &[EventType] {
        self.portfolio.consumes()
    }

    fn natural_key(&self, input: &Input<'_>) -> Option<String> {
        self.portfolio.natural_key(input)
    }

    fn handle(
        &self,
        states: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let disposition = self.portfolio.handle(states, input, outbox);
        *self.books.borrow_mut() = Books::checked(states);
        disposition
    }
}

/// What is said, and the books in the end; events come `again` after so many deliveries, or not.
fn run(setting: &Setting, rows: &[Row], again: Option<usize>) -> (Vec<Event>, Books) {
    let terms = Terms {
        lot: Decimal::new(1, setting.lot_decimals),
        fee_bps: Decimal::from(setting.fee_bps),
        gap_allowance: Decimal::new(10, 2),
    };
    let books = Rc::new(RefCell::new(Books::checked(&States::default())));
    let executor = chain::executor(&terms, 8);
    let name = "main".parse().expect("a name");
    let cash = Decimal::from(CASH);
    let audited = Audited {
        portfolio: Portfolio::new(name, cash, setting.sizing, terms),
        books: Rc::clone(&books),
    };
    let actors = [
        repeated(executor, again),
        repeated(Typed::new(audited, "/p"), again),
        repeated(chain::strategy(), again),
    ];
    let log = chain::run(actors.into(), bars(rows));
    let books = books.borrow().clone();
    (log, books)
}

fn repeated(actor: impl Actor + 'static, again: Option<usize>) -> Box<dyn Actor> {
    match again {
        None => Box::new(actor),
        Some(after) => Box::new(Again::new(actor, after)),
    }
}

/// I-EXE-1, I-EXE-3 to I-EXE-7 and I-EXE-9; gives back whether the order has ended.
fn check_life(order: &OrderEvent, life: &[&ExecutionEvent]) -> bool {
    let mut filled = Decimal::ZERO;
    let mut cost = Decimal::ZERO;
    for (n, event) in life.iter().enumerate() {
        let first = matches!(
            event.exec_type,
            ExecutionType::New | ExecutionType::Rejected
        );
        assert_eq!(first, n == 0, "{life:#?}");
        assert_eq!((event.side, &event.symbol), (order.side, &order.symbol));
        assert_eq!(
            event.last_quantity.is_some(),
            event.exec_type == ExecutionType::Trade
        );
        if let Some((quantity, price)) = event.last_quantity.zip(event.last_price) {
            filled += quantity.get();
            cost += quantity.get() * price.get();
            let average = ingenium_types::exact::round(cost / filled);
            assert_eq!(event.average_price.map(|price| price.get()), Some(average));
        }
        assert_eq!(event.cumulative_quantity.get(), filled);
        let terminal = is_terminal(event.status);
        assert_eq!(
            terminal,
            event.status != OrderStatus::New && event.status != OrderStatus::PartiallyFilled
        );
        let leaves = event.leaves_quantity.get();
        if terminal {
            assert!(leaves.is_zero());
            assert_eq!(n + 1, life.len(), "nothing follows the end: {life:#?}");
        } else {
            assert_eq!(filled + leaves, order.quantity.get());
        }
    }
    life.last().is_some_and(|event| is_terminal(event.status))
}

fn is_terminal(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::Filled | OrderStatus::Canceled | OrderStatus::Expired | OrderStatus::Rejected
    )
}

/// Every order's life, and that those without an end are listed as open.
fn check_orders(log: &[Event], books: &Books) {
    let mut orders: BTreeMap<String, (&OrderEvent, Vec<&ExecutionEvent>)> = BTreeMap::new();
    for event in log {
        match &event.payload {
            Payload::PortfolioOrder(order) => {
                let id = order.order_id.as_ref().expect("it has one").to_string();
                let known = orders.insert(id, (order, Vec::new()));
                assert!(known.is_none(), "one order an id");
            }
            Payload::ExecutorExecution(execution) => {
                let order = orders.get_mut(execution.order_id.as_str());
                order.expect("its order is known").1.push(execution);
            }
            _ => {}
        }
    }
    for (id, (order, life)) in &orders {
        let ended = check_life(order, life);
        assert_eq!(ended, !books.open.contains(id), "ended, or listed open");
    }
}

fn trades(log: &[Event]) -> usize {
    let trade = |event: &&Event| matches!(&event.payload, Payload::ExecutorExecution(e) if e.exec_type == ExecutionType::Trade);
    log.iter().filter(trade).count()
}

#[test]
fn the_generated_runs_trade() {
    let setting = Setting {
        fee_bps: 10,
        lot_decimals: 0,
        sizing: Sizing::PercentEquity(Decimal::new(5, 1)),
    };
    let (log, _) = run(&setting, &wave(), None);
    assert!(trades(&log) > 10, "{} trades say too little", trades(&log));

    let mut runner = TestRunner::deterministic();
    let runs = (settings(), rows());
    let mut counts = Vec::new();
    for _ in 0..500 {
        let (setting, rows) = runs.new_tree(&mut runner).expect("a run").current();
        counts.push(trades(&run(&setting, &rows, None).0));
    }
    let trading = counts.iter().filter(|count| **count > 1).count();
    assert!(trading > 150, "{trading} of 500 runs trade more than once");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn no_cent_is_lost_and_every_order_ends_once(setting in settings(), rows in rows()) {
        let (log, books) = run(&setting, &rows, None);
        check_orders(&log, &books);
        let mut ledger = Ledger::new(Decimal::from(CASH));
        for event in &log {
            ledger.apply(&event.payload).expect("fits");
        }
        prop_assert_eq!(ledger.cash(), books.account.cash);
        prop_assert_eq!(ledger.equity(), books.account.equity());
    }

    #[test]
    fn what_comes_again_changes_nothing(
        setting in settings(),
        rows in rows(),
        after in prop_oneof![Just(0), 0_usize..40],
    ) {
        let (log, books) = run(&setting, &rows, None);
        let (again, books_again) = run(&setting, &rows, Some(after));
        let said = |log: &[Event]| -> Vec<String> {
            log.iter().map(|event| format!("{:?}", (event.time, event.cause(), &event.payload))).collect()
        };
        prop_assert_eq!(said(&again), said(&log));
        prop_assert_eq!(books_again, books);
    }
}
