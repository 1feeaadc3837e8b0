//! Batches, where they are asked for (hostile input B21).

use bytes::Bytes;
use ingenium_contract::envelope::{read, read_batch};
use ingenium_contract::finding::http_status;
use ingenium_contract::{Finding, SpecVersions};

const GOOD: &str = r#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{"a":[1]}}"#;

fn batch(events: &[&str]) -> Bytes {
    Bytes::from(format!("[ {} ]", events.join(" ,\n")))
}

#[track_caller]
fn refused(body: &Bytes, most: usize) -> Vec<Finding> {
    read_batch(body, SpecVersions::V1, most).expect_err("the batch is refused")
}

#[test]
fn an_empty_batch_is_a_batch() {
    assert_eq!(
        read_batch(&batch(&[]), SpecVersions::V1, 10),
        Ok(Vec::new())
    );
}

#[test]
fn events_keep_their_order_and_the_place_of_their_data() {
    let body = batch(&[GOOD, &GOOD.replace(r#""id":"1""#, r#""id":"2""#)]);
    let events = read_batch(&body, SpecVersions::V1, 2).expect("two events");
    let ids: Vec<&str> = events
        .iter()
        .map(|received| received.event.id.as_str())
        .collect();
    assert_eq!(ids, ["1", "2"]);
    for received in &events {
        let start = received.data_start.expect("the data stands in the body");
        assert!(body[start..].starts_with(br#"{"a":[1]}"#));
    }
}

#[test]
fn one_bad_event_costs_the_batch_and_is_named() {
    let bad = GOOD.replace(r#""source":"/a""#, r#""source":"not a uri""#);
    let mut events = vec![GOOD; 10];
    events[3] = &bad;
    let body = batch(&events);
    let findings = refused(&body, 10);
    let [finding] = findings.as_slice() else {
        panic!("one finding: {findings:#?}")
    };
    assert_eq!(
        (finding.rule, finding.pointer.as_str()),
        ("ING-E-URI", "/3/source")
    );
    let span = finding.span.clone().expect("a place");
    assert_eq!(&body[span], br#""not a uri""#);
    assert_eq!(http_status(&findings), 400);
}

#[test]
fn a_batch_that_is_too_large_is_told_so() {
    let body = batch(&vec![GOOD; 10_001]);
    let findings = refused(&body, 10_000);
    assert_eq!(findings[0].rule, "ING-E-BATCH-SIZE");
    assert_eq!(http_status(&findings), 413);
}

#[test]
fn what_is_no_array_of_objects_is_no_batch() {
    for (body, rule) in [
        (GOOD, "ING-P-TYPE"),
        ("", "ING-J-SYNTAX"),
        ("[", "ING-J-SYNTAX"),
        ("[]]", "ING-J-TRAILING"),
        ("[1]", "ING-P-TYPE"),
        ("[[]]", "ING-P-TYPE"),
    ] {
        let findings = refused(&Bytes::copy_from_slice(body.as_bytes()), 10);
        assert_eq!(findings[0].rule, rule, "{body}");
    }
}

#[test]
fn who_did_not_ask_gets_none() {
    let headers: [(&str, &[u8]); 1] = [("content-type", b"application/cloudevents-batch+json")];
    let findings = read(&headers, &batch(&[GOOD]), SpecVersions::V1).expect_err("refused");
    assert_eq!(http_status(&findings), 415);
}
