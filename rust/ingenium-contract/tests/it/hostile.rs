//! Hostile input: payloads that must be refused, and findings that must say where.

use bytes::Bytes;
use ingenium_contract::finding::http_status;
use ingenium_contract::{Time, envelope, validate_payload, validate_structured};
use ingenium_types::{EventType, View};

const ORDER: &str = r#""Side":"BUY","Quantity":"1","Symbol":"A","Type":"MARKET""#;
const BAR: &str = r#""Type":"data.type.ohlc","Symbol":"A","Timestamp":"2020-01-01T00:00:00Z","Data":{"Open":"2","High":"3","Low":"1","Close":"2","Volume":"5"}"#;

/// An event with one member of its data replaced by raw JSON.
fn event(event_type: &str, data: &str, member: &str, value: &str) -> String {
    let key = format!("\"{member}\":");
    let start = data.find(&key).map_or(data.len(), |at| at + key.len());
    let end = data[start..]
        .find([',', '}'])
        .map_or(data.len(), |length| start + length);
    let data = if start == data.len() {
        format!("{data},{key}{value}")
    } else {
        format!("{}{value}{}", &data[..start], &data[end..])
    };
    format!(
        r#"{{"specversion":"1.0","id":"1","source":"/ingenium/test/x","type":"{event_type}","time":"2020-01-02T00:00:00Z","datacontenttype":"application/json","data":{{{data}}}}}"#
    )
}

/// Both views refuse it, at `pointer`, with the bytes of the value, and never so that a broker retries.
#[track_caller]
fn refused(event: &str, pointer: &str, value: &str) {
    for view in [View::Reader, View::Strict] {
        let verdict = validate_structured(&Bytes::copy_from_slice(event.as_bytes()), view);
        assert!(!verdict.is_valid(), "{event}");
        assert_eq!(http_status(&verdict.findings), 400);
        let place = |pointer: &str| {
            let finding = verdict.findings.iter().find(|f| f.pointer == pointer)?;
            Some(&event[finding.span.clone()?])
        };
        assert_eq!(place(pointer), Some(value), "{:#?}", verdict.findings);
    }
}

#[test]
fn quantities_that_are_none() {
    let forty_digits = format!("\"0.{}1\"", "0".repeat(39));
    let very_long = format!("\"{}\"", "9".repeat(100_000));
    let values = [
        // D01
        r#""0""#,
        r#""-1""#,
        r#""-0""#,
        r#""NaN""#,
        r#""0.000""#,
        // D02
        r#""1e10""#,
        r#""+1""#,
        r#""1_000""#,
        r#"".5""#,
        r#""5.""#,
        r#""00012""#,
        r#"" 1""#,
        r#""1 ""#,
        r#""1\n""#,
        r#""1٣""#,
        r#""""#,
        // D03
        &forty_digits,
        r#""79228162514264337593543950336""#,
        r#""1e999999999""#,
        &very_long,
        // D04
        "1.1",
        "123456789012345678.123456",
        "1",
        "-0",
        "1e400",
        "null",
        "true",
        "[]",
        "{}",
    ];
    for value in values {
        let event = event("ingenium.portfolio.order", ORDER, "Quantity", value);
        refused(&event, "/data/Quantity", value);
    }
    // A comma would end the value in the helper above.
    let findings = validate_payload(
        EventType::PortfolioOrder,
        br#"{"Side":"BUY","Quantity":"1,5","Symbol":"A","Type":"MARKET"}"#,
        View::Reader,
    );
    assert!(findings.is_err());
}

