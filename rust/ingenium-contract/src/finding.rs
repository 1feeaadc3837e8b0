//! What is wrong with an event: rule, place, reason, remedy.

use std::ops::Range;

use ingenium_types::Rule;
use serde::Serialize;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The event breaks a SHOULD; it is valid.
    Warning,
    /// The event is not valid.
    Error,
}

/// One thing that is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The stable id of the broken rule, such as `ING-P-PATTERN`.
    pub rule: &'static str,
    /// Whether the event is still valid.
    pub level: Level,
    /// JSON pointer into the structured form of the event (`/id`, `/data/Quantity`), in binary mode too.
    pub pointer: String,
    /// Byte range in the HTTP body, where the value stands in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Range<usize>>,
    /// What is wrong, with the value.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
}

impl Finding {
    /// An error at `pointer`.
    #[must_use]
    pub fn error(
        rule: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            level: Level::Error,
            pointer: pointer.into(),
            span: None,
            message: message.into(),
            help: String::new(),
        }
    }

    /// A warning at `pointer`.
    #[must_use]
    pub fn warning(
        rule: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(rule, pointer, message)
        }
    }

    /// The same finding with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// The same finding with a byte range.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }
}

/// Whether none of the findings is an error.
#[must_use]
pub fn is_valid(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.level < Level::Error)
}

/// The HTTP status that tells a sender about these findings: 415 for a media type, 413 for a batch of too many events,
/// else 400.
/// Never one that Knative would retry: the same bytes stay wrong.
#[must_use]
pub fn http_status(findings: &[Finding]) -> u16 {
    let any = |rule| findings.iter().any(|finding| finding.rule == rule);
    if any(crate::rule::MEDIA_TYPE) {
        415
    } else if any(crate::rule::BATCH_SIZE) {
        413
    } else {
        400
    }
}

/// A value as it appears in a message: control characters escaped, at most 60 characters.
#[must_use]
pub(crate) fn excerpt(value: &str) -> String {
    let mut short: String = value
        .chars()
        .take(60)
        .flat_map(char::escape_debug)
        .collect();
    if value.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

/// The message of a JSON rule.
pub(crate) const fn json_message(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::JsonEncoding => (
            "the bytes are not UTF-8 without a byte order mark",
            "encode the body as plain UTF-8",
        ),
        Rule::JsonSurrogate => (
            "a `\\u` escape is half of a surrogate pair",
            "write the character itself, or both halves",
        ),
        Rule::JsonDuplicateKey => (
            "the member stands twice in its object",
            "keep one: parsers disagree which of them counts",
        ),
        Rule::JsonDepth => ("values are nested deeper than 64", "flatten the value"),
        Rule::JsonMembers => ("the object has more than 1024 members", "split the object"),
        Rule::JsonTrailing => (
            "something follows the JSON value",
            "send one value and nothing after it",
        ),
        _ => (
            "the bytes are not JSON (RFC 8259)",
            "check quotes, commas and number forms at this place",
        ),
    }
}
