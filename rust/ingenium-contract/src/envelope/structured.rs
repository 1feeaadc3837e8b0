//! Structured content mode: one JSON object (CloudEvents JSON format 1.0).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ingenium_types::read::Kind;
use ingenium_types::{Reader, Refusal, View};

use super::build::Builder;
use super::{Mode, Received, SpecVersions};
use crate::attribute::is_json;
use crate::event::{AttributeValue, Data};
use crate::finding::{Finding, excerpt};
use crate::locate::locate;
use crate::rule;

#[derive(Default)]
struct Members {
    data: Option<std::ops::Range<usize>>,
    data_base64: Option<(String, std::ops::Range<usize>)>,
}

pub(super) fn read(body: &Bytes, versions: SpecVersions) -> Result<Received, Vec<Finding>> {
    let mut builder = Builder::default();
    let mut members = Members::default();
    let mut reader = Reader::new(body, View::Reader);
    let read = reader
        .object(|reader, name| member(reader, name, &mut builder, &mut members))
        .and_then(|_| reader.finish());
    if let Err(refusal) = read {
        let form = "an event in structured mode is a JSON object";
        builder.findings.push(from_refusal(&refusal, form));
        return Err(builder.findings);
    }
    let (data, data_start) = match (members.data, members.data_base64) {
        (Some(span), Some(_)) => {
            builder.findings.push(
                Finding::error(
                    rule::DATA,
                    "/data_base64",
                    "`data` and `data_base64` both stand",
                )
                .help("keep `data` for JSON, `data_base64` for anything else")
                .at(span),
            );
            (None, None)
        }
        (Some(span), None) => {
            let json = builder.peek("datacontenttype").is_none_or(is_json);
            let bytes = body.slice(span.clone());
            // The JSON format: with another content type a JSON string carries the text itself.
            let data = match serde_json::from_slice::<String>(&bytes) {
                Ok(text) if !json => Data::Binary(text.into()),
                _ => Data::Json(bytes),
            };
            (Some(data), Some(span.start))
        }
        (None, Some((text, span))) => (decode(&text, span, &mut builder), None),
        (None, None) => (None, None),
    };
    let (event, findings) = builder
        .build(data, versions)
        .map_err(|findings| place(findings, body))?;
    Ok(Received {
        mode: Mode::Structured,
        event,
        data_start,
        findings: place(findings, body),
    })
}

/// The data in a base64 text, or the finding that it is none.
fn decode(text: &str, span: std::ops::Range<usize>, builder: &mut Builder) -> Option<Data> {
    let bytes = match STANDARD.decode(text) {
        Ok(bytes) => Bytes::from(bytes),
        Err(error) => {
            builder.findings.push(
                Finding::error(
                    rule::DATA,
                    "/data_base64",
                    format!("`data_base64` is not base64: {error}"),
                )
                .help("use the standard alphabet with padding (RFC 4648 section 4)")
                .at(span),
            );
            return None;
        }
    };
    if !builder.peek("datacontenttype").is_some_and(is_json) {
        return Some(Data::Binary(bytes));
    }
    if bytes.is_empty() {
        return None; // as an empty body in binary mode
    }
    // It will stand as it is in the structured form: what is no JSON value would break that, or slip members into it.
    if let Some(finding) = super::binary::check_json(&bytes) {
        builder.findings.push(finding.at(span));
        return None;
    }
    Some(Data::Json(bytes))
}

/// Adds to each finding the place of what it points at, where that stands in the body.
pub(crate) fn place(mut findings: Vec<Finding>, body: &[u8]) -> Vec<Finding> {
    for finding in findings.iter_mut().filter(|finding| finding.span.is_none()) {
        finding.span = locate(body, &finding.pointer);
    }
    findings
}

fn member(
    reader: &mut Reader<'_>,
    name: &str,
    builder: &mut Builder,
    members: &mut Members,
) -> Result<(), Refusal> {
    let start = reader.position();
    match (name, reader.kind()?) {
        // What is null is not there (CloudEvents JSON event format 1.0.2, 2.2).
        (_, Kind::Null) => drop(reader.skip()?),
        ("data", _) => {
            let length = reader.skip()?.len();
            members.data = Some(start..start + length);
        }
        ("data_base64", Kind::String) => {
            let text = reader.string()?;
            members.data_base64 = Some((text.text.into_owned(), text.span));
        }
        (_, Kind::String) => {
            let text = reader.string()?;
            let before = builder.findings.len();
            builder.attribute(name, AttributeValue::String(text.text.into_owned()));
            for finding in &mut builder.findings[before..] {
                finding.span = Some(text.span.clone());
            }
        }
        (_, Kind::Boolean) => builder.attribute(name, AttributeValue::Boolean(reader.boolean()?)),
        (_, kind) => {
            let token = reader.skip()?;
            let span = start..start + token.len();
            let text = String::from_utf8_lossy(token);
            match (kind, text.parse::<i32>()) {
                // `-0` would come back as `0`: only what is written as it was read is taken.
                (Kind::Number, Ok(number)) if text == number.to_string() => {
                    builder.attribute(name, number.into());
                }
                _ => builder.findings.push(
                    Finding::error(
                        rule::ATTRIBUTE_TYPE,
                        format!("/{}", ingenium_types::refusal::escape_pointer(name)),
                        format!(
                            "`{}` is `{}`: an attribute is a string, a boolean or a 32-bit integer",
                            excerpt(name),
                            excerpt(&text)
                        ),
                    )
                    .help("write other values as strings; leave absent ones out")
                    .at(span),
                ),
            }
        }
    }
    Ok(())
}

/// A refusal of the whole document as a finding; `form` says what the document should be.
pub(super) fn from_refusal(refusal: &Refusal, form: &str) -> Finding {
    let (message, help) = if refusal.rule.is_json() {
        crate::finding::json_message(refusal.rule)
    } else {
        (
            form,
            "send one JSON object with the attributes as members for each event",
        )
    };
    Finding::error(refusal.rule.id(), refusal.pointer.clone(), message)
        .help(help)
        .at(refusal.span.clone())
}
