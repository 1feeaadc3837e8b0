//! What generated types promise beyond the vectors.

use ingenium_types::event::{
    ExecutionType, MarketData, OhlcData, OrderEvent, OrderRejectReason, OrderSide, OrderType,
};
use ingenium_types::{Decode, EventType, Payload, Rule, View};

const BOOK: &str = r#"{"Type":"data.type.book","Symbol":"AAPL","Timestamp":"2020-09-30T00:00:00Z","Data":{ "Bids" : [1,"2",null] }}"#;
const ORDER: &str = r#"{"Side":"BUY","Quantity":"100.00","Symbol":"AAPL","Type":"MARKET"}"#;

#[test]
fn an_unknown_shape_survives_a_round_trip_byte_for_byte() {
    let payload = Payload::decode(EventType::IngestorData, BOOK.as_bytes(), View::Reader).unwrap();
    let Payload::IngestorData(event) = &payload else {
        panic!("another payload: {payload:?}");
    };
    let MarketData::Unknown(data) = &event.data else {
        panic!("a known shape: {event:?}");
    };
    assert_eq!(data.tag(), "data.type.book");
    assert_eq!(data.json(), r#"{ "Bids" : [1,"2",null] }"#);
    assert_eq!(payload.encode(), BOOK.as_bytes());
}

#[test]
fn an_unknown_shape_is_still_checked_json() {
    let twice = BOOK.replace(r#"{ "Bids" : [1,"2",null] }"#, r#"{"a":1,"\u0061":2}"#);
    let refusal =
        Payload::decode(EventType::IngestorData, twice.as_bytes(), View::Reader).unwrap_err();
    assert_eq!(refusal.rule, Rule::JsonDuplicateKey);
    assert_eq!(refusal.pointer, "/Data/a");
}

#[test]
fn an_unknown_value_is_kept_and_never_a_known_one() {
    let reason = ExecutionType::from_slice(br#""RESTATED""#, View::Reader).unwrap();
    assert_eq!(reason.as_str(), "RESTATED");
    assert!(matches!(reason, ExecutionType::Unknown(_)));
    assert!(ExecutionType::from_slice(br#""RESTATED""#, View::Strict).is_err());
    assert!("RESTATED".parse::<ExecutionType>().is_err());
    for known in OrderRejectReason::ALL {
        let json = serde_json::to_vec(known).unwrap();
        assert_eq!(
            OrderRejectReason::from_slice(&json, View::Reader).as_ref(),
            Ok(known)
        );
        assert_eq!(known.as_str().parse().as_ref(), Ok(known));
    }
}

#[test]
fn a_new_order_has_nothing_optional() {
    let order = OrderEvent::new(
        OrderSide::Buy,
        "100.00".parse().unwrap(),
        "AAPL".parse().unwrap(),
        OrderType::Market,
    );
    assert_eq!(Payload::from(order).encode(), ORDER.as_bytes());
}

#[test]
fn partition_keys_follow_the_catalog() {
    let key = |event_type, json: &str| {
        Payload::decode(event_type, json.as_bytes(), View::Strict)
            .unwrap()
            .partition_key()
            .map(ToOwned::to_owned)
    };
    let owned = ORDER.replace('}', r#","Portfolio":"growth"}"#);
    let signal = r#"{"Symbol":"AAPL","Signal":"FLAT"}"#;
    assert_eq!(
        key(EventType::PortfolioOrder, ORDER).as_deref(),
        Some("main")
    );
    assert_eq!(
        key(EventType::PortfolioOrder, &owned).as_deref(),
        Some("growth")
    );
    assert_eq!(
        key(EventType::StrategySignal, signal).as_deref(),
        Some("AAPL")
    );
}

#[test]
fn the_reader_reports_the_member_that_the_tag_forbids() {
    let order = ORDER.replace('}', r#","StopPrice":"1.5"}"#);
    let refusal =
        Payload::decode(EventType::PortfolioOrder, order.as_bytes(), View::Reader).unwrap_err();
    assert_eq!(refusal.rule, Rule::ForbiddenByTag);
    assert_eq!(&order[refusal.span.clone()], r#""1.5""#);
}

#[test]
fn every_event_type_parses_back() {
    for &event_type in EventType::ALL {
        assert_eq!(event_type.as_str().parse(), Ok(event_type));
        assert!(event_type.as_str().contains(event_type.emitted_by()));
        assert!(event_type.schema_id().ends_with(".json"));
    }
}

#[test]
fn an_event_can_be_stored_inside_a_tagged_enum() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(tag = "kind")]
    enum Stored {
        Bar { bar: OhlcData },
    }
    let json =
        r#"{"kind":"Bar","bar":{"Open":"1.0","High":"1","Low":"1","Close":"1","Volume":"0"}}"#;
    let stored: Stored = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&stored).unwrap(), json);
}
