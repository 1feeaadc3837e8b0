//! What must be the same text in every language: ids, fingerprints, messages.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ingenium_contract::envelope::{read_structured, to_binary};
use ingenium_contract::{Mode, SpecVersions, Time, validate};
use ingenium_types::View;
use ingenium_types::fingerprint::{Line, fingerprint};
use ingenium_types::id::EventId;
use serde_json::{Value, json};

use crate::codec::Codec;
use crate::proof::Outcome;
use crate::protocol::{Command, ModeName, Said};
use crate::question::Vector;

/// Ids and fingerprints are those of the judge; messages are read by the judge as the event that they were.
///
/// # Errors
/// When the codec does not answer.
pub fn prove(codec: &Codec, vectors: &[Vector]) -> Result<Outcome, String> {
    Ok(ids(codec)?
        .and(fingerprints(codec, vectors)?)
        .and(messages(codec, vectors)?))
}

fn ids(codec: &Codec) -> Result<Outcome, String> {
    let rows: [&[Option<&str>]; 8] = [
        &[],
        &[None],
        &[Some(""), None],
        &[
            Some("/ingenium/ingestor/csv"),
            Some("data.type.ohlc"),
            Some("AAPL"),
            Some("1d"),
            Some("2020-09-30T00:00:00Z"),
            Some("true"),
            None,
        ],
        &[
            Some("/ingenium/strategy/rsi"),
            Some("/ingenium/ingestor/csv"),
            Some("a"),
            Some("M&M.NS"),
        ],
        &[Some("日本"), Some("é"), Some("😀")],
        &[Some("a\u{1f}b")],
        &[Some("a"), Some("b")],
    ];
    let commands: Vec<Command> = rows
        .iter()
        .map(|row| Command::Identify {
            fields: row.iter().map(|field| field.map(str::to_owned)).collect(),
        })
        .collect();
    let mut outcome = Outcome::default();
    for (row, answer) in rows.iter().zip(codec.ask(&commands)?) {
        let fields: Vec<&str> = row.iter().map(|field| field.unwrap_or_default()).collect();
        let expected = EventId::of(&fields).to_string();
        let same = answer.id.as_deref() == Some(&expected);
        outcome.count(
            (!same).then(|| format!("the id over {row:?} is {:?}, not {expected}", answer.id)),
        );
    }
    Ok(outcome)
}

