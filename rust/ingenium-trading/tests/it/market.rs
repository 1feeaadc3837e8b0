//! Short scripts of bars and orders, and what the paper executor says to them.

use ingenium_trading::Emission;
use ingenium_trading::executor::PaperExecutor;
use ingenium_types::Payload;
use ingenium_types::event::{CancelEvent, DataEvent, MarketData, OhlcData, OrderEvent, OrderType};
use ingenium_types::scalar::{Scalar, UtcTimestamp};

use crate::scene::Scene;

/// The executor as it is without configuration.
pub(crate) fn plain() -> PaperExecutor {
    PaperExecutor::new(scalar("USD"))
}

pub(crate) fn scalar<T: Scalar>(text: &str) -> T {
    T::parse(text).unwrap_or_else(|| panic!("`{text}` is {}", T::FORM))
}

/// `02` is the start of that day of January 2020, `02T09:30` a minute of it.
pub(crate) fn instant(text: &str) -> UtcTimestamp {
    match text.split_once('T') {
        Some((day, time)) if time.len() == 5 => scalar(&format!("2020-01-{day}T{time}:00Z")),
        Some((day, time)) => scalar(&format!("2020-01-{day}T{time}Z")),
        None => scalar(&format!("2020-01-{text}T00:00:00Z")),
    }
}

/// `02 10 12 9 11 100`: start, open, high, low, close, volume. A bar lasts for the day, or from `02T09:30/10:30`.
pub(crate) fn bar(text: &str) -> DataEvent {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [when, open, high, low, close, volume] = words[..] else {
        panic!("`{text}` has a time, four prices and a volume")
    };
    let ohlc = OhlcData::new(
        scalar(open),
        scalar(high),
        scalar(low),
        scalar(close),
        scalar(volume),
    );
    let (start, end) = match when.split_once('/') {
        Some((start, "24:00")) => (instant(start), instant(&start[..2]).next_day()),
        Some((start, end)) => (
            instant(start),
            Some(instant(&format!("{}T{end}", &start[..2]))),
        ),
        None => (instant(when), instant(when).next_day()),
    };
    let mut event = DataEvent::new(scalar("A"), start, MarketData::Ohlc(ohlc));
    event.end_timestamp = end;
    event
}

/// `BUY 5 STOP_LIMIT at=02 stop=11 limit=12 tif=DAY id=a`.
pub(crate) fn order(text: &str) -> OrderEvent {
    let mut words = text.split_whitespace();
    let mut next = || words.next().expect("side, quantity, type");
    let (side, quantity, type_) = (next(), next(), next());
    let mut order = OrderEvent::new(
        scalar(side),
        scalar(quantity),
        scalar("A"),
        scalar::<OrderType>(type_),
    );
    order.order_id = Some(scalar("o"));
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "at" => order.timestamp = Some(instant(value)),
            "id" => order.order_id = Some(scalar(value)),
            "limit" => order.limit_price = Some(scalar(value)),
            "stop" => order.stop_price = Some(scalar(value)),
            "trail" => order.trail_amount = Some(scalar(value)),
            "percent" => order.trail_percent = Some(scalar(value)),
            "tif" => order.time_in_force = Some(scalar(value)),
            "until" => order.expires_at = Some(instant(value)),
            "max" => order.max_notional = Some(scalar(value)),
            "extended" => order.extended_hours = Some(true),
            "post-only" => order.post_only = Some(true),
            "reduce-only" => order.reduce_only = Some(true),
            _ => panic!("`{word}` is no part of an order"),
        }
    }
    order
}

/// A script's line as an event and the time at which it arrives: `bar …`, `BUY …`, `SELL …` or `cancel ID at=02`.
pub(crate) fn event(line: &str) -> (Payload, UtcTimestamp) {
    if let Some(text) = line.strip_prefix("bar ") {
        let bar = bar(text);
        let end = bar.end_timestamp.expect("every bar here has an end");
        return (bar.into(), end);
    }
    if let Some(text) = line.strip_prefix("cancel ") {
        let (id, at) = text.split_once(" at=").expect("an id and a time");
        let at = instant(at);
        let (side, quantity) = (scalar("BUY"), scalar("1"));
        let cancel = CancelEvent::new(scalar(id), scalar("c"), scalar("A"), side, quantity, at);
        return (cancel.into(), at);
    }
    let order = order(line);
    let at = order.timestamp.expect("every order here has a time");
    (order.into(), at)
}

/// What the executor says to a script, as `NEW 02, TRADE 5@11 03`.
pub(crate) fn story(role: PaperExecutor, script: &[&str]) -> String {
    let mut scene = Scene::new(role);
    let mut told = Vec::new();
    for line in script {
        let (payload, at) = event(line);
        told.extend(scene.give(payload, at).iter().map(tell));
    }
    told.join(", ")
}

/// One emission: type, fill, reason and time; the order's id where it is not `o`.
pub(crate) fn tell(emission: &Emission) -> String {
    let Payload::ExecutorExecution(said) = &emission.payload else {
        panic!("an executor says executions")
    };
    assert_eq!(emission.time, said.timestamp, "{said:?}");
    let mut text = said.exec_type.to_string();
    if let Some((quantity, price)) = said.last_quantity.zip(said.last_price) {
        text += &format!(" {quantity}@{price}");
    }
    if let Some(reason) = &said.cancel_reason {
        text += &format!(" {reason}");
    }
    if let Some(reason) = &said.reject_reason {
        text += &format!(" {reason}");
    }
    let time = said.timestamp.to_string();
    let time = time.strip_prefix("2020-01-").unwrap_or(&time);
    let time = time.strip_suffix("Z").unwrap_or(time);
    let time = time.strip_suffix(":00").unwrap_or(time);
    text += &format!(" {}", time.strip_suffix("T00:00").unwrap_or(time));
    match said.order_id.as_str() {
        "o" => text,
        other => format!("{other}: {text}"),
    }
}

/// Holds what the executor says to a script against what is expected.
#[track_caller]
pub(crate) fn check(role: PaperExecutor, script: &[&str], expected: &str) {
    assert_eq!(story(role, script), expected, "{script:#?}");
}
