//! From bytes to events: one, a batch, one a line, or an HTTP request.

use std::ops::Range;

use bytes::Bytes;
use ingenium_contract::envelope::Header;
use ingenium_contract::{Finding, validate, validate_payload, validate_structured};
use ingenium_types::read::Kind;
use ingenium_types::{EventType, Reader, View};

/// One event of the input, with what is wrong with it. Spans are byte ranges of the whole input.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) span: Range<usize>,
    pub(crate) findings: Vec<Finding>,
}

/// Judges every event in `bytes`.
pub(crate) fn judge_all(
    bytes: &[u8],
    is_http: bool,
    event_type: Option<EventType>,
    view: View,
) -> Vec<Item> {
    if is_http {
        return vec![judge_request(bytes, view)];
    }
    spans(bytes)
        .into_iter()
        .map(|span| judge_span(bytes, span, event_type, view))
        .collect()
}

fn judge_span(bytes: &[u8], span: Range<usize>, event_type: Option<EventType>, view: View) -> Item {
    let part = &bytes[span.clone()];
    let mut findings = match event_type {
        Some(event_type) => validate_payload(event_type, part, view)
            .err()
            .unwrap_or_default(),
        None => validate_structured(&Bytes::copy_from_slice(part), view).findings,
    };
    shift(&mut findings, span.start);
    Item { span, findings }
}

/// Where the events are. Input that is no JSON document as a whole is read line by line, so that one bad line does
/// not hide the others.
fn spans(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut reader = Reader::new(bytes, View::Reader);
    let start = reader.position();
    if reader.kind() == Ok(Kind::Array) {
        let mut items = Vec::new();
        let read = reader.array(|reader, _| {
            let start = reader.position();
            let length = reader.skip()?.len();
            items.push(start..start + length);
            Ok(())
        });
        if read.is_ok() && reader.finish().is_ok() {
            return items;
        }
        return only(start..bytes.len());
    }
    let whole = Reader::new(bytes, View::Reader);
    let mut probe = whole;
    if probe.skip().is_ok() && probe.finish().is_ok() {
        return only(start..bytes.trim_ascii_end().len());
    }
    lines(bytes)
}

fn only(span: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(span).collect()
}

fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if !line.trim_ascii().is_empty() {
            lines.push(start..start + line.trim_ascii_end().len());
        }
        start += line.len();
    }
    lines
}

/// A request as a file: request line, headers, blank line, body. Lines may end in LF alone.
fn judge_request(bytes: &[u8], view: View) -> Item {
    let end = |needle: &[u8]| {
        bytes
            .windows(needle.len())
            .position(|window| window == needle)
            .map(|at| (at, at + needle.len()))
    };
    let crlf = end(b"\r\n\r\n");
    let lf = end(b"\n\n");
    let (head_end, body_start) = match (crlf, lf) {
        (Some(a), Some(b)) => a.min(b),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => (bytes.len(), bytes.len()),
    };
    let head = &bytes[..head_end];
    let headers: Vec<Header<'_>> = head
        .split(|&byte| byte == b'\n')
        .skip(1)
        .filter_map(header)
        .collect();
    let body = Bytes::copy_from_slice(&bytes[body_start..]);
    let mut findings = validate(&headers, &body, view).findings;
    shift(&mut findings, body_start);
    Item {
        span: 0..bytes.len(),
        findings,
    }
}

fn header(line: &[u8]) -> Option<Header<'_>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?;
    Some((name, line[colon + 1..].trim_ascii()))
}

fn shift(findings: &mut [Finding], by: usize) {
    for finding in findings {
        finding.span = finding
            .span
            .take()
            .map(|span| span.start + by..span.end + by);
    }
}
