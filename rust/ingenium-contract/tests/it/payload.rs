//! Payloads: all findings, each with its place in the bytes.

use bytes::Bytes;
use ingenium_contract::{Finding, Level, validate_payload, validate_structured};
use ingenium_types::{EventType, View};

fn order(data: &str) -> Vec<Finding> {
    validate_payload(EventType::PortfolioOrder, data.as_bytes(), View::Strict)
        .err()
        .unwrap_or_default()
}

#[test]
fn names_of_a_map_are_found_beside_other_errors() {
    let findings = order(
        r#"{"Side":"BUY","Quantity":"1","Symbol":"A","Type":"MARKET","Typo":"x",
        "Tags":{"my desk":"a","ok":"b","k{":"c"}}"#,
    );
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding.rule, finding.pointer.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("ING-P-UNKNOWN-MEMBER", "/Typo"),
            ("ING-P-PATTERN", "/Tags/my desk"),
            ("ING-P-PATTERN", "/Tags/k{"),
        ]
    );
    assert!(findings[1].message.contains("`my desk`"), "{findings:#?}");
}

#[test]
fn all_findings_are_reported_with_their_bytes() {
    let data = r#"{"Side":"buy","Quantity":1e5,"Symbol":"AAPL\n","Type":"LIMIT","Qty":"1"}"#;
    let findings = order(data);
    let found: Vec<(&str, &str, &str)> = findings
        .iter()
        .map(|finding| {
            let span = finding.span.clone().expect("a place");
            (finding.rule, finding.pointer.as_str(), &data[span])
        })
        .collect();
    for expected in [
        ("ING-P-ENUM", "/Side", "\"buy\""),
        ("ING-P-TYPE", "/Quantity", "1e5"),
        ("ING-P-PATTERN", "/Symbol", "\"AAPL\\n\""),
        ("ING-P-UNKNOWN-MEMBER", "/Qty", "\"1\""),
        ("ING-P-REQUIRED-BY-TAG", "/LimitPrice", data),
    ] {
        assert!(
            found.contains(&expected),
            "expected {expected:?} in {found:#?}"
        );
    }
    assert!(
        findings
            .iter()
            .all(|finding| !finding.help.is_empty() && finding.level == Level::Error),
        "{findings:#?}"
    );
}

#[test]
fn a_scalar_is_explained_by_its_form() {
    let findings = order(r#"{"Side":"BUY","Quantity":"1e5","Symbol":"AAPL","Type":"MARKET"}"#);
    let [finding] = findings.as_slice() else {
        panic!("one finding: {findings:#?}")
    };
    assert_eq!(
        finding.message,
        "`Quantity` is `1e5`, which has not the form of its type"
    );
    assert!(
        finding.help.contains("plain decimal above zero"),
        "{}",
        finding.help
    );
}

#[test]
fn a_forbidden_member_is_named() {
    let findings =
        order(r#"{"Side":"BUY","Quantity":"1","Symbol":"AAPL","Type":"MARKET","LimitPrice":"1"}"#);
    let [finding] = findings.as_slice() else {
        panic!("one finding: {findings:#?}")
    };
    assert_eq!(
        (finding.rule, finding.pointer.as_str()),
        ("ING-P-FORBIDDEN-BY-TAG", "/LimitPrice")
    );
}

#[test]
fn spans_of_a_structured_event_point_into_the_whole() {
    let event = r#"{"specversion":"1.0","id":"1","source":"/ingenium/portfolio/main","type":"ingenium.portfolio.order","time":"2020-01-01T00:00:00Z","datacontenttype":"application/json","data":{"Side":"BUY","Quantity":"0","Symbol":"A","Type":"MARKET"}}"#;
    let verdict = validate_structured(&Bytes::from_static(event.as_bytes()), View::Strict);
    let finding = verdict
        .findings
        .iter()
        .find(|finding| finding.level == Level::Error)
        .expect("a finding");
    assert_eq!(finding.pointer, "/data/Quantity");
    assert_eq!(&event[finding.span.clone().expect("a place")], "\"0\"");
}

#[test]
fn an_unknown_type_is_for_readers_to_ignore() {
    let event =
        br#"{"specversion":"1.0","id":"1","source":"/x","type":"somebody.elses","data":{}}"#;
    let reader = validate_structured(&Bytes::from_static(event), View::Reader);
    assert!(reader.is_valid() && reader.payload.is_none());
    assert!(!validate_structured(&Bytes::from_static(event), View::Strict).is_valid());
}

#[test]
fn contradicting_prices_are_an_error_of_the_producer_only() {
    let event = r#"{"specversion":"1.0","id":"1","source":"/ingenium/ingestor/x","type":"ingenium.ingestor.data","time":"2020-01-02T00:00:00Z","datacontenttype":"application/json","data":{"Type":"data.type.ohlc","Symbol":"A","Timestamp":"2020-01-01T00:00:00Z","Data":{"Open":"5","High":"4","Low":"3","Close":"4","Volume":"0"}}}"#;
    let strict = validate_structured(&Bytes::from_static(event.as_bytes()), View::Strict);
    assert!(
        strict
            .findings
            .iter()
            .any(|finding| finding.rule == "ING-D-OHLC"),
        "{:#?}",
        strict.findings
    );
    assert!(validate_structured(&Bytes::from_static(event.as_bytes()), View::Reader).is_valid());
}
