//! What the contract asks of an envelope beyond CloudEvents.
//!
//! The reader view asks little: what cannot be understood is refused, the rest is accepted. The strict view is what
//! a producer must emit; what it merely should emit is a warning.

use ingenium_types::event::{DataEvent, MarketData};
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload, View};

use crate::attribute::is_json;
use crate::event::{Attribute, AttributeValue, CloudEvent};
use crate::finding::{Finding, excerpt};
use crate::rule;

/// The largest event that a producer may send, in bytes of its structured form.
pub const MAX_EVENT: usize = 64 * 1024;

/// What is wrong with the envelope of an event of the contract, before its data is looked at.
pub(crate) fn check_envelope(
    event: &CloudEvent,
    event_type: EventType,
    view: View,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(other) = event
        .datacontenttype
        .as_deref()
        .filter(|other| !is_json(other))
    {
        let message = format!(
            "`datacontenttype` is `{}`, the data of `{event_type}` is JSON",
            excerpt(other)
        );
        findings.push(
            Finding::error(rule::MEDIA_TYPE, "/datacontenttype", message)
                .help("send the data as `application/json`"),
        );
    }
    if let Some(schema) = &event.dataschema {
        findings.extend(check_dataschema(schema, event_type, view));
    }
    if let Some(AttributeValue::String(parent)) = event.extension("traceparent")
        && trace_id(parent).is_none()
    {
        let message = format!(
            "`traceparent` is `{}`, which is not W3C Trace Context",
            excerpt(parent)
        );
        findings.push(
            Finding::warning(rule::TRACEPARENT, "/traceparent", message).help(
                "a receiver starts a new trace; send `00-<32 hex>-<16 hex>-<2 hex>` or nothing",
            ),
        );
    }
    if view == View::Strict {
        findings.extend(check_presence(event));
        findings.extend(check_text(event));
    }
    findings
}

/// What contradicts the data: strict view only.
pub(crate) fn check_data(event: &CloudEvent, payload: &Payload) -> Vec<Finding> {
    let mut findings = Vec::new();
    let symbol = payload.symbol().as_str();
    if let Some(subject) = event
        .subject
        .as_deref()
        .filter(|subject| *subject != symbol)
    {
        let message = format!(
            "`subject` is `{}`, `Symbol` is `{symbol}`",
            excerpt(subject)
        );
        findings.push(Finding::warning(rule::SUBJECT, "/subject", message).help("make them equal"));
    }
    if let (Some(key), Some(expected)) = (
        event.extension_text("partitionkey"),
        payload.partition_key(),
    ) && key != expected
    {
        let message = format!(
            "`partitionkey` is `{}`, the catalog asks for `{expected}`",
            excerpt(key)
        );
        findings.push(
            Finding::warning(rule::PARTITIONKEY, "/partitionkey", message)
                .help("events that belong together keep their order only under one key"),
        );
    }
    findings.extend(check_facts(event.instant(), payload));
    findings
}

/// What contradicts itself inside the data, or the event's `time`: strict view only.
pub(crate) fn check_facts(time: Option<UtcTimestamp>, payload: &Payload) -> Vec<Finding> {
    match payload {
        Payload::IngestorData(data) => check_market_data(time, data),
        _ => Vec::new(),
    }
}

/// The trace id of a W3C `traceparent` of version 00.
#[must_use]
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let bytes: &[u8; 55] = traceparent.as_bytes().try_into().ok()?;
    let legal = bytes.starts_with(b"00-")
        && bytes[35] == b'-'
        && bytes[52] == b'-'
        && is_hex(&bytes[3..35])
        && is_hex(&bytes[36..52])
        && is_hex(&bytes[53..])
        && bytes[3..35] != [b'0'; 32]
        && bytes[36..52] != [b'0'; 16];
    legal.then(|| &traceparent[3..35])
}

/// Whether all bytes are lower-case hex digits. Looks at every byte, so that many are looked at in one step.
fn is_hex(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |legal, byte| {
        legal & (byte.is_ascii_digit() | (b'a'..=b'f').contains(byte))
    })
}

