//! Fingerprints: of payloads, and of runs that are going on.

use ingenium_types::canonical::canonical;
use ingenium_types::fingerprint::{Line, Running, fingerprint};
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload, View};
use proptest::prelude::*;

fn moment(second: i64) -> UtcTimestamp {
    UtcTimestamp::from_nanoseconds(second * 1_000_000_000).unwrap()
}

#[test]
fn the_line_of_a_payload_is_that_of_its_bytes() {
    let time: UtcTimestamp = "2020-01-02T03:04:05.600Z".parse().unwrap();
    crate::vector::each(|event_type, name, vector, data| {
        if vector["valid"] == false {
            return;
        }
        let payload = Payload::decode(event_type, data, View::Strict).unwrap();
        let subject = Some(payload.symbol().as_str());
        let bytes = payload.encode();
        let line = Line::new(event_type.as_str(), subject, Some(time), Some(&bytes)).unwrap();
        let found = Line::of(&payload, time);
        let text = |line: &Line| String::from_utf8(line.as_bytes().to_vec()).unwrap();
        assert_eq!(text(&found), text(&line), "{name}");
        assert_eq!(
            canonical(found.as_bytes()).unwrap(),
            found.as_bytes(),
            "{name}"
        );
    });
}

#[test]
fn a_shape_that_is_not_known_is_put_in_order_too() {
    let data = r#"{"Symbol":"A","Timestamp":"2020-01-02T00:00:00Z","Type":"data.type.moon",
        "Data":{ "b" : [1.50, {"é":"\u00e9","a":null}], "a b":"x\ty", "a":true }}"#;
    let payload = Payload::decode(EventType::IngestorData, data.as_bytes(), View::Reader).unwrap();
    let line = Line::new(
        "ingenium.ingestor.data",
        Some("A"),
        Some(moment(1)),
        Some(&payload.encode()),
    );
    assert_eq!(Line::of(&payload, moment(1)), line.unwrap());
}

/// A line of its own for each number.
fn line(second: i64, number: usize) -> Line {
    Line::new("t", Some(&number.to_string()), Some(moment(second)), None).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Lines that come late by up to a window, and settled behind it: the fingerprint of all of them. Later ones are
    /// noticed, or they were late where nothing had been hashed yet.
    #[test]
    fn what_is_forgotten_early_counts(
        late in prop::collection::vec(0_i64..120, 9_000..12_000),
        window in 0_i64..150,
    ) {
        let lines = late.iter().enumerate();
        let lines: Vec<Line> = lines
            .map(|(number, late)| line(1_000 + i64::try_from(number / 4).unwrap() - late, number))
            .collect();
        let mut running = Running::default();
        for (number, line) in lines.iter().enumerate() {
            running.add(line.clone());
            running.settle_before(moment(1_000 + i64::try_from(number / 4).unwrap() - window));
        }
        let found = running.finish();
        if window >= 119 {
            prop_assert_eq!(found, Some(fingerprint(lines)));
        } else {
            prop_assert!(found.is_none_or(|found| found == fingerprint(lines)));
        }
    }
}

#[test]
fn a_line_that_was_not_expected_any_more_is_noticed() {
    let mut running = Running::default();
    for number in 0..10_000 {
        running.add(line(i64::try_from(number).unwrap(), number));
    }
    running.settle_before(moment(9_000));
    running.add(line(8_999, 10_000));
    assert_eq!(running.finish(), None);
}
