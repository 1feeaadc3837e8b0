//! Binary content mode: `ce-*` headers, data in the body (CloudEvents HTTP binding 3.1).

use std::borrow::Cow;

use bytes::Bytes;
use ingenium_types::{Reader, View};
use percent_encoding::percent_decode;

use super::build::Builder;
use super::{Header, Mode, Received, SpecVersions};
use crate::attribute::is_json;
use crate::event::{AttributeValue, Data};
use crate::finding::{Finding, excerpt};
use crate::rule;

/// What the headers of attributes begin with.
const PREFIX: &str = "ce-";

pub(super) fn read(
    headers: &[Header<'_>],
    content_type: Option<String>,
    body: &Bytes,
    versions: SpecVersions,
) -> Result<Received, Vec<Finding>> {
    let mut builder = Builder::default();
    for (header, value) in headers {
        let Some((prefix, name)) = header.split_at_checked(PREFIX.len()) else {
            continue;
        };
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            continue;
        }
        let lower: Cow<'_, str> = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            name.to_ascii_lowercase().into()
        } else {
            name.into()
        };
        let name = lower.as_ref();
        if name == "datacontenttype" {
            // The binding maps it to Content-Type; a second source of truth is ignored, but said.
            builder.findings.push(
                Finding::warning(
                    rule::DUPLICATE,
                    "/datacontenttype",
                    "`ce-datacontenttype` is no header of its own",
                )
                .help("in binary mode Content-Type is datacontenttype"),
            );
            continue;
        }
        match decode(value) {
            Ok(text) => builder.attribute(name, AttributeValue::String(text)),
            Err(message) => builder.findings.push(
                Finding::error(
                    rule::ATTRIBUTE_VALUE,
                    format!("/{name}"),
                    format!("`{name}` {message}"),
                )
                .help("percent-encode UTF-8 once; a `%` itself is `%25`"),
            ),
        }
    }
    if builder.peek("specversion").is_none()
        && !builder.findings.iter().any(|f| f.pointer == "/specversion")
    {
        let shown = content_type.as_deref().map_or_else(
            || "no Content-Type".to_owned(),
            |text| format!("`{}`", excerpt(text)),
        );
        builder.findings.push(
            Finding::error(
                rule::MISSING,
                "/specversion",
                format!("the message has no `ce-specversion` header and {shown}"),
            )
            .help("send `ce-*` headers, or `application/cloudevents+json`"),
        );
    }
    // Absent means JSON (contract, "A receiver"), unless it is none: bytes without a type are legal, too.
    let declared = content_type.as_deref().map(is_json);
    if let Some(content_type) = content_type {
        builder.attribute("datacontenttype", AttributeValue::String(content_type));
    }
    let data = if body.is_empty() {
        None
    } else if declared == Some(false) {
        Some(Data::Binary(body.clone()))
    } else {
        match check_json(body) {
            Some(_) if declared.is_none() => Some(Data::Binary(body.clone())),
            finding => {
                builder.findings.extend(finding);
                Some(Data::Json(body.clone()))
            }
        }
    };
    let (event, findings) = builder.build(data, versions)?;
    Ok(Received {
        mode: Mode::Binary,
        event,
        data_start: Some(0),
        findings,
    })
}

/// What keeps the bytes of `data` from being JSON, with its place in them.
pub(super) fn check_json(data: &[u8]) -> Option<Finding> {
    let mut reader = Reader::new(data, View::Reader);
    let refusal = reader.skip().and_then(|_| reader.finish()).err()?;
    let (message, help) = crate::finding::json_message(refusal.rule);
    let pointer = format!("/data{}", refusal.pointer);
    let finding = Finding::error(refusal.rule.id(), pointer, message);
    Some(finding.help(help).at(refusal.span.clone()))
}

/// Unquotes and percent-decodes a header value, each once.
fn decode(value: &[u8]) -> Result<String, String> {
    let value = value.trim_ascii();
    if !value.starts_with(b"\"") && !value.contains(&b'%') {
        let text = std::str::from_utf8(value).map_err(|_| "is not UTF-8".to_owned())?;
        return Ok(text.to_owned());
    }
    let unquoted = unquote(value)?;
    let mut rest = unquoted.as_slice();
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        let digits = rest
            .get(at + 1..at + 3)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if digits.is_none() {
            return Err("holds a `%` that is not followed by two hex digits".to_owned());
        }
        rest = &rest[at + 3..];
    }
    let decoded: Vec<u8> = percent_decode(&unquoted).collect();
    String::from_utf8(decoded).map_err(|_| "is not UTF-8".to_owned())
}

fn unquote(value: &[u8]) -> Result<Vec<u8>, String> {
    let Some(inner) = value.strip_prefix(b"\"") else {
        return Ok(value.to_vec());
    };
    let Some(inner) = inner.strip_suffix(b"\"") else {
        return Err("starts a quoted string that does not end".to_owned());
    };
    let mut plain = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => plain.push(*bytes.next().ok_or("ends in a backslash")?),
            b'"' => return Err("holds a quote inside quotes".to_owned()),
            _ => plain.push(byte),
        }
    }
    Ok(plain)
}
