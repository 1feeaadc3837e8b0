//! What holds for any bars and orders: the same fills whenever an order arrives, sums that add up, prices that were
//! there, and never a panic.

use std::collections::BTreeMap;

use ingenium_trading::Emission;
use ingenium_trading::executor::{Fees, PaperExecutor, Slippage};
use ingenium_trading::order::{Change, State, transition};
use ingenium_types::Payload;
use ingenium_types::event::{
    DataEvent, ExecutionEvent, MarketData, OhlcData, OrderEvent, OrderSide, OrderTimeInForce,
    OrderType,
};
use ingenium_types::scalar::{PositiveDecimal, UtcTimestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use rust_decimal::Decimal;

use crate::any_market::{any_decimal, bars, order, role, rows, signed, slot};
use crate::market::{plain, scalar};
use crate::scene::Scene;

const CASES: u32 = 10_000;

fn said(emission: Emission) -> ExecutionEvent {
    match emission.payload {
        Payload::ExecutorExecution(said) => said,
        other => panic!("an executor says executions: {other:?}"),
    }
}

/// What each order is told, where each arrives before so many bars.
fn told(
    role: &PaperExecutor,
    bars: &[DataEvent],
    orders: &[(OrderEvent, usize)],
) -> BTreeMap<String, Vec<ExecutionEvent>> {
    let mut scene = Scene::new(role.clone());
    let mut told: BTreeMap<String, Vec<ExecutionEvent>> = BTreeMap::new();
    for place in 0..=bars.len() {
        let arriving = orders
            .iter()
            .filter(|(_, arrives)| (*arrives).min(bars.len()) == place)
            .map(|(order, _)| Payload::from(order.clone()));
        let bar = bars.get(place).map(|bar| Payload::from(bar.clone()));
        for payload in arriving.chain(bar) {
            for emission in scene.give(payload, slot(40)) {
                let said = said(emission);
                told.entry(said.order_id.to_string())
                    .or_default()
                    .push(said);
            }
        }
    }
    told
}

fn named(orders: Vec<(OrderEvent, usize)>) -> Vec<(OrderEvent, usize)> {
    let name = |(place, (mut order, arrives)): (usize, (OrderEvent, usize))| {
        order.order_id = Some(scalar(&format!("o{place}")));
        (order, arrives)
    };
    orders.into_iter().enumerate().map(name).collect()
}

/// I-EXE-1 to I-EXE-8, I-EXE-14.
fn check_life(role: &PaperExecutor, order: &OrderEvent, life: &[ExecutionEvent]) {
    let zero = Decimal::ZERO;
    let (mut state, mut filled, mut cost, mut fees) = (State::Unanswered, zero, zero, zero);
    let mut last = None;
    for said in life {
        let change = Change::of(said).expect("a type of the contract");
        state = transition(state, change).expect("it may follow");
        assert_eq!(state.status(), Some(said.status));
        assert!(last <= Some(said.timestamp), "time goes on: {life:#?}");
        last = Some(said.timestamp);
        if let (Some(quantity), Some(price)) = (said.last_quantity, said.last_price) {
            filled += quantity.get();
            cost += quantity.get() * price.get();
            fees += said.commission.expect("a fee").get();
            assert_eq!(said.cumulative_cost.expect("a cost").get(), cost);
            assert_eq!(said.cumulative_commission.expect("fees").get(), fees);
            if let Some(limit) = order.limit_price {
                match order.side {
                    OrderSide::Buy => assert!(price <= limit),
                    OrderSide::Sell => assert!(price >= limit),
                }
            }
        }
        assert_eq!(said.cumulative_quantity.get(), filled);
        let open = if state.is_ended() {
            zero
        } else {
            order.quantity.get() - filled
        };
        assert_eq!(said.leaves_quantity.get(), open);
    }
    assert!(filled <= order.quantity.get());
    match order.time_in_force {
        Some(OrderTimeInForce::Fok) => {
            assert!(filled.is_zero() || filled == order.quantity.get());
            assert!(life.len() <= 2);
        }
        Some(OrderTimeInForce::Ioc) if life.len() > 1 => assert!(state.is_ended()),
        _ => {}
    }
    if let Some(cap) = order.max_notional {
        assert!(cost + fees <= cap.get(), "{role:?} {life:#?}");
    }
}

/// I-EXE-15 and I-EXE-16.
fn check_bars(role: &PaperExecutor, bars: &[DataEvent], fills: &[ExecutionEvent]) {
    let mut by_bar: BTreeMap<UtcTimestamp, Decimal> = BTreeMap::new();
    for said in fills {
        let (Some(quantity), Some(price)) = (said.last_quantity, said.last_price) else {
            continue;
        };
        // A fill at an open is dated with the bar's start, any other with its end: of two bars that meet there, the one
        // whose prices hold it.
        let slip = price.get().abs() * Decimal::new(3, 3) + Decimal::new(2, 2);
        let bar = bars.iter().find(|bar| {
            let MarketData::Ohlc(ohlc) = &bar.data else {
                return false;
            };
            let dated =
                said.timestamp == bar.timestamp || Some(said.timestamp) == bar.end_timestamp;
            let traded =
                ohlc.low.get() - slip <= price.get() && price.get() <= ohlc.high.get() + slip;
            dated && traded && !ohlc.volume.get().is_zero()
        });
        assert!(bar.is_some(), "no bar had this price: {said:#?}");
        *by_bar.entry(said.timestamp).or_default() += quantity.get();
    }
    for (time, taken) in by_bar {
        let there: Decimal = bars
            .iter()
            .filter(|bar| bar.timestamp == time || bar.end_timestamp == Some(time))
            .filter_map(|bar| match &bar.data {
                MarketData::Ohlc(ohlc) => Some(ohlc.volume.get() * role.participation),
                _ => None,
            })
            .sum();
        assert!(taken <= there, "{taken} of {there} at {time}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    /// I-SYS-3 (a): with volume for all, what an order is told does not depend on when it arrives, to the ids.
    #[test]
    fn arrival_makes_no_difference(
        role in role(),
        rows in rows(2_000, 1_000),
        orders in prop::collection::vec((order(), 0_usize..14, 0_usize..14), 1..4),
    ) {
        let bars = bars(&rows);
        let at = |pick: fn(&(OrderEvent, usize, usize)) -> usize| {
            named(orders.iter().map(|order| (order.0.clone(), pick(order))).collect())
        };
        let (one, other) = (at(|order| order.1), at(|order| order.2));
        prop_assert_eq!(told(&role, &bars, &one), told(&role, &bars, &other));
    }

    /// The same of one order that has to share with nobody, whatever the volume.
    #[test]
    fn arrival_makes_no_difference_where_volume_is_thin(
        role in role(),
        rows in rows(30, 0),
        order in order(),
        one in 0_usize..14,
        other in 0_usize..14,
    ) {
        let bars = bars(&rows);
        let at = |arrives| told(&role, &bars, &named(vec![(order.clone(), arrives)]));
        prop_assert_eq!(at(one), at(other));
    }

    /// The table of the executor's documentation, said once more in the shortest way: MARKET, LIMIT and STOP orders
    /// that live for ever, in a market that has volume for all.
    #[test]
    fn prices_are_those_of_the_table(
        rows in rows(2_000, 1_000),
        mut order in order(),
    ) {
        order.time_in_force = None;
        order.expires_at = None;
        order.max_notional = None;
        let is_buy = order.side == OrderSide::Buy;
        let expected = bars(&rows).iter().find_map(|bar| {
            let MarketData::Ohlc(ohlc) = &bar.data else { return None };
            let (open, low, high) = (ohlc.open, ohlc.low, ohlc.high);
            if bar.timestamp < order.timestamp? {
                return None;
            }
            match (order.type_, order.limit_price, order.stop_price) {
                (OrderType::Market, ..) => Some(open),
                (OrderType::Limit, Some(limit), _) if is_buy => (low < limit).then(|| limit.min(open)),
                (OrderType::Limit, Some(limit), _) => (high > limit).then(|| limit.max(open)),
                (OrderType::Stop, _, Some(stop)) if is_buy => (high >= stop).then(|| stop.max(open)),
                (OrderType::Stop, _, Some(stop)) => (low <= stop).then(|| stop.min(open)),
                _ => None,
            }
        });
        if !matches!(order.type_, OrderType::StopLimit | OrderType::TrailingStop) {
            let told = told(&plain(), &bars(&rows), &named(vec![(order, 0)]));
            let fill = told["o0"].iter().find_map(|said| said.last_price);
            prop_assert_eq!(fill, expected);
        }
    }

    #[test]
    fn lives_add_up(
        role in role(),
        rows in rows(60, 0),
        orders in prop::collection::vec((order(), 0_usize..14), 1..5),
    ) {
        let bars = bars(&rows);
        let orders = named(orders);
        let told = told(&role, &bars, &orders);
        prop_assert_eq!(told.len(), orders.len(), "every order is answered");
        let mut fills = Vec::new();
        for (order, _) in &orders {
            let life = &told[order.order_id.as_ref().expect("a name").as_str()];
            check_life(&role, order, life);
            fills.extend(life.iter().cloned());
        }
        check_bars(&role, &bars, &fills);
    }

    #[test]
    fn no_decimal_makes_it_panic(
        mut role in role(),
        numbers in prop::collection::vec((any_decimal(), any::<bool>()), 16),
        mut orders in prop::collection::vec(order(), 1..3),
    ) {
        let price = |place: usize| scalar::<ingenium_types::scalar::InstrumentPrice>(
            &signed(&numbers[place].0, numbers[place].1));
        let amount = |place: usize| numbers[place].0.parse::<PositiveDecimal>().ok();
        let exact = |place: usize| numbers[place].0.parse::<Decimal>().expect("a decimal");
        for order in &mut orders {
            order.limit_price = order.limit_price.map(|_| price(0));
            order.stop_price = order.stop_price.map(|_| price(1));
            order.trail_amount = order.trail_amount.and(amount(2)).or(order.trail_amount);
            order.trail_percent = order.trail_percent.and(amount(3)).or(order.trail_percent);
            order.max_notional = order.max_notional.and(amount(4));
            order.quantity = amount(5).unwrap_or(order.quantity);
        }
        role.lot = Decimal::new(1, 8);
        role.slippage = match role.slippage {
            Slippage::None => Slippage::None,
            Slippage::Bps(_) => Slippage::Bps(exact(6)),
            Slippage::Ticks { .. } => Slippage::Ticks { count: exact(6), size: exact(7) },
            Slippage::VolumeShare { .. } => Slippage::VolumeShare { impact: exact(6), limit: exact(7) },
        };
        role.fees = match role.fees {
            Fees::Bps(_) => Fees::Bps(exact(8)),
            Fees::PerShare { .. } => Fees::PerShare {
                rate: exact(8), minimum: exact(9), maximum_percent: Some(exact(10)),
            },
            other => other,
        };
        let mut bars = Vec::new();
        for place in 0..2_usize {
            let mut prices = [11, 12, 13].map(|number| price(number + place));
            prices.sort();
            let [low, open, high] = prices;
            let volume = numbers[14 + place].0.parse().expect("a volume");
            let ohlc = OhlcData::new(open, high, low, if place == 0 { low } else { high }, volume);
            let start = 4 * i64::try_from(place).expect("two");
            let mut bar = DataEvent::new(scalar("A"), slot(start), MarketData::Ohlc(ohlc));
            bar.end_timestamp = Some(slot(start + 4));
            bars.push(bar);
        }
        let orders = named(orders.into_iter().map(|mut order| {
            order.timestamp = Some(slot(0));
            order.expires_at = order.expires_at.map(|_| slot(5));
            (order, 0)
        }).collect());
        let told = told(&role, &bars, &orders);
        prop_assert_eq!(told.len(), orders.len(), "every order is answered");
    }
}

/// The generated runs see all that there is to see.
#[test]
fn the_generated_runs_trade() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let runs = (
        role(),
        rows(60, 0),
        prop::collection::vec((order(), 0_usize..14), 1..5),
    );
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..1_000 {
        let run = runs.new_tree(&mut runner).expect("a run").current();
        let (role, rows, orders) = run;
        for (_, life) in told(&role, &bars(&rows), &named(orders)) {
            for said in life {
                let reason = said.cancel_reason.as_ref().map(ToString::to_string);
                let reject = said.reject_reason.as_ref().map(ToString::to_string);
                let flag = said.liquidity.map(|flag| flag.to_string());
                let more = reason.or(reject).or(flag).unwrap_or_default();
                *seen
                    .entry(format!("{} {} {more}", said.exec_type, said.status))
                    .or_default() += 1;
            }
        }
    }
    let told = |text: &str| seen.get(text).copied().unwrap_or_default();
    for text in [
        "NEW NEW ",
        "TRIGGERED NEW ",
        "TRADE PARTIALLY_FILLED ",
        "TRADE PARTIALLY_FILLED MAKER",
        "TRADE FILLED ",
        "TRADE FILLED MAKER",
        "TRADE FILLED TAKER",
        "CANCELED CANCELED IOC_REMAINDER",
        "CANCELED CANCELED FOK_UNFILLED",
        "CANCELED CANCELED MAX_NOTIONAL",
        "EXPIRED EXPIRED ",
        "EXPIRED EXPIRED SESSION_END",
        "REJECTED REJECTED UNSUPPORTED_TIME_IN_FORCE",
    ] {
        assert!(told(text) >= 10, "{text}: {}: {seen:#?}", told(text));
    }
}
