//! From a signal to an order, or the reason why not.

use ingenium_types::event::{OrderEvent, OrderSide, OrderType, SignalDirection, SignalEvent};
use ingenium_types::exact;
use ingenium_types::scalar::{ClientOrderId, PositiveDecimal, Scalar as _};
use rust_decimal::Decimal;

use super::{Account, Holding, Portfolio};
use crate::role::{Input, Outbox};
use crate::sizing::Means;

/// The number of the first order that a signal causes.
pub(super) const FIRST_ORDER: &str = "1";

/// The order that follows from `signal`.
///
/// # Errors
/// A reason code where no order follows.
pub(super) fn decide(
    portfolio: &Portfolio,
    account: &Account,
    holding: &Holding,
    signal: &SignalEvent,
    input: &Input<'_>,
    outbox: &Outbox,
) -> Result<OrderEvent, &'static str> {
    if signal.expires_at.is_some_and(|expiry| expiry < input.time) {
        return Err("signal_expired");
    }
    let (side, quantity, max_notional) = match signal.signal {
        SignalDirection::Long => {
            let purchase = buy(portfolio, account, holding)?;
            (
                OrderSide::Buy,
                purchase.quantity,
                Some(purchase.max_notional),
            )
        }
        SignalDirection::Short | SignalDirection::Flat => (OrderSide::Sell, sell(holding)?, None),
    };
    let quantity = PositiveDecimal::new(quantity).ok_or("order_exceeds_limit")?;
    let id = outbox.id(&[
        &input.cause.source,
        &input.cause.id,
        signal.symbol.as_str(),
        FIRST_ORDER,
    ]);
    let mut order = OrderEvent::new(side, quantity, signal.symbol.clone(), OrderType::Market);
    order.order_id = ClientOrderId::parse(&id.hex());
    order.timestamp = Some(signal.timestamp.unwrap_or(input.time));
    order.max_notional = match max_notional {
        Some(cap) => Some(stated(cap).ok_or("order_exceeds_limit")?),
        None => None,
    };
    order.portfolio = Some(portfolio.name.clone());
    order.strategy.clone_from(&signal.strategy);
    Ok(order)
}

/// A cap as the wire states it. A share of an equity with many decimals may have more than the wire takes; ten always
/// fit, and rounding a cap down never spends more.
fn stated(cap: Decimal) -> Option<PositiveDecimal> {
    PositiveDecimal::new(cap).or_else(|| PositiveDecimal::new(cap.trunc_with_scale(10)))
}

fn buy(
    portfolio: &Portfolio,
    account: &Account,
    holding: &Holding,
) -> Result<crate::sizing::Purchase, &'static str> {
    if holding.position.quantity > Decimal::ZERO {
        return Err("already_long");
    }
    if holding
        .orders
        .values()
        .any(|order| order.side == OrderSide::Buy)
    {
        return Err("buy_already_open");
    }
    let price = holding.mark.ok_or("no_known_price")?;
    if price <= Decimal::ZERO {
        return Err("price_not_positive");
    }
    let (Ok(equity), Ok(free_cash)) = (account.equity(), account.free_cash()) else {
        return Err("amount_inexact");
    };
    let means = Means { equity, free_cash };
    match portfolio.sizing.purchase(means, price, portfolio.terms) {
        Ok(Some(purchase)) => Ok(purchase),
        Ok(None) => Err("below_minimum"),
        Err(_) => Err("amount_inexact"),
    }
}

/// What is held and not yet being sold.
fn sell(holding: &Holding) -> Result<Decimal, &'static str> {
    let mut free = holding.position.quantity;
    for order in holding
        .orders
        .values()
        .filter(|order| order.side == OrderSide::Sell)
    {
        let leaves = order.leaves().map_err(|_| "amount_inexact")?;
        free = exact::sub(free, leaves).map_err(|_| "amount_inexact")?;
    }
    if free <= Decimal::ZERO {
        return Err("nothing_to_sell");
    }
    Ok(free)
}
