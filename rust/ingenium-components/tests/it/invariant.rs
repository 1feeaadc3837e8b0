//! What holds for any series of bars: no cent is lost, no cash is spent twice, every order ends once.

use std::collections::BTreeMap;

use ingenium_trading::executor::{Fees, PaperExecutor};
use ingenium_trading::portfolio::{Account, Entry, Ledger, Portfolio};
use ingenium_trading::sizing::{Sizing, Terms};
use ingenium_trading::strategy::RsiStrategy;
use ingenium_types::Payload;
use ingenium_types::event::{
    DataEvent, ExecutionEvent, ExecutionType, MarketData, OhlcData, OrderEvent, OrderSide,
    OrderStatus,
};
use ingenium_types::scalar::UtcTimestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::chain::{Chain, Message};

/// 2020-01-01T00:00:00Z in nanoseconds.
const START: i64 = 1_577_836_800_000_000_000;
const DAY: i64 = 86_400_000_000_000;
const CASH: i64 = 10_000;

/// A bar in small numbers: symbol, open and close in cents, volume in hundredths.
pub(crate) type Row = (u8, i64, i64, i64);

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
    prop::collection::vec(
        (0_u8..3, 1_i64..40_000, 1_i64..40_000, 0_i64..9_000),
        1..120,
    )
}

fn chain(setting: &Setting) -> Chain {
    let (lot, fee_bps) = (
        Decimal::new(1, setting.lot_decimals),
        Decimal::from(setting.fee_bps),
    );
    let executor = PaperExecutor {
        lot,
        fees: Fees::Bps(fee_bps),
        history: 8,
        ..PaperExecutor::new("USD".parse().expect("a currency"))
    };
    let terms = Terms {
        lot,
        fee_bps,
        gap_allowance: Decimal::new(10, 2),
    };
    let name = "main".parse().expect("a name");
    let portfolio = Portfolio::new(name, Decimal::from(CASH), setting.sizing, terms);
    let strategy = RsiStrategy {
        period: 2,
        oversold: Decimal::from(45),
        overbought: Decimal::from(55),
        name: "rsi".parse().expect("a name"),
    };
    Chain::new(executor, portfolio, strategy)
}

pub(crate) fn bar(day: usize, (symbol, open, close, volume): Row) -> DataEvent {
    let price = |cents: i64| Decimal::new(cents, 2).to_string().parse().expect("a price");
    let ohlc = OhlcData::new(
        price(open),
        price(open.max(close)),
        price(open.min(close)),
        price(close),
        Decimal::new(volume, 2)
            .to_string()
            .parse()
            .expect("a volume"),
    );
    let day = i64::try_from(day).expect("few days");
    let start = UtcTimestamp::from_nanoseconds(START + day * DAY).expect("in range");
    let symbol = ["A", "B", "A/B"][usize::from(symbol)]
        .parse()
        .expect("a symbol");
    let mut event = DataEvent::new(symbol, start, MarketData::Ohlc(ohlc));
    event.end_timestamp = start.next_day();
    event
}

fn account(chain: &Chain) -> Account {
    match chain.portfolio.states.get("account") {
        Some(Entry::Account(account)) => account.clone(),
        _ => Account::new(Decimal::from(CASH)),
    }
}

/// I-PRT-3, I-PRT-4, I-PRT-9 and I-PRT-10.
fn check_money(chain: &Chain) {
    let account = account(chain);
    assert!(
        !account.cash.is_sign_negative() || account.cash.is_zero(),
        "{account:?}"
    );
    assert!(
        account.free_cash().expect("fits") >= Decimal::ZERO,
        "{account:?}"
    );
    let (mut profit, mut value, mut reserved) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for (symbol, entry) in chain.portfolio.states.range("symbol/", "symbol/") {
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
    }
    assert_eq!((account.value, account.reserved), (value, reserved));
    let equity = account.equity().expect("fits");
    assert_eq!(equity - Decimal::from(CASH), profit - account.fees);
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
fn check_orders(chain: &Chain) {
    let mut orders: BTreeMap<String, (&OrderEvent, Vec<&ExecutionEvent>)> = BTreeMap::new();
    for message in &chain.log {
        match &message.payload {
            Payload::PortfolioOrder(order) => {
                let id = order.order_id.as_ref().expect("it has one").to_string();
                assert!(
                    orders.insert(id, (order, Vec::new())).is_none(),
                    "one order an id"
                );
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
        let key = format!("symbol/{}", order.symbol);
        let Some(Entry::Holding(holding)) = chain.portfolio.states.get(&key) else {
            panic!("{key} is known")
        };
        assert_eq!(
            ended,
            !holding.orders.contains_key(id),
            "ended, or listed open"
        );
    }
}

fn run(setting: &Setting, rows: &[Row]) -> Chain {
    let mut chain = chain(setting);
    for (day, row) in rows.iter().enumerate() {
        chain.step(bar(day, *row), check_money);
    }
    chain
}

#[test]
fn the_generated_runs_trade() {
    let setting = Setting {
        fee_bps: 10,
        lot_decimals: 0,
        sizing: Sizing::PercentEquity(Decimal::new(5, 1)),
    };
    let wave = (0..60).map(|n| (0, 1_000 + 100 * (n % 7), 1_000 + 150 * (n * 5 % 11), 900));
    let chain = run(&setting, &wave.collect::<Vec<Row>>());
    let trade = |message: &&Message| matches!(&message.payload, Payload::ExecutorExecution(e) if e.exec_type == ExecutionType::Trade);
    let trades = chain.log.iter().filter(trade).count();
    assert!(trades > 10, "{trades} trades say too little");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_cent_is_lost_and_every_order_ends_once(setting in settings(), rows in rows()) {
        let chain = run(&setting, &rows);
        check_orders(&chain);
        let mut ledger = Ledger::new(Decimal::from(CASH));
        for message in &chain.log {
            ledger.apply(&message.payload).expect("fits");
        }
        let account = account(&chain);
        prop_assert_eq!(ledger.cash(), account.cash);
        prop_assert_eq!(ledger.equity(), account.equity());
    }

    #[test]
    fn what_comes_again_changes_nothing(setting in settings(), rows in rows()) {
        let mut chain = run(&setting, &rows);
        let before = account(&chain);
        let log = chain.log.clone();
        for message in log {
            for id in [message.cause.id.clone(), format!("again-{}", message.cause.id)] {
                // A signal under another id is another signal: it has no fact of its own to be known by.
                if id != message.cause.id && matches!(message.payload, Payload::StrategySignal(_)) {
                    continue;
                }
                let mut again = message.clone();
                again.cause.id = id;
                let effects = [
                    chain.executor.give(&again),
                    chain.portfolio.give(&again),
                    chain.strategy.give(&again),
                ];
                prop_assert!(effects.iter().all(Vec::is_empty), "{:?}", effects);
            }
        }
        prop_assert_eq!(account(&chain), before);
        check_orders(&chain);
    }
}
