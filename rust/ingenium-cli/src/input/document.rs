//! Where the events of an input are.

use std::ops::Range;

use ingenium_contract::envelope::Header;
use ingenium_types::read::Kind;
use ingenium_types::{Reader, View};

/// Where the events are in input that is one JSON document; `None` where it is none, so that one bad line does not hide
/// the others.
pub(crate) fn spans(input: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut reader = Reader::new(input, View::Reader);
    let start = reader.position();
    if reader.kind() == Ok(Kind::Array) {
        let mut items = Vec::new();
        let read = reader.array(|reader, _| {
            let start = reader.position();
            let length = reader.skip()?.len();
            items.push(start..start + length);
            Ok(())
        });
        let whole = read.is_ok() && reader.finish().is_ok();
        return Some(if whole {
            items
        } else {
            std::iter::once(start..input.len()).collect()
        });
    }
    let mut probe = Reader::new(input, View::Reader);
    let whole = probe.skip().is_ok() && probe.finish().is_ok();
    whole.then(|| std::iter::once(start..input.trim_ascii_end().len()).collect())
}

/// Whether `line` is a JSON value of its own.
pub(crate) fn is_document(line: &[u8]) -> bool {
    let mut reader = Reader::new(line, View::Reader);
    reader.skip().is_ok() && reader.finish().is_ok()
}

/// The lines that are not empty: where each is, and its number, counted from 1.
pub(crate) fn lines(block: &[u8]) -> impl Iterator<Item = (Range<usize>, u64)> {
    let mut start = 0;
    let mut number = 0;
    block
        .split_inclusive(|&byte| byte == b'\n')
        .filter_map(move |line| {
            let span = start..start + line.trim_ascii_end().len();
            start += line.len();
            number += 1;
            (!line.trim_ascii().is_empty()).then_some((span, number))
        })
}

/// An HTTP message in a file: its request line, its headers, and where its body starts. Lines may end in LF alone.
pub(crate) fn http_parts(input: &[u8]) -> (&[u8], Vec<Header<'_>>, usize) {
    let end = |needle: &[u8]| {
        let at = input.windows(needle.len()).position(|it| it == needle);
        at.map_or((input.len(), input.len()), |at| (at, at + needle.len()))
    };
    let (head_end, body_start) = end(b"\r\n\r\n").min(end(b"\n\n"));
    let mut head = input[..head_end].split(|&byte| byte == b'\n');
    let request = head.next().unwrap_or_default().trim_ascii_end();
    (request, head.filter_map(header).collect(), body_start)
}

fn header(line: &[u8]) -> Option<Header<'_>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?;
    Some((name, line[colon + 1..].trim_ascii()))
}
