//! The verdict on bytes: one event, a batch, one a line, or an HTTP message.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use ingenium_contract::finding::is_valid;
use ingenium_contract::typed::is_quick;
use ingenium_contract::{Finding, validate, validate_payload, validate_structured};
use ingenium_types::{EventType, Payload, View};

use crate::diagnostic::{Diagnostic, Excerpt, Summary};
use crate::input::{http_parts, lines, spans};

/// By what input is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge {
    pub(crate) view: View,
    /// The input holds bare payloads of this type.
    pub(crate) event_type: Option<EventType>,
    /// So many diagnostics are kept of one block; the others are counted.
    pub(crate) most: usize,
}

/// What was found in a block of input.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) summary: Summary,
    /// With lines and spans counted from the start of the block.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Line feeds in the block.
    pub(crate) lines: u64,
}

/// The longest event that is shown around a finding, in bytes.
const EXCERPT: usize = 2000;

impl Judge {
    /// Judges a block that holds one event a line.
    pub(crate) fn lines(self, name: &Arc<str>, block: &[u8]) -> Judged {
        let mut judged = Judged::default();
        for (span, line) in lines(block) {
            self.event(name, block, span, line, &mut judged);
        }
        judged.lines = line_feeds(block);
        judged
    }

    /// Judges a whole input: an event, an array of events, or one event a line.
    pub(crate) fn whole(self, name: &Arc<str>, input: &[u8]) -> Judged {
        let Some(spans) = spans(input) else {
            return self.lines(name, input);
        };
        let mut judged = Judged::default();
        let mut counted = 0;
        for span in spans {
            judged.lines += line_feeds(&input[counted..span.start]);
            counted = span.start;
            self.event(name, input, span, judged.lines + 1, &mut judged);
        }
        judged.lines += line_feeds(&input[counted..]);
        judged
    }

    /// Judges an HTTP message: request line, headers, blank line, body. Lines may end in LF alone.
    pub(crate) fn message(self, name: &Arc<str>, input: &[u8]) -> Judged {
        let (_, headers, body_start) = http_parts(input);
        let body = Bytes::copy_from_slice(&input[body_start..]);
        let mut findings = validate(&headers, &body, self.view).findings;
        shift(&mut findings, body_start);
        let mut judged = Judged::default();
        self.take(name, input, &(0..input.len()), 1, findings, &mut judged);
        judged.lines = line_feeds(input);
        judged
    }

    /// Judges the event at `span`, which starts in `line`.
    fn event(self, name: &Arc<str>, block: &[u8], span: Range<usize>, line: u64, to: &mut Judged) {
        let bytes = &block[span.clone()];
        let mut findings = match self.event_type {
            // The quick ways say only yes; a no is asked again, for its reasons.
            None if is_quick(bytes, self.view) => Vec::new(),
            None => validate_structured(&Bytes::copy_from_slice(bytes), self.view).findings,
            Some(event_type) => match Payload::decode(event_type, bytes, self.view) {
                Ok(_) => Vec::new(),
                Err(_) => validate_payload(event_type, bytes, self.view)
                    .err()
                    .unwrap_or_default(),
            },
        };
        shift(&mut findings, span.start);
        self.take(name, block, &span, line, findings, to);
    }

    fn take(
        self,
        name: &Arc<str>,
        block: &[u8],
        event: &Range<usize>,
        line: u64,
        findings: Vec<Finding>,
        to: &mut Judged,
    ) {
        to.summary.checked += 1;
        to.summary.bad += u64::from(!is_valid(&findings));
        for finding in findings {
            if to.diagnostics.len() == self.most {
                to.summary.omitted += 1;
            } else {
                to.diagnostics
                    .push(diagnostic(name, block, event, line, finding));
            }
        }
    }
}

fn diagnostic(
    name: &Arc<str>,
    block: &[u8],
    event: &Range<usize>,
    line: u64,
    finding: Finding,
) -> Diagnostic {
    let place = finding.span.clone().unwrap_or(event.start..event.start);
    let before = &block[event.start..place.start.max(event.start)];
    let line_start = before.iter().rposition(|&byte| byte == b'\n');
    let column_text = match line_start {
        Some(at) => &before[at + 1..],
        None => {
            let line_start = block[..event.start].iter().rposition(|&byte| byte == b'\n');
            &block[line_start.map_or(0, |at| at + 1)..event.start + before.len()]
        }
    };
    let text = String::from_utf8_lossy(&block[event.clone()]);
    let shown = text.len() == event.len() && text.len() <= EXCERPT && place.end <= event.end;
    let excerpt = finding
        .span
        .as_ref()
        .filter(|_| shown)
        .map(|place| Excerpt {
            what: "event",
            text: text.clone().into_owned(),
            mark: place.start - event.start..place.end - event.start,
        });
    Diagnostic {
        file: Arc::clone(name),
        line: line + line_feeds(before),
        column: String::from_utf8_lossy(column_text).chars().count() as u64 + 1,
        rule: finding.rule,
        level: finding.level,
        pointer: finding.pointer,
        span: finding.span.map(|span| span.start as u64..span.end as u64),
        message: finding.message,
        help: finding.help,
        excerpt,
    }
}

fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

fn shift(findings: &mut [Finding], by: usize) {
    for finding in findings {
        finding.span = finding
            .span
            .take()
            .map(|span| span.start + by..span.end + by);
    }
}
