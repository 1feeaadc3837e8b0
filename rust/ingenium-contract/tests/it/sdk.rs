//! The official SDK as oracle: what we emit, it accepts, and nothing is lost on the way back.

use ingenium_contract::{CloudEvent, Time};

#[test]
fn what_we_emit_the_sdk_accepts() {
    let data = r#"{"Symbol":"AAPL","Signal":"LONG","Price":"10.00"}"#;
    let mut event = CloudEvent::json(
        "7f1c",
        "/ingenium/strategy/rsi",
        "ingenium.strategy.signal",
        data,
    );
    event.subject = Some("AAPL".to_owned());
    event.time = Time::parse("2020-09-30T00:00:00Z");
    event.dataschema = Some("https://schemas.ingenium.example/1/strategy.signal.json".to_owned());
    event.set_extension("partitionkey", "AAPL");
    event.set_extension("flag", ingenium_contract::AttributeValue::Boolean(true));
    event.set_extension("count", 7);
    let theirs = cloudevents::Event::try_from(&event).expect("the SDK accepts it");
    let mut back = CloudEvent::try_from(&theirs).expect("and gives it back");
    back.extensions.sort_by(|a, b| a.0.cmp(&b.0));
    event.extensions.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(back.extensions, event.extensions);
    assert_eq!(
        (back.id, back.source, back.type_),
        (event.id.clone(), event.source.clone(), event.type_.clone())
    );
    assert_eq!(back.time.and_then(|time| time.instant()), event.instant());
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).expect("JSON");
    assert_eq!(
        json(back.data.expect("data").bytes()),
        json(data.as_bytes())
    );
}

#[test]
fn what_the_sdk_lets_through_we_refuse() {
    use cloudevents::{EventBuilder as _, EventBuilderV10};
    let built = EventBuilderV10::new().id("").source("/x").ty("t").build();
    let Ok(theirs) = built else {
        return assert!(built.is_err());
    };
    assert!(CloudEvent::try_from(&theirs).is_err());
}
