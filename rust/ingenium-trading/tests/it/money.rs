//! What holds after each event, whatever the signals, prices and fills: no cent is lost, none is spent twice.

use std::collections::BTreeMap;

use ingenium_trading::portfolio::{OpenOrder, Portfolio};
use ingenium_trading::risk::{Margin, Mode, TradingState};
use ingenium_trading::sizing::{AtrRisk, Kelly, Sizing, VolTarget};
use ingenium_types::event::{ExecutionType, OrderSide, OrderStatus, SignalDirection};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::scene::{Scene, number, order, second};
use crate::venue::{CASH, Ticket, account, holding, portfolio, tick, wish};

/// What happens next: kind, and numbers that say what.
type Step = (u8, u8, u32, u32);

/// An order at the venue.
struct Live {
    ticket: Ticket,
    cap: Option<Decimal>,
    filled: Decimal,
    spent: Decimal,
}

/// A portfolio, a venue that keeps to `MaxNotional`, and what its fills add up to.
struct Market {
    scene: Scene<Portfolio>,
    live: Vec<Live>,
    held: BTreeMap<String, Decimal>,
    now: i64,
    count: u32,
    /// Sides and quantities of all orders.
    orders: usize,
}

const SYMBOLS: [&str; 2] = ["A", "A/B"];

impl Market {
    fn new(role: Portfolio) -> Self {
        Self {
            scene: Scene::new(role),
            live: Vec::new(),
            held: BTreeMap::new(),
            now: 1,
            count: 0,
            orders: 0,
        }
    }

    fn step(&mut self, (kind, which, a, b): Step) {
        self.now += i64::from(b % 3);
        self.count += 1;
        let symbol = SYMBOLS[usize::from(which) % 2];
        match kind % 5 {
            0 => {
                let close = Decimal::new(i64::from(a % 40_000) + 1, 2);
                self.give(tick(symbol, self.now, close));
            }
            1 | 2 => {
                let direction = SignalDirection::ALL[a as usize % 3];
                let mut signal = wish(symbol, direction, self.now);
                signal.stop_price = Decimal::new(i64::from(b % 40_000), 2)
                    .to_string()
                    .parse()
                    .ok();
                self.give(signal);
            }
            _ if self.live.is_empty() => {}
            3 => self.fill(a, b),
            _ => self.end(a),
        }
    }

    fn give(&mut self, payload: impl Into<ingenium_types::Payload>) {
        let id = format!("e-{}", self.count);
        let (_, emitted) = self.scene.give_as(&id, payload, second(self.now));
        for emission in emitted {
            let order = order(&emission);
            self.orders += 1;
            assert_eq!(order.side == OrderSide::Buy, order.max_notional.is_some());
            self.live.push(Live {
                ticket: Ticket::of(&order),
                cap: order.max_notional.map(|cap| cap.get()),
                filled: Decimal::ZERO,
                spent: Decimal::ZERO,
            });
        }
    }

    /// Fills a part of an order, at any price and fee that its `MaxNotional` has room for.
    fn fill(&mut self, a: u32, b: u32) {
        let at = a as usize % self.live.len();
        let live = &mut self.live[at];
        let price = Decimal::new(i64::from(b % 50_000) + 1, 2);
        let fee = Decimal::new(i64::from(b % 7), 2);
        let left = live.ticket.quantity - live.filled;
        let mut quantity = (left * Decimal::new(i64::from(a % 100) + 1, 2))
            .ceil()
            .min(left);
        if let Some(cap) = live.cap {
            quantity = quantity.min(((cap - live.spent - fee) / price).floor());
        }
        let proceeds = live.cap.is_none() && quantity * price < fee;
        if quantity <= Decimal::ZERO || proceeds {
            return;
        }
        live.filled += quantity;
        live.spent += quantity * price + fee;
        let execution = format!("x-{}", self.count);
        let deal = (quantity, price, fee);
        let report = live.ticket.fill(&execution, deal, live.filled, self.now);
        let signed = match live.ticket.side {
            OrderSide::Buy => quantity,
            OrderSide::Sell => -quantity,
        };
        *self.held.entry(live.ticket.symbol.clone()).or_default() += signed;
        if live.filled == live.ticket.quantity {
            self.live.remove(at);
        }
        self.give(report);
    }

    fn end(&mut self, a: u32) {
        let at = a as usize % self.live.len();
        let live = self.live.remove(at);
        let (exec_type, status) = match a % 3 {
            0 if live.filled.is_zero() => (ExecutionType::Rejected, OrderStatus::Rejected),
            1 => (ExecutionType::Expired, OrderStatus::Expired),
            _ => (ExecutionType::Canceled, OrderStatus::Canceled),
        };
        let execution = format!("x-{}", self.count);
        let report = live
            .ticket
            .report(&execution, exec_type, status, live.filled, self.now);
        self.give(report);
    }

    /// Position and profit, exactly.
    fn check(&self) {
        let account = account(&self.scene);
        let (mut profit, mut value, mut reserved) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for symbol in SYMBOLS {
            let holding = holding(&self.scene, symbol);
            let filled = self.held.get(symbol).copied().unwrap_or_default();
            assert_eq!(holding.position.quantity, filled, "{symbol}");
            let mark = holding.mark.unwrap_or_default();
            profit += holding.position.realized;
            profit += holding.position.unrealized(mark).expect("fits");
            value += holding.position.value(mark).expect("fits");
            reserved += holding
                .orders
                .values()
                .map(|order| order.reserved)
                .sum::<Decimal>();
        }
        assert_eq!((account.value, account.reserved), (value, reserved));
        let equity = account.equity().expect("fits");
        assert_eq!(equity - Decimal::from(CASH), profit - account.fees);
    }

