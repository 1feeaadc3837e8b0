//! Orders that this executor does not take, with the reason in words.

use ingenium_types::event::{
    OrderEvent, OrderRejectReason as Reason, OrderTimeInForce as Tif, OrderType,
};
use ingenium_types::exact;
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::PaperExecutor;

/// The reason's code (FIX 103), and field, value and fix.
pub(super) type Refusal = (Reason, String);

impl PaperExecutor {
    /// Why this executor does not take an order; `None` for one that it takes.
    pub(super) fn refuses(&self, order: &OrderEvent, decided: UtcTimestamp) -> Option<Refusal> {
        prices(order)
            .or_else(|| flags(order))
            .or_else(|| lifetime(order, decided))
            .or_else(|| self.quantity(order))
    }

    fn quantity(&self, order: &OrderEvent) -> Option<Refusal> {
        let whole = exact::floor_to(order.quantity.get(), self.lot);
        (whole != Ok(order.quantity.get().normalize())).then(|| {
            let text = format!(
                "Quantity is {}: send a multiple of the lot {}",
                order.quantity, self.lot
            );
            (Reason::IncorrectQuantity, text)
        })
    }
}

/// The prices that the type needs. The schema asks for them, too.
fn prices(order: &OrderEvent) -> Option<Refusal> {
    let missing = match order.type_ {
        OrderType::Limit | OrderType::StopLimit if order.limit_price.is_none() => "LimitPrice",
        OrderType::Stop | OrderType::StopLimit if order.stop_price.is_none() => "StopPrice",
        OrderType::TrailingStop
            if order.trail_amount.is_none() && order.trail_percent.is_none() =>
        {
            "TrailAmount or TrailPercent"
        }
        OrderType::TrailingStop => {
            let percent = order.trail_percent?;
            let text = format!("TrailPercent is {percent}: send less than 100");
            return (percent.get() >= Decimal::ONE_HUNDRED).then_some((Reason::InvalidPrice, text));
        }
        OrderType::Market | OrderType::Limit | OrderType::Stop | OrderType::StopLimit => {
            return None;
        }
    };
    let text = format!("Type is {} without {missing}: send one", order.type_);
    Some((Reason::InvalidPrice, text))
}

/// What a simulation from bars cannot honour: it knows no positions and no order book.
fn flags(order: &OrderEvent) -> Option<Refusal> {
    let flag = if order.post_only == Some(true) {
        "PostOnly"
    } else if order.reduce_only == Some(true) {
        "ReduceOnly"
    } else {
        return None;
    };
    let text = format!("{flag} is true, which is not simulated here: leave it out");
    // FIX 103=11: unsupported order characteristic.
    Some((Reason::UnsupportedOrderType, text))
}

/// Which types may have which time in force, and what belongs to GTD.
fn lifetime(order: &OrderEvent, decided: UtcTimestamp) -> Option<Refusal> {
    let tif = order.time_in_force.unwrap_or(Tif::Gtc);
    let waits = matches!(
        order.type_,
        OrderType::Stop | OrderType::StopLimit | OrderType::TrailingStop
    );
    let unsupported = |text| Some((Reason::UnsupportedTimeInForce, text));
    match (tif, order.expires_at) {
        // Exchanges do not take them: at once and at the auction there is nothing to wait for.
        (Tif::Ioc | Tif::Fok | Tif::Opg | Tif::Cls, _) if waits => unsupported(format!(
            "TimeInForce is {tif} of a {} order: send GTC, DAY or GTD",
            order.type_
        )),
        (Tif::Gtd, None) => {
            unsupported("TimeInForce is GTD without ExpiresAt: send one, or GTC".to_owned())
        }
        (Tif::Gtd, Some(end)) if end <= decided => Some((
            Reason::StaleOrder,
            format!("ExpiresAt is {end}, the order is of {decided}: send a later end"),
        )),
        (Tif::Gtd, Some(_)) | (_, None) => None,
        (_, Some(end)) => unsupported(format!(
            "ExpiresAt is {end} and TimeInForce is {tif}: send GTD, or no ExpiresAt"
        )),
    }
}
