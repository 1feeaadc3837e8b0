//! Batched content mode: a JSON array of events (CloudEvents JSON format 1.0, section 4).
//!
//! Receivers that did not ask for batches refuse them; [`super::read`] does. This is for those that did.

use bytes::Bytes;
use ingenium_types::{Reader, View};

use super::structured::from_refusal;
use super::{Received, SpecVersions, structured};
use crate::finding::{Finding, is_valid};
use crate::rule;

/// Reads a batch of at most `most` events. An empty batch is one.
///
/// # Errors
/// All findings about all events, with pointers into the batch (`/3/source`): one bad event, and none is accepted.
pub fn read_batch(
    body: &Bytes,
    versions: SpecVersions,
    most: usize,
) -> Result<Vec<Received>, Vec<Finding>> {
    let mut reader = Reader::new(body, View::Reader);
    let mut spans = Vec::new();
    let read = reader.array(|reader, _| {
        let start = reader.position();
        let length = reader.skip()?.len();
        spans.push(start..start + length);
        Ok(())
    });
    if let Err(refusal) = read.and_then(|_| reader.finish()) {
        return Err(vec![from_refusal(
            &refusal,
            "a batch is a JSON array of events",
        )]);
    }
    if spans.len() > most {
        let message = format!("the batch has {} events, more than {most}", spans.len());
        return Err(vec![
            Finding::error(rule::BATCH_SIZE, "", message).help("send several batches"),
        ]);
    }
    let mut events = Vec::with_capacity(spans.len());
    let mut findings = Vec::new();
    for (index, span) in spans.into_iter().enumerate() {
        let start = span.start;
        match structured::read(&body.slice(span), versions) {
            Ok(mut received) => {
                received.data_start = received.data_start.map(|at| at + start);
                findings.extend(
                    received
                        .findings
                        .iter()
                        .cloned()
                        .map(|f| inside(f, index, start)),
                );
                events.push(received);
            }
            Err(errors) => findings.extend(errors.into_iter().map(|f| inside(f, index, start))),
        }
    }
    if is_valid(&findings) {
        Ok(events)
    } else {
        Err(findings)
    }
}

/// A finding about one event as one about the batch.
fn inside(mut finding: Finding, index: usize, start: usize) -> Finding {
    finding.pointer = format!("/{index}{}", finding.pointer);
    finding.span = finding
        .span
        .map(|span| span.start + start..span.end + start);
    finding
}