#[test]
fn words_that_are_not_the_contracts() {
    // D05
    for (member, value) in [
        ("Side", r#""buy""#),
        ("Side", r#""BUY ""#),
        ("Side", r#""ΒUY""#),
        ("Side", "null"),
        ("Type", r#""market""#),
        ("TimeInForce", r#""gtc""#),
    ] {
        let event = event("ingenium.portfolio.order", ORDER, member, value);
        refused(&event, &format!("/data/{member}"), value);
    }
    let stop = event("ingenium.portfolio.order", ORDER, "Type", r#""STOP""#);
    let verdict = validate_structured(&Bytes::from(stop), View::Reader);
    let found = verdict
        .findings
        .iter()
        .map(|f| (f.rule, f.pointer.as_str()));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [("ING-P-REQUIRED-BY-TAG", "/data/StopPrice")]
    );
}

#[test]
fn symbols_that_attack_their_readers() {
    // D06
    let long = format!("\"{}\"", "A".repeat(65));
    for value in [
        r#""""#,
        &long,
        r#""AAPL\n""#,
        r#""../../x""#,
        r#""=cmd()""#,
        r#""<img onerror=1>""#,
        r#""A\u202e""#,
        r#""A B""#,
        r#""A\u0000""#,
    ] {
        let event = event("ingenium.portfolio.order", ORDER, "Symbol", value);
        refused(&event, "/data/Symbol", value);
    }
}

#[test]
fn bars_that_cannot_be() {
    // D07: a negative volume breaks the schema, contradicting prices only what a producer owes.
    let event_type = "ingenium.ingestor.data";
    let negative = event(event_type, BAR, "Volume", r#""-1""#);
    refused(&negative, "/data/Data/Volume", r#""-1""#);
    for (member, value) in [("Low", r#""4""#), ("Open", r#""9""#), ("Close", r#""0.5""#)] {
        let event = Bytes::from(event(event_type, BAR, member, value));
        assert!(validate_structured(&event, View::Reader).is_valid());
        let verdict = validate_structured(&event, View::Strict);
        let finding = verdict.findings.iter().find(|f| f.rule == "ING-D-OHLC");
        let span = finding.and_then(|f| f.span.clone()).expect("a place");
        assert!(event[span].starts_with(b"\""));
    }
    // D08: the forms of a time.
    for value in [
        r#""2020-01-01T00:00:00""#,
        r#""2020-02-30T00:00:00Z""#,
        "1577836800",
        r#""1577836800""#,
    ] {
        let event = event(event_type, BAR, "Timestamp", value);
        refused(&event, "/data/Timestamp", value);
    }
}

#[test]
fn attribute_findings_say_where() {
    let event = |member: &str| {
        format!(r#"{{"specversion":"1.0","source":"/x","type":"t",{member},"data":{{}}}}"#)
    };
    for (member, pointer, value) in [
        (r#""id":5"#, "/id", "5"),
        (r#""id":true"#, "/id", "true"),
        (r#""id":"""#, "/id", r#""""#),
        (r#""id":"1","My":true"#, "/My", "true"),
    ] {
        let event = event(member);
        refused(&event, pointer, value);
    }
    let schema = r#""dataschema":"https://schemas.ingenium.example/2/portfolio.order.json""#;
    let text = format!(
        r#"{{"specversion":"1.0","id":"1","source":"/x","type":"ingenium.portfolio.order",{schema},"data":{{{ORDER}}}}}"#
    );
    refused(&text, "/dataschema", &schema[13..]);
}

#[test]
fn bytes_without_a_media_type_survive_both_modes() {
    let text = r#"{"specversion":"1.0","id":"1","source":"/x","type":"t","data_base64":"AAPL"}"#;
    let verdict = validate_structured(&Bytes::from_static(text.as_bytes()), View::Reader);
    let event = verdict.event.expect("an event");
    let (headers, body) = envelope::to_binary(&event);
    let headers: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let again = envelope::read(&headers, &body, envelope::SpecVersions::V1);
    assert_eq!(again.expect("an event").event, event);
}

#[test]
fn json_in_base64_is_json_and_nothing_else() {
    let event = |base64: &str| {
        Bytes::from(format!(
            r#"{{"specversion":"1.0","id":"1","source":"/x","type":"t","datacontenttype":"application/json","data_base64":"{base64}"}}"#
        ))
    };
    // `1,"id":"2"` would write a second id into the structured form.
    for base64 in ["MSwiaWQiOiIyIg==", "Zm9v", "e30x", "eyJhIjoxLCJhIjoyfQ=="] {
        let verdict = validate_structured(&event(base64), View::Reader);
        assert!(!verdict.is_valid(), "{base64}");
        let span = verdict.findings[0].span.clone().expect("a place");
        assert_eq!(event(base64)[span], *format!("\"{base64}\"").as_bytes());
    }
    for base64 in ["e30=", ""] {
        let event = validate_structured(&event(base64), View::Reader)
            .event
            .expect("an event");
        let again = Bytes::from(envelope::to_structured(&event));
        assert_eq!(validate_structured(&again, View::Reader).event, Some(event));
    }
    // What is wrong inside has no place in the body.
    let order = r#"{"specversion":"1.0","id":"1","source":"/x","type":"ingenium.portfolio.order","datacontenttype":"application/json","data_base64":"eyJTaWRlIjoiYnV5In0="}"#;
    let verdict = validate_structured(&Bytes::from_static(order.as_bytes()), View::Reader);
    let side = verdict
        .findings
        .iter()
        .find(|f| f.pointer == "/data/Side")
        .expect("a finding");
    assert_eq!(side.span, None);
}

#[test]
fn years_have_four_digits() {
    for text in [
        "+202-01-01T00:00:00Z",
        "-202-01-01T00:00:00Z",
        "202-01-01T00:00:00Z",
        " 202-01-01T00:00:00Z",
    ] {
        assert_eq!(Time::parse(text), None, "{text}");
    }
    assert!(Time::parse("0202-01-01T00:00:00Z").is_some());
}
