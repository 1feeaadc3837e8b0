//! The CloudEvents envelope over HTTP: binary and structured content mode, both ways.
//!
//! Stricter than the official SDKs on purpose: it refuses empty ids, duplicate members, illegal names, floats and
//! object extensions, broken percent-encoding, and it never changes a byte of `data`.
//! Source: CloudEvents 1.0.2, its JSON format and its HTTP protocol binding.

mod batch;
mod binary;
mod build;
mod structured;
mod write;

use bytes::Bytes;

use crate::attribute::{essence, has_foreign_charset, is_json};
use crate::event::CloudEvent;
use crate::finding::{Finding, excerpt};
use crate::rule;

pub use batch::read_batch;
pub(crate) use structured::place;
pub use write::{attributes_json, percent_encode, to_binary, to_line, to_structured};

/// The media type of one event in structured mode.
pub const STRUCTURED: &str = "application/cloudevents+json";

/// The media type of a batch.
pub const BATCH: &str = "application/cloudevents-batch+json";

/// How an event travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Attributes in `ce-*` headers, data in the body.
    Binary,
    /// One JSON object in the body.
    Structured,
}

/// A header as received: the name in any case, the value as bytes.
pub type Header<'a> = (&'a str, &'a [u8]);

/// An event and how it travelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The content mode.
    pub mode: Mode,
    /// The event.
    pub event: CloudEvent,
    /// Where `data` starts in the body: 0 in binary mode; `None` where it does not stand there, or as base64.
    pub data_start: Option<usize>,
    /// Warnings: what a sender should do better.
    pub findings: Vec<Finding>,
}

/// Which spec versions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpecVersions {
    /// 1.0 only: components.
    #[default]
    V1,
    /// 0.3 too: brokers pass it on, as Knative's do.
    V03AndV1,
}

/// Reads one event from an HTTP message.
///
/// # Errors
/// All findings about the envelope. The payload is not looked at beyond being well-formed JSON where it says so.
pub fn read(
    headers: &[Header<'_>],
    body: &Bytes,
    versions: SpecVersions,
) -> Result<Received, Vec<Finding>> {
    let content_type = content_type(headers).map_err(|finding| vec![finding])?;
    match content_type.as_deref().map(essence).as_deref() {
        Some(STRUCTURED) => structured::read(body, versions),
        Some(BATCH) => {
            Err(vec![media_type("a batch was not asked for").help(
                "send one event per request, as `application/cloudevents+json`",
            )])
        }
        Some(other) if other.starts_with("application/cloudevents") => Err(vec![
            media_type(format!(
                "`{}` is no event format that is read here",
                excerpt(other)
            ))
            .help("use `application/cloudevents+json`"),
        ]),
        _ => binary::read(headers, content_type, body, versions),
    }
}

/// Reads one event in structured form, as files and logs hold it.
///
/// # Errors
/// All findings about the envelope.
pub fn read_structured(body: &Bytes, versions: SpecVersions) -> Result<Received, Vec<Finding>> {
    structured::read(body, versions)
}

fn content_type(headers: &[Header<'_>]) -> Result<Option<String>, Finding> {
    let mut values = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let Some((_, value)) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(media_type("`Content-Type` stands twice").help("send it once"));
    }
    let text = std::str::from_utf8(value).map_err(|_| media_type("`Content-Type` is not text"))?;
    let is_event = essence(text).starts_with("application/cloudevents");
    if has_foreign_charset(text) && (is_event || is_json(text)) {
        let message = format!("`{}` is not UTF-8", excerpt(text));
        return Err(media_type(message).help("encode JSON as UTF-8; leave `charset` out"));
    }
    Ok(Some(text.to_owned()))
}

fn media_type(message: impl Into<String>) -> Finding {
    Finding::error(rule::MEDIA_TYPE, "/datacontenttype", message)
}
