//! Where in the log a new trigger starts.

use ingenium_types::scalar::{Scalar as _, UtcTimestamp};

use super::object::{Invalid, invalid};
use super::{START, Trigger};

/// The value of the annotation [`START`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// `latest`, as Knative does: at the next event.
    Latest,
    /// `earliest`: at the first event that is kept.
    Earliest,
    /// An integer: at the event with this offset, or the next after it; the first has 1.
    Offset(u64),
    /// An instant (RFC 3339, UTC): at the first event of the log whose `time` is not before it.
    Time(UtcTimestamp),
}

impl Start {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "latest" => Some(Self::Latest),
            "earliest" => Some(Self::Earliest),
            _ => match text.parse() {
                Ok(0) => None,
                Ok(offset) => Some(Self::Offset(offset)),
                Err(_) => UtcTimestamp::parse(text).map(Self::Time),
            },
        }
    }
}

impl std::str::FromStr for Start {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text).ok_or_else(|| no_start("from".to_owned(), text))
    }
}

fn no_start(field: String, text: &str) -> Invalid {
    invalid(
        field,
        format!("`{}` is no start", text.escape_debug()),
        "set `latest`, `earliest`, an offset such as `1`, or a time such as `2026-01-02T03:04:05Z`",
    )
}

impl Trigger {
    /// Where it starts when it is new.
    ///
    /// # Errors
    /// When the annotation says none of the four.
    pub fn start(&self) -> Result<Start, Invalid> {
        let Some(text) = self.annotations.get(START) else {
            return Ok(Start::Latest);
        };
        Start::parse(text).ok_or_else(|| no_start(format!("metadata.annotations.{START}"), text))
    }
}
