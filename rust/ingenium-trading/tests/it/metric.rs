//! Statistics: what other packages say of the same series, what trades are, and what holds for any input.

pub(crate) mod golden;
mod properties;
mod trades;

use ingenium_trading::metric::{Fill, Prices, Recorder};
use ingenium_types::event::OrderSide;
use ingenium_types::scalar::{InstrumentSymbol, UtcTimestamp};
use rust_decimal::Decimal;

use crate::scene::number;

fn midnight(date: &str) -> UtcTimestamp {
    format!("{date}T00:00:00Z").parse().expect("a date")
}

fn symbol(text: &str) -> InstrumentSymbol {
    text.parse().expect("a symbol")
}

/// A fill of `quantity`, negative for a SELL, at a price decided on.
fn fill(at: UtcTimestamp, quantity: Decimal, price: Decimal, fee: Decimal) -> Fill {
    let side = if quantity.is_sign_negative() {
        OrderSide::Sell
    } else {
        OrderSide::Buy
    };
    Fill {
        symbol: symbol("A"),
        order_id: format!("order-{}", at.as_nanoseconds())
            .parse()
            .expect("an order id"),
        side,
        quantity: quantity
            .abs()
            .to_string()
            .parse()
            .expect("a quantity above zero"),
        price,
        commission: fee,
        at,
        decision_price: Some(price),
    }
}

fn bar(recorder: &mut Recorder, start: UtcTimestamp, low: &str, high: &str) {
    let (low, high) = (number(low), number(high));
    let prices = Prices {
        low,
        high,
        close: high,
    };
    recorder.bar(&symbol("A"), start, prices);
}
