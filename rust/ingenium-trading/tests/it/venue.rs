//! A portfolio and a venue that does with its orders what it is told.

use ingenium_trading::portfolio::{Account, Entry, Holding, OpenOrder, Portfolio};
use ingenium_trading::sizing::{Sizing, Terms};
use ingenium_trading::{Disposition, Emission};
use ingenium_types::event::{
    DataEvent, ExecutionEvent, ExecutionType, MarketData, OhlcData, OrderEvent, OrderSide,
    OrderStatus, SignalDirection, SignalEvent,
};
use ingenium_types::scalar::{NonNegativeDecimal, PositiveDecimal};
use rust_decimal::Decimal;

use crate::scene::{Scene, number, second};

pub(crate) const CASH: i64 = 10_000;

/// A long-only portfolio with a lot of one and without fees of its own.
pub(crate) fn portfolio(sizing: Sizing) -> Portfolio {
    let terms = Terms {
        lot: Decimal::ONE,
        fee_bps: Decimal::ZERO,
        gap_allowance: number("0.10"),
    };
    let name = "main".parse().expect("a name");
    Portfolio::new(name, Decimal::from(CASH), sizing, terms)
}

/// A bar of a second that ends at `end`, with one price.
pub(crate) fn tick(symbol: &str, end: i64, close: Decimal) -> DataEvent {
    let price = close.to_string().parse().expect("a price");
    let ohlc = OhlcData::new(price, price, price, price, "1".parse().expect("a volume"));
    let mut event = DataEvent::new(
        symbol.parse().expect("a symbol"),
        second(end - 1),
        MarketData::Ohlc(ohlc),
    );
    event.end_timestamp = Some(second(end));
    event
}

pub(crate) fn wish(symbol: &str, direction: SignalDirection, at: i64) -> SignalEvent {
    let mut signal = SignalEvent::new(symbol.parse().expect("a symbol"), direction);
    signal.timestamp = Some(second(at));
    signal
}

/// What an execution is about.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) symbol: String,
    pub(crate) side: OrderSide,
    pub(crate) quantity: Decimal,
}

impl Ticket {
    pub(crate) fn of(order: &OrderEvent) -> Self {
        Self {
            id: order.order_id.as_ref().expect("an id").to_string(),
            symbol: order.symbol.to_string(),
            side: order.side,
            quantity: order.quantity.get(),
        }
    }

    /// An execution; `filled` in all.
    pub(crate) fn report(
        &self,
        execution: &str,
        exec_type: ExecutionType,
        status: OrderStatus,
        filled: Decimal,
        at: i64,
    ) -> ExecutionEvent {
        let positive = |value: Decimal| PositiveDecimal::new(value).expect("a quantity");
        let natural = |value: Decimal| NonNegativeDecimal::new(value).expect("a quantity");
        let open = matches!(status, OrderStatus::New | OrderStatus::PartiallyFilled);
        let leaves = if open {
            (self.quantity - filled).max(Decimal::ZERO)
        } else {
            Decimal::ZERO
        };
        ExecutionEvent::new(
            self.id.parse().expect("an id"),
            execution.parse().expect("an id"),
            self.symbol.parse().expect("a symbol"),
            self.side,
            exec_type,
            status,
            positive(self.quantity),
            natural(filled),
            natural(leaves),
            second(at),
        )
    }

    /// A fill; `filled` in all.
    pub(crate) fn fill(
        &self,
        execution: &str,
        deal: (Decimal, Decimal, Decimal),
        filled: Decimal,
        at: i64,
    ) -> ExecutionEvent {
        let status = if filled == self.quantity {
            OrderStatus::Filled
        } else {
            OrderStatus::PartiallyFilled
        };
        let report = self.report(execution, ExecutionType::Trade, status, filled, at);
        with_deal(report, deal)
    }
}

/// The report with quantity, price and fee.
pub(crate) fn with_deal(
    mut report: ExecutionEvent,
    (quantity, price, fee): (Decimal, Decimal, Decimal),
) -> ExecutionEvent {
    report.last_quantity = PositiveDecimal::new(quantity);
    report.last_price = price.to_string().parse().ok();
    report.commission = fee.to_string().parse().ok();
    report.commission_currency = "USD".parse().ok();
    report
}

pub(crate) fn account(scene: &Scene<Portfolio>) -> Account {
    match scene.states.get("account") {
        Some(Entry::Account(account)) => account.clone(),
        _ => Account::new(scene.role.initial_cash),
    }
}

pub(crate) fn holding(scene: &Scene<Portfolio>, symbol: &str) -> Holding {
    match scene.states.get(&format!("symbol/{symbol}")) {
        Some(Entry::Holding(holding)) => holding.clone(),
        _ => Holding::default(),
    }
}

/// Puts an order among the open ones, as if it had been decided.
pub(crate) fn place(scene: &mut Scene<Portfolio>, ticket: &Ticket, at: i64) {
    let mut holding = holding(scene, &ticket.symbol);
    let order = OpenOrder::new(ticket.side, ticket.quantity, Decimal::ZERO, second(at));
    holding.orders.insert(ticket.id.clone(), order);
    let key = format!("symbol/{}", ticket.symbol);
    scene.states.insert(&key, Entry::Holding(holding));
    scene.states.commit();
}

/// Cash, reserved, value and fees, then quantity, cost and realized profit of one symbol.
pub(crate) fn money(scene: &Scene<Portfolio>, symbol: &str) -> [Decimal; 7] {
    let (account, position) = (account(scene), holding(scene, symbol).position);
    [
        account.cash,
        account.reserved,
        account.value,
        account.fees,
        position.quantity,
        position.cost,
        position.realized,
    ]
    .map(|value| value.normalize())
}

/// What was given and what came of it: the reason code of a denial, or side and quantity.
pub(crate) fn outcome((disposition, emitted): (Disposition, Vec<Emission>)) -> String {
    match (disposition, emitted.as_slice()) {
        (Disposition::Ignored(reason), []) => reason.to_owned(),
        (Disposition::Applied, [emission]) => {
            let order = crate::scene::order(emission);
            format!("{} {}", order.side.as_str(), order.quantity)
        }
        (Disposition::Applied, []) => "nothing".to_owned(),
        other => panic!("unexpected {other:?}"),
    }
}