fn check_dataschema(schema: &str, event_type: EventType, view: View) -> Option<Finding> {
    let expected = event_type.schema_id();
    // `<base>/<major>/<name>.json`; a released id has `<major>.<minor>` there.
    let (base_and_major, name) = expected.rsplit_once('/')?;
    let (base, major) = base_and_major.rsplit_once('/')?;
    let found = schema
        .strip_prefix(base)
        .and_then(|rest| rest.strip_prefix('/'))
        .and_then(|rest| rest.split_once('/'));
    let same = found
        .is_some_and(|(version, file)| version.split('.').next() == Some(major) && file == name);
    if same || (view == View::Reader && found.is_none()) {
        return None;
    }
    let message = format!(
        "`dataschema` is `{}`, the schema of `{event_type}` is `{expected}`",
        excerpt(schema)
    );
    Some(
        Finding::error(rule::DATASCHEMA, "/dataschema", message)
            .help("name the type's own schema, or leave it out"),
    )
}

fn check_presence(event: &CloudEvent) -> Vec<Finding> {
    let mut findings = Vec::new();
    let must = [
        ("time", event.time.is_some()),
        ("datacontenttype", event.datacontenttype.is_some()),
    ];
    for (name, present) in must {
        if !present {
            findings.push(
                Finding::error(
                    rule::ATTRIBUTE_MISSING,
                    format!("/{name}"),
                    format!("`{name}` is missing"),
                )
                .help(if name == "time" {
                    "state when the fact became knowable"
                } else {
                    "send `application/json`"
                }),
            );
        }
    }
    let should = [
        ("subject", event.subject.is_some()),
        ("dataschema", event.dataschema.is_some()),
        ("partitionkey", event.extension("partitionkey").is_some()),
    ];
    for (name, present) in should {
        if !present {
            findings.push(
                Finding::warning(
                    rule::ATTRIBUTE_MISSING,
                    format!("/{name}"),
                    format!("`{name}` is missing"),
                )
                .help("a producer should send it"),
            );
        }
    }
    findings
}

fn check_text(event: &CloudEvent) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, value) in event.attributes() {
        let Attribute::String(text) = value else {
            continue;
        };
        let safe = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'%' && byte != b'"');
        if !safe && name != "datacontenttype" {
            let message = format!(
                "`{name}` is `{}`, which an HTTP header carries only encoded",
                excerpt(text)
            );
            findings.push(
                Finding::warning(rule::HEADER_SAFE, format!("/{name}"), message)
                    .help("use `!` to `~` without `%` and `\"`: several SDKs neither encode nor decode headers"),
            );
        }
    }
    if !event.source.starts_with("/ingenium/") {
        let message = format!("`source` is `{}`", excerpt(&event.source));
        findings.push(
            Finding::warning(rule::SOURCE, "/source", message)
                .help("use `/ingenium/<role>/<name>`"),
        );
    }
    if let Some(time) = &event.time
        && (!time.text().ends_with('Z') || time.instant().is_none())
    {
        let message = format!("`time` is `{}`", time.text());
        findings.push(
            Finding::warning(rule::TIME_UTC, "/time", message)
                .help("state it in UTC, with `Z`, from 1970 to 2261"),
        );
    }
    if let Some(sequence) = event.extension("sequence") {
        let text = sequence.to_string();
        if text.len() != 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("`sequence` is `{}`", excerpt(&text));
            findings.push(
                Finding::error(rule::SEQUENCE, "/sequence", message)
                    .help("send 20 digits, zero-padded"),
            );
        }
    }
    let size = crate::envelope::to_structured(event).len();
    if size > MAX_EVENT {
        let message = format!("the event has {size} bytes, more than {MAX_EVENT}");
        findings.push(Finding::error(rule::EVENT_SIZE, "", message).help("split it"));
    }
    findings
}

fn check_market_data(time: Option<UtcTimestamp>, data: &DataEvent) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(end) = data.end_timestamp {
        if end <= data.timestamp {
            let message = format!(
                "`EndTimestamp` {end} is not after `Timestamp` {}",
                data.timestamp
            );
            findings.push(
                Finding::error(rule::INTERVAL, "/data/EndTimestamp", message)
                    .help("the end is exclusive"),
            );
        }
        if time.is_some_and(|time| time < end) {
            let message = format!("`time` is before `EndTimestamp` {end}");
            findings.push(
                Finding::error(rule::TIME_BEFORE_END, "/time", message)
                    .help("a bar is knowable when it has ended"),
            );
        }
    }
    if let MarketData::Ohlc(bar) = &data.data {
        for (name, price) in [("Open", bar.open), ("Close", bar.close)] {
            if price < bar.low || price > bar.high {
                let message = format!(
                    "`{name}` {price} lies outside `Low` {} to `High` {}",
                    bar.low, bar.high
                );
                findings.push(
                    Finding::error(rule::OHLC, format!("/data/Data/{name}"), message)
                        .help("Low ≤ Open, Close ≤ High in every bar"),
                );
            }
        }
    }
    findings
}
