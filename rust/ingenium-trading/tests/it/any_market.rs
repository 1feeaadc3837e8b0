//! Bars, orders, executors and decimals for generated runs.

use ingenium_trading::executor::{Fees, LimitFill, PaperExecutor, Session, Slippage, Tier, Timing};
use ingenium_types::event::{
    DataEvent, MarketData, OhlcData, OrderEvent, OrderSide, OrderTimeInForce, OrderType,
};
use ingenium_types::scalar::UtcTimestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::market::{plain, scalar};

/// 2020-01-01T00:00:00Z in nanoseconds.
pub(crate) const START: i64 = 1_577_836_800_000_000_000;
/// A bar of six hours; four of them are a session.
pub(crate) const SLOT: i64 = 6 * 3600 * 1_000_000_000;

pub(crate) fn slot(n: i64) -> UtcTimestamp {
    UtcTimestamp::from_nanoseconds(START + n * SLOT / 2).expect("in range")
}

/// Prices in tenths: open, close, and how far high and low lie beyond them; the volume.
pub(crate) type Row = (i64, i64, i64, i64, i64);

/// A bar in every slot of six hours, or none.
pub(crate) fn rows(most_volume: i64, least_volume: i64) -> impl Strategy<Value = Vec<Option<Row>>> {
    let price = || 90_i64..110;
    let row = (
        price(),
        price(),
        0_i64..12,
        0_i64..12,
        least_volume..=most_volume,
    );
    prop::collection::vec(prop::option::weighted(0.8, row), 1..14)
}

pub(crate) fn bars(rows: &[Option<Row>]) -> Vec<DataEvent> {
    let bar = |(place, row): (usize, &Option<Row>)| {
        let (open, close, up, down, volume) = (*row)?;
        let price = |tenths| scalar(&Decimal::new(tenths, 1).to_string());
        let ohlc = OhlcData::new(
            price(open),
            price(open.max(close) + up),
            price(open.min(close) - down),
            price(close),
            scalar(&volume.to_string()),
        );
        let place = 2 * i64::try_from(place).expect("few bars");
        let mut event = DataEvent::new(scalar("A"), slot(place), MarketData::Ohlc(ohlc));
        event.end_timestamp = Some(slot(place + 2));
        Some(event)
    };
    rows.iter().enumerate().filter_map(bar).collect()
}

pub(crate) fn order() -> impl Strategy<Value = OrderEvent> {
    let type_ = prop::sample::select(OrderType::ALL);
    let tif = prop::option::of(prop::sample::select(OrderTimeInForce::ALL));
    let prices = (85_i64..115, 85_i64..115, 1_i64..15, any::<bool>());
    let more = (
        prop::option::weighted(0.2, 1_i64..400),
        prop::option::weighted(0.2, any::<bool>()),
        1_i64..8,
    );
    (
        type_,
        tif,
        any::<bool>(),
        1_i64..40,
        0_i64..26,
        prices,
        more,
    )
        .prop_map(
            |(type_, tif, is_buy, quantity, decided, (limit, stop, trail, in_percent), more)| {
                let side = if is_buy {
                    OrderSide::Buy
                } else {
                    OrderSide::Sell
                };
                let text = |tenths| Decimal::new(tenths, 1).to_string();
                let quantity = scalar(&quantity.to_string());
                let mut order = OrderEvent::new(side, quantity, scalar("A"), type_);
                order.timestamp = Some(slot(decided));
                order.time_in_force = tif;
                if tif == Some(OrderTimeInForce::Gtd) {
                    order.expires_at = Some(slot(decided + more.2));
                }
                order.max_notional = more.0.map(|cap| scalar(&cap.to_string()));
                order.extended_hours = more.1;
                if matches!(type_, OrderType::Limit | OrderType::StopLimit) {
                    order.limit_price = Some(scalar(&text(limit)));
                }
                if matches!(type_, OrderType::Stop | OrderType::StopLimit) {
                    order.stop_price = Some(scalar(&text(stop)));
                }
                if type_ == OrderType::TrailingStop {
                    let trail = Some(scalar(&text(trail)));
                    if in_percent {
                        order.trail_percent = trail;
                    } else {
                        order.trail_amount = trail;
                    }
                }
                order
            },
        )
}

pub(crate) fn role() -> impl Strategy<Value = PaperExecutor> {
    let timing = prop::sample::select(vec![
        Timing::NextOpen,
        Timing::NextClose,
        Timing::SameClose,
        Timing::Latency(SLOT.unsigned_abs() / 2),
    ]);
    let slippage = prop::sample::select(vec![
        Slippage::None,
        Slippage::Bps(Decimal::new(25, 0)),
        Slippage::Ticks {
            count: Decimal::TWO,
            size: Decimal::new(1, 2),
        },
        Slippage::VolumeShare {
            impact: Decimal::new(1, 1),
            limit: Decimal::new(25, 3),
        },
    ]);
    let tier = |from, bps| Tier {
        from: Decimal::from(from),
        bps: Decimal::from(bps),
    };
    let fees = prop::sample::select(vec![
        Fees::None,
        Fees::Bps(Decimal::TEN),
        Fees::PerShare {
            rate: Decimal::new(5, 3),
            minimum: Decimal::ONE,
            maximum_percent: Some(Decimal::ONE),
        },
        Fees::MakerTaker {
            maker: Decimal::NEGATIVE_ONE,
            taker: Decimal::TEN,
        },
        Fees::Tiered(vec![tier(0, 50), tier(100, 10)]),
    ]);
    let session = prop::sample::select(vec![
        Session::default(),
        Session::new("-05:00", "07:00", "13:00", &["2020-01-02".to_owned()]).expect("hours"),
        Session::new("EST5EDT,M3.2.0,M11.1.0", "18:00", "12:00", &[]).expect("hours"),
    ]);
    let limit_fill = prop::sample::select(vec![LimitFill::Cross, LimitFill::Touch]);
    let participation = prop::sample::select(vec![Decimal::ONE, Decimal::new(3, 1)]);
    (timing, slippage, fees, session, limit_fill, participation).prop_map(
        |(timing, slippage, fees, session, limit_fill, participation)| PaperExecutor {
            timing,
            slippage,
            fees,
            session,
            limit_fill,
            participation,
            ..plain()
        },
    )
}

pub(crate) fn any_decimal() -> impl Strategy<Value = String> {
    let digits = |least, most| prop::collection::vec(0_u8..10, least..=most);
    let written = |digits: &[u8]| -> String {
        let text: String = digits
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect();
        let text = text.trim_start_matches('0');
        if text.is_empty() {
            "0".to_owned()
        } else {
            text.to_owned()
        }
    };
    let joined = move |(whole, part, tail): (Vec<u8>, Vec<u8>, bool)| {
        let whole = written(&whole);
        let part: String = part.iter().map(|digit| char::from(b'0' + digit)).collect();
        let most = if whole.len() > 10 { 10 } else { 18 };
        match part.get(..part.len().min(most)) {
            Some(part) if !part.is_empty() => format!("{whole}.{part}"),
            _ if tail => format!("{whole}.0"),
            _ => whole,
        }
    };
    (digits(1, 18), digits(0, 18), any::<bool>()).prop_map(joined)
}

pub(crate) fn signed(text: &str, negative: bool) -> String {
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if negative && !is_zero {
        format!("-{text}")
    } else {
        text.to_owned()
    }
}