    /// Nothing on credit, nothing sold that is not held.
    fn check_long_only(&self) {
        let account = account(&self.scene);
        assert!(account.cash >= Decimal::ZERO, "{account:?}");
        assert!(
            account.free_cash().expect("fits") >= Decimal::ZERO,
            "{account:?}"
        );
        for symbol in SYMBOLS {
            let holding = holding(&self.scene, symbol);
            let sells = holding
                .orders
                .values()
                .filter(|order| order.side == OrderSide::Sell);
            let selling: Decimal = sells.map(|order| order.leaves().expect("fits")).sum();
            assert!(holding.position.quantity >= selling, "{symbol} {holding:?}");
        }
    }
}

fn sizings() -> impl Strategy<Value = Sizing> {
    let share = |n: i64| Decimal::new(n, 3);
    prop_oneof![
        (1_i64..60).prop_map(|n| Sizing::FixedQuantity(Decimal::from(n))),
        (1_i64..9_000).prop_map(|n| Sizing::FixedNotional(Decimal::from(n))),
        (1_i64..=1000).prop_map(move |n| Sizing::PercentEquity(share(n))),
        (1_i64..=1000).prop_map(move |n| Sizing::TargetWeight(share(n))),
        (1_i64..200).prop_map(move |n| Sizing::RiskPerTrade(share(n))),
        (1_i64..500, 2_u32..4).prop_map(move |(n, bars)| Sizing::VolTarget(VolTarget {
            target: share(n),
            cap: Decimal::ONE,
            bars,
            periods: 252,
        })),
        (1_i64..200, 1_u32..4).prop_map(move |(n, bars)| Sizing::Atr(AtrRisk {
            risk: share(n),
            multiple: Decimal::TWO,
            bars,
        })),
        (500_i64..1000).prop_map(move |n| Sizing::Kelly(Kelly {
            fraction: share(500),
            win_rate: share(n),
            payoff: Decimal::TWO,
            cap: Decimal::ONE,
        })),
        (1_u32..9).prop_map(Sizing::EqualWeight),
    ]
}

/// What happens, in fewer than `most` events.
fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_u8..5, 0_u8..2, any::<u32>(), any::<u32>()), 4..most)
}

fn credit() -> Mode {
    Mode::Margin(Margin {
        initial: number("0.5"),
        maintenance: number("0.25"),
    })
}

fn modes() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::LongOnly), Just(credit())]
}

fn market(sizing: Sizing, mode: Mode) -> Market {
    let mut role = portfolio(sizing);
    role.mode = mode;
    role.keep.fills = 2;
    Market::new(role)
}

#[test]
fn the_generated_markets_trade() {
    let mut market = market(Sizing::FixedQuantity(Decimal::TEN), Mode::LongOnly);
    for n in 0..200_u32 {
        market.step(((n % 5) as u8, (n / 5 % 2) as u8, n * 7919, n * 104_729));
        market.check();
        market.check_long_only();
    }
    assert!(
        market.orders > 20,
        "{} orders say too little",
        market.orders
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn without_margin_cash_is_never_overdrawn(sizing in sizings(), steps in steps(24)) {
        let mut market = market(sizing, Mode::LongOnly);
        for step in steps {
            market.step(step);
            market.check();
            market.check_long_only();
        }
    }

    #[test]
    fn with_margin_no_cent_is_lost(sizing in sizings(), steps in steps(24)) {
        let mut market = market(sizing, credit());
        for step in steps {
            market.step(step);
            market.check();
        }
    }

    #[test]
    fn halted_gives_no_orders(sizing in sizings(), mode in modes(), steps in steps(24)) {
        let mut market = market(sizing, mode);
        market.scene.role.limits.state = TradingState::Halted;
        for step in steps {
            market.step(step);
        }
        prop_assert_eq!(market.orders, 0);
    }

    #[test]
    fn reducing_never_makes_a_position_larger(
        sizing in sizings(),
        mode in modes(),
        before in steps(16),
        after in steps(12),
    ) {
        let mut market = market(sizing, mode);
        for step in before {
            market.step(step);
        }
        // What was decided before may still be filled; it ends here.
        while !market.live.is_empty() {
            market.count += 1;
            market.end(2);
        }
        market.scene.role.limits.state = TradingState::Reducing;
        for step in after {
            let sizes = SYMBOLS.map(|symbol| holding(&market.scene, symbol).position.quantity);
            market.step(step);
            for (symbol, before) in SYMBOLS.into_iter().zip(sizes) {
                let now = holding(&market.scene, symbol);
                prop_assert!(now.position.quantity.abs() <= before.abs());
                let crossed = now.position.quantity * before < Decimal::ZERO;
                prop_assert!(!crossed, "{symbol} {before}");
                let leaves = |order: &OpenOrder| order.leaves().expect("fits");
                let open: Decimal = now.orders.values().map(leaves).sum();
                prop_assert!(open <= now.position.quantity.abs());
            }
        }
    }
}
