//! The events of files and streams, each with its place.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use ingenium_contract::{SpecVersions, envelope};

use crate::exit::{Code, Failure};
use crate::input::{self, Block, http_parts, lines, sources, spans};

/// An event that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// File and line.
    pub(super) place: String,
    /// In structured JSON, as it stands in the file.
    pub(super) event: Bytes,
}

/// Calls `each` for every event of the inputs, in order and in constant memory.
pub(super) fn for_each(
    paths: &[PathBuf],
    each: &mut dyn FnMut(Item) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let mut count = 0;
    for source in sources(paths)? {
        let name = &source.name;
        let unreadable = |error: io::Error| Failure::new(Code::Usage, format!("`{name}`: {error}"));
        let mut input: Box<dyn Read + Send> = match &source.path {
            Some(path) => Box::new(File::open(path).map_err(unreadable)?),
            None => Box::new(io::stdin()),
        };
        if source.is_http() {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).map_err(unreadable)?;
            let event = message(&bytes, name)?;
            let place = format!("{name}:1");
            each(Item { place, event })?;
            count += 1;
            continue;
        }
        let work = |block: Block| {
            let places = match &block {
                Block::Whole(bytes) => match spans(bytes) {
                    Some(spans) => numbered(bytes, spans),
                    None => lines(bytes).collect(),
                },
                Block::Lines(bytes) => lines(bytes).collect(),
            };
            (Bytes::from(block.into_bytes()), places)
        };
        let (mut before, mut failed) = (0, None);
        let mut take = |(block, places): (Bytes, Vec<(Range<usize>, u64)>)| {
            for (span, line) in places {
                let item = Item {
                    place: format!("{name}:{}", before + line),
                    event: block.slice(span),
                };
                count += 1;
                if let Err(failure) = each(item) {
                    failed = Some(failure);
                    return Err(io::Error::other("sending has failed"));
                }
            }
            before += feeds(&block);
            Ok(())
        };
        let read = input::judge(&work, &mut input, 1, &mut take);
        if let Some(failure) = failed {
            return Err(failure);
        }
        read.map_err(unreadable)?;
    }
    Ok(count)
}

/// An HTTP message as an event in structured JSON.
fn message(bytes: &[u8], name: &str) -> Result<Bytes, Failure> {
    let (_, headers, body) = http_parts(bytes);
    let body = Bytes::copy_from_slice(&bytes[body..]);
    let read = envelope::read(&headers, &body, SpecVersions::V03AndV1).map_err(|findings| {
        let first = findings.first().map(|finding| finding.message.as_str());
        let message = format!("`{name}`: {}", first.unwrap_or("no event"));
        Failure::new(Code::Usage, message)
    })?;
    Ok(envelope::to_structured(&read.event).into())
}

/// Spans with the number of the line that each starts in.
fn numbered(input: &[u8], spans: Vec<Range<usize>>) -> Vec<(Range<usize>, u64)> {
    let (mut line, mut counted) = (1, 0);
    let numbered = spans.into_iter().map(|span| {
        line += feeds(&input[counted..span.start]);
        counted = span.start;
        (span, line)
    });
    numbered.collect()
}

fn feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}
