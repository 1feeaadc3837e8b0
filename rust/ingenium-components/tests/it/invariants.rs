//! What holds for any prices: no cash that is not there, no shares that are not there, no cent lost, every order ended.

use std::collections::BTreeMap;

use ingenium_components::portfolio::{Config, Sizing};
use ingenium_components::strategy;
use ingenium_trading::portfolio::{Account, Entry, Holding};
use ingenium_types::Payload;
use ingenium_types::event::{DataEvent, MarketData, OhlcData, OrderStatus};
use ingenium_types::scalar::{Price, UtcTimestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::driver::Driver;

const SYMBOLS: [&str; 2] = ["A", "B"];
const DAY: i64 = 86_400_000_000_000;

/// Open, close and volume of a bar: prices of 0.01 to 100, sometimes nothing traded.
fn days() -> impl Strategy<Value = Vec<[(i64, i64, i64); 2]>> {
    let bar = || (1_i64..10_000, 1_i64..10_000, 0_i64..2_000);
    prop::collection::vec((bar(), bar()).prop_map(|(a, b)| [a, b]), 5..60)
}

fn bar(symbol: &str, day: usize, (open, close, volume): (i64, i64, i64)) -> DataEvent {
    let start = i64::try_from(day)
        .ok()
        .and_then(|day| UtcTimestamp::from_nanoseconds(day * DAY))
        .expect("a day");
    let price = |cents: i64| Price::new(Decimal::new(cents, 2)).expect("a price");
    let volume = volume.to_string().parse().expect("a volume");
    let ohlc = OhlcData::new(
        price(open),
        price(open.max(close)),
        price(open.min(close)),
        price(close),
        volume,
    );
    let mut event = DataEvent::new(
        symbol.parse().expect("a symbol"),
        start,
        MarketData::Ohlc(ohlc),
    );
    event.end_timestamp = start.next_day();
    event
}

fn account(driver: &Driver) -> Option<&Account> {
    match driver.portfolio().get("account") {
        Some(Entry::Account(account)) => Some(account),
        _ => None,
    }
}

fn holdings(driver: &Driver) -> Vec<&Holding> {
    let holding = |symbol: &&str| match driver.portfolio().get(&format!("symbol/{symbol}")) {
        Some(Entry::Holding(holding)) => Some(holding),
        _ => None,
    };
    SYMBOLS.iter().filter_map(holding).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn money_and_shares_add_up(days in days(), fee in 0_u32..100, fixed in prop::bool::ANY) {
        let sizing = if fixed {
            Sizing::FixedQuantity("7".parse().expect("a quantity"))
        } else {
            Sizing::PercentEquity("0.45".parse().expect("a share"))
        };
        let config = Config {
            initial_cash: "1000".parse().expect("cash"),
            fee_bps: fee.to_string().parse().expect("a fee"),
            sizing,
            ..Config::default()
        };
        let quick = strategy::Config { period: 2, ..strategy::Config::default() };
        let mut driver = Driver::new(&config, &quick);
        for (day, prices) in days.into_iter().enumerate() {
            driver.step(SYMBOLS.iter().zip(prices).map(|(symbol, prices)| bar(symbol, day, prices)).collect());
            let Some(account) = account(&driver) else { continue };
            prop_assert!(account.cash >= Decimal::ZERO && account.free_cash().expect("fits") >= Decimal::ZERO);
            for holding in holdings(&driver) {
                prop_assert!(holding.position.quantity >= Decimal::ZERO, "long only");
            }
        }
        let ledger = driver.ledger();
        if let Some(account) = account(&driver) {
            let equity = account.equity().expect("fits");
            prop_assert_eq!((account.cash, equity), (ledger.cash(), ledger.equity().expect("fits")));
            let held = holdings(&driver);
            let realized: Decimal = held.iter().map(|holding| holding.position.realized).sum();
            let unrealized = held.iter().map(|holding| holding.position.unrealized(holding.mark.unwrap_or_default()));
            let unrealized: Decimal = unrealized.map(|profit| profit.expect("fits")).sum();
            prop_assert_eq!(equity - Decimal::from(1000), realized + unrealized - account.fees);
            let reserved: Decimal = held.iter().flat_map(|holding| holding.orders.values()).map(|order| order.reserved).sum();
            prop_assert_eq!(account.reserved, reserved, "only open orders reserve cash");
        }
        orders_end_once(&driver)?;
    }
}

/// Each order has at most one terminal status, is open in the portfolio exactly without one, and its fills add up.
fn orders_end_once(driver: &Driver) -> Result<(), TestCaseError> {
    let mut ended: BTreeMap<String, bool> = BTreeMap::new();
    let mut filled: BTreeMap<String, Decimal> = BTreeMap::new();
    for payload in &driver.log {
        let Payload::ExecutorExecution(execution) = payload else {
            continue;
        };
        let id = execution.order_id.to_string();
        prop_assert!(
            !ended.get(&id).copied().unwrap_or_default(),
            "nothing follows a terminal status"
        );
        let terminal = [
            OrderStatus::Filled,
            OrderStatus::Canceled,
            OrderStatus::Rejected,
        ]
        .contains(&execution.status);
        ended.insert(id.clone(), terminal);
        let total = filled.entry(id).or_default();
        *total += execution
            .last_quantity
            .map_or(Decimal::ZERO, |quantity| quantity.get());
        prop_assert_eq!(*total, execution.cumulative_quantity.get());
        let open = execution.order_quantity.get() - *total;
        prop_assert_eq!(
            execution.leaves_quantity.get(),
            if terminal { Decimal::ZERO } else { open }
        );
    }
    let open: usize = holdings(driver)
        .iter()
        .map(|holding| holding.orders.len())
        .sum();
    prop_assert_eq!(open, ended.values().filter(|ended| !**ended).count());
    Ok(())
}
