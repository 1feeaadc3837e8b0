//! Envelopes: what is accepted is written and read again as the same event, and the quick way agrees with the judge.

use bytes::Bytes;
use ingenium_contract::envelope::{read, read_batch, read_structured, to_binary, to_structured};
use ingenium_contract::finding::is_valid;
use ingenium_contract::{CloudEvent, Data, SpecVersions, decode, validate_structured};
use ingenium_types::{EventType, View};

/// Any bytes as an event in structured mode.
///
/// # Panics
/// When what is promised does not hold.
pub fn structured(input: &[u8]) {
    let body = Bytes::copy_from_slice(input);
    for view in [View::Strict, View::Reader] {
        let verdict = validate_structured(&body, view);
        let typed = decode(input, view);
        let known = verdict
            .event
            .as_ref()
            .is_some_and(|event| event.type_.parse::<EventType>().is_ok());
        let text = String::from_utf8_lossy(input);
        match &typed {
            Ok(event) => {
                assert!(
                    verdict.is_valid(),
                    "{view:?}: accepted is {text}, {verdict:#?}"
                );
                assert_eq!(Some(&event.payload), verdict.payload.as_ref(), "{text}");
                let whole = verdict.event.as_ref().expect("a valid event is one");
                assert_eq!((&*event.id, &*event.source), (&*whole.id, &*whole.source));
                assert_eq!(event.subject.as_deref(), whole.subject.as_deref());
                assert_eq!(event.time, whole.instant());
                let key = whole.extension("partitionkey").map(ToString::to_string);
                assert_eq!(event.partition_key.as_deref(), key.as_deref());
            }
            Err(rejection) => {
                assert!(!verdict.is_valid() || !known, "{view:?}: refused is {text}");
                let named = verdict
                    .findings
                    .iter()
                    .any(|finding| finding.pointer == rejection.pointer);
                assert!(
                    named || !known,
                    "{rejection} in {text}: {:#?}",
                    verdict.findings
                );
            }
        }
        if ingenium_contract::typed::is_quick(input, view) {
            assert_eq!(
                verdict.findings,
                [],
                "the quick way has no findings: {text}"
            );
        }
    }
    if let Ok(received) = read_structured(&body, SpecVersions::V1) {
        survives(&received.event);
    }
}

/// Any bytes as an HTTP message: header lines, an empty line, a body.
///
/// # Panics
/// When what is promised does not hold.
pub fn binary(input: &[u8]) {
    let at = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = match at {
        Some(at) => (&input[..at], &input[at + 2..]),
        None => (input, &b""[..]),
    };
    let headers: Vec<(&str, &[u8])> = head
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            let name = std::str::from_utf8(&line[..colon]).ok()?;
            Some((name, line[colon + 1..].trim_ascii()))
        })
        .collect();
    if let Ok(received) = read(&headers, &Bytes::copy_from_slice(body), SpecVersions::V1) {
        survives(&received.event);
    }
}

/// Any bytes as a batch: each of its events is what it is alone.
///
/// # Panics
/// When what is promised does not hold.
pub fn batch(input: &[u8]) {
    let body = Bytes::copy_from_slice(input);
    let Ok(events) = read_batch(&body, SpecVersions::V1, 16) else {
        return;
    };
    assert!(events.len() <= 16);
    for received in events {
        assert!(is_valid(&received.findings));
        survives(&received.event);
    }
}

/// White space around a JSON body is no part of the value, and gone where the value stands inside another.
fn trimmed(mut event: CloudEvent) -> CloudEvent {
    if let Some(Data::Json(bytes)) = &mut event.data {
        *bytes = bytes.slice_ref(bytes.trim_ascii());
    }
    event
}

/// An event comes back from both content modes as it was.
fn survives(event: &CloudEvent) {
    let written = Bytes::from(to_structured(event));
    let again = read_structured(&written, SpecVersions::V1);
    let again = again.unwrap_or_else(|findings| panic!("{event:#?}: {findings:#?}"));
    assert_eq!(trimmed(again.event), trimmed(event.clone()));

    let (headers, body) = to_binary(event);
    let headers: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let again = read(&headers, &body, SpecVersions::V1);
    let again = again.unwrap_or_else(|findings| panic!("{event:#?}: {findings:#?}"));
    let texts = |event: &CloudEvent| -> Vec<(String, String)> {
        let all = event
            .attributes()
            .map(|(name, value)| (name.to_owned(), value.to_string()));
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    };
    assert_eq!(texts(&again.event), texts(event));
}