fn fingerprints(codec: &Codec, vectors: &[Vector]) -> Result<Outcome, String> {
    let said =
        |event_type: &str, subject: Option<&str>, time: Option<&str>, data: Option<&str>| Said {
            event_type: event_type.to_owned(),
            subject: subject.map(str::to_owned),
            time: time.map(str::to_owned),
            data: data.map(str::to_owned),
        };
    let times = [
        None,
        Some("2020-09-30T20:00:00Z"),
        Some("2020-09-30T20:00:00.000Z"),
        Some("2020-09-30T20:00:00.5Z"),
        Some("2020-09-30T22:00:00.500+02:00"),
        Some("2020-09-30T20:00:00.000000001Z"),
        Some("1969-12-31T23:59:59Z"),
        Some("2016-12-31T23:59:60Z"),
        Some("2020-09-30t20:00:00z"),
        Some("2262-01-01T00:00:00Z"),
    ];
    let numbers = r#"{"\ufb33":1,"\ud83d\ude00":1,"é":[0,-0,1.0,100,1e21,1e-7,123456789012345680000,0.1,5e-324,1.5e300,-12.50,true,null],"a":"\u0001\n\"\\\u007f\u2028"}"#;
    let mut runs = vec![
        Vec::new(),
        times
            .iter()
            .map(|time| said("a.b", Some("AAPL"), *time, Some(r#"{"b":"1","a":"2"}"#)))
            .collect(),
        vec![
            said("a.b", None, None, None),
            said("a.b", Some("é"), None, Some(numbers)),
        ],
    ];
    let valid = vectors.iter().filter(|vector| vector.valid);
    runs.push(
        valid
            .map(|vector| {
                let data = vector.data.to_string();
                said(
                    vector.event_type.as_str(),
                    Some("AAPL"),
                    Some("2020-10-01T00:00:00Z"),
                    Some(&data),
                )
            })
            .collect(),
    );
    let commands: Vec<Command> = runs
        .iter()
        .map(|events| Command::Fingerprint {
            events: events.clone(),
        })
        .collect();
    let mut outcome = Outcome::default();
    for (events, answer) in runs.iter().zip(codec.ask(&commands)?) {
        let lines = events.iter().map(|said| {
            let time = said
                .time
                .as_deref()
                .and_then(Time::parse)
                .and_then(|time| time.instant());
            Line::new(
                &said.event_type,
                said.subject.as_deref(),
                time,
                said.data.as_deref().map(str::as_bytes),
            )
        });
        let lines: Result<Vec<Line>, _> = lines.collect();
        let expected = fingerprint(lines.map_err(|error| error.to_string())?);
        let same = answer.fingerprint.as_deref() == Some(&expected);
        outcome.count((!same).then(|| {
            format!(
                "the fingerprint of {events:?} is {:?}, not {expected}",
                answer.fingerprint
            )
        }));
    }
    Ok(outcome)
}

/// Valid payloads as events with awkward attributes, through both modes.
fn messages(codec: &Codec, vectors: &[Vector]) -> Result<Outcome, String> {
    let mut events = Vec::new();
    for vector in vectors.iter().filter(|vector| vector.valid) {
        let event = json!({
            "specversion": "1.0",
            "id": "a b",
            "source": "/ingenium/test/%41",
            "type": vector.event_type.as_str(),
            "subject": "M&M \"é\" 😀 100%",
            "time": "2200-10-01T00:00:00.50Z",
            "datacontenttype": "application/json",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "flag": true,
            "number": -5,
            "data": vector.data,
        });
        events.push(event.to_string());
    }
    let modes = [ModeName::Structured, ModeName::Binary];
    let commands: Vec<Command> = events
        .iter()
        .flat_map(|event| {
            modes.map(|mode| Command::Encode {
                mode,
                event: event.clone(),
            })
        })
        .collect();
    let mut outcome = Outcome::default();
    for (index, answer) in codec.ask(&commands)?.into_iter().enumerate() {
        let event = &events[index / 2];
        let headers = answer.headers.clone().unwrap_or_default();
        let body = STANDARD
            .decode(answer.body.as_deref().unwrap_or_default())
            .unwrap_or_default();
        let wrong = different(event, &headers, &body);
        outcome.count(wrong.map(|wrong| format!("{event} is sent as {answer:?}: {wrong}")));
    }
    Ok(outcome)
}

/// How a message differs from the event that it should be, read by the judge.
fn different(event: &str, headers: &[[String; 2]], body: &[u8]) -> Option<String> {
    let list: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|[name, value]| (name.as_str(), value.as_bytes()))
        .collect();
    let verdict = validate(&list, &Bytes::copy_from_slice(body), View::Strict);
    if !verdict.is_valid() {
        return Some(format!("{:?}", verdict.findings));
    }
    let (Some(found), Some(mode)) = (verdict.event, verdict.mode) else {
        return Some("it is no event".to_owned());
    };
    let text = Bytes::copy_from_slice(event.as_bytes());
    let expected = match read_structured(&text, SpecVersions::V1) {
        Ok(received) => received.event,
        Err(findings) => return Some(format!("{findings:?}")),
    };
    if mode == Mode::Binary {
        // The very bytes of the headers are those of the judge.
        let lower = |pairs: Vec<(String, String)>| -> BTreeMap<String, String> {
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect()
        };
        let own = headers
            .iter()
            .map(|[name, value]| (name.clone(), value.clone()))
            .collect();
        let (wanted, own) = (lower(to_binary(&expected).0), lower(own));
        if wanted != own {
            return Some(format!("the headers are {own:?}, not {wanted:?}"));
        }
        return (json(body) != expected.json_data().and_then(|data| json(data)))
            .then(|| "the data is another".to_owned());
    }
    let (found, expected) = (
        ingenium_contract::envelope::to_structured(&found),
        ingenium_contract::envelope::to_structured(&expected),
    );
    (json(&found) != json(&expected)).then(|| "the event is another".to_owned())
}

fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}
