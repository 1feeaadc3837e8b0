//! What a component said, as raw bytes, and what the judge says about it.
//!
//! An emission is judged the moment it arrives and never decoded before. Beside the verdict stands a loose reading:
//! what a broken event was probably meant to be, so that the other checks can still speak about it.

use std::time::Duration;

use bytes::Bytes;
use ingenium_contract::envelope::{BATCH, Header, Mode, STRUCTURED};
use ingenium_contract::{Verdict, attribute, validate, validate_structured};
use ingenium_runtime::backoff::is_retriable;
use ingenium_types::{EventType, View};
use serde_json::Value;

/// The bytes of one emission.
#[derive(Debug, Clone)]
pub struct Message {
    /// The method; empty for a reply.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: Option<String>,
    /// The headers; names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The head's raw bytes, where it was a request.
    pub head: Bytes,
    /// The body's raw bytes.
    pub body: Bytes,
}

/// How an emission left the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A request to the sink.
    Sink,
    /// The answer to the delivery with this number.
    Reply(usize),
}

/// What the sink did with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was answered 2xx, and the sender was still there.
    Accepted,
    /// It was answered with this status.
    Answered(u16),
    /// It got no answer: the sink hung up, or the sender did.
    Abandoned,
}

impl Fate {
    /// Whether the event is still owed to the sink: neither taken nor refused for good.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Accepted => false,
            Self::Answered(status) => is_retriable(status),
            Self::Abandoned => true,
        }
    }
}

/// One emission.
#[derive(Debug, Clone)]
pub struct Emission {
    /// Its place in the run.
    pub number: usize,
    /// The instance that it came from.
    pub instance: usize,
    /// Which of the processes of the instance was the last to be started.
    pub process: usize,
    /// When it came, since the run began.
    pub at: Duration,
    /// How it came.
    pub via: Via,
    /// What became of it.
    pub fate: Fate,
    /// Its bytes.
    pub message: Message,
    /// What the judge says, by the strict view.
    pub verdict: Verdict,
    /// How the event travelled, or was meant to.
    pub mode: Option<Mode>,
    /// It is a batch.
    pub is_batch: bool,
    /// What it was probably meant to be.
    pub loose: Loose,
}

/// A loose reading of an event.
#[derive(Debug, Clone, Default)]
pub struct Loose {
    /// All attributes as texts.
    pub attributes: Vec<(String, String)>,
    /// The data, as far as it is JSON.
    pub data: Value,
}

impl Emission {
    /// Judges a message.
    #[must_use]
    pub fn judge(message: Message) -> Self {
        let headers: Vec<Header<'_>> = message
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let media_type = headers
            .iter()
            .find(|(name, _)| *name == "content-type")
            .map(|(_, value)| attribute::essence(&String::from_utf8_lossy(value)))
            .unwrap_or_default();
        let is_batch = media_type == BATCH;
        let binary = headers.iter().any(|(name, _)| *name == "ce-specversion");
        let mut body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
        if let (true, Value::Array(events)) = (is_batch, &mut body)
            && !events.is_empty()
        {
            // That it is a batch is said by one check; the others speak of its first event.
            body = events.swap_remove(0);
        }
        // A structured event under the wrong media type is still meant as one: HTTP-02 says so, the other checks judge
        // what it states.
        let structured = !binary && (body.get("specversion").is_some() || media_type == STRUCTURED);
        let verdict = if is_batch && structured {
            validate_structured(&body.to_string().into(), View::Strict)
        } else if structured {
            validate_structured(&message.body, View::Strict)
        } else {
            validate(&headers, &message.body, View::Strict)
        };
        let mode = match (binary, structured) {
            (true, _) => Some(Mode::Binary),
            (false, true) => Some(Mode::Structured),
            (false, false) => verdict.mode,
        };
        let loose = Loose::read(&message, body, structured);
        Self {
            number: 0,
            instance: 0,
            process: 0,
            at: Duration::ZERO,
            via: Via::Sink,
            fate: Fate::Accepted,
            mode,
            is_batch,
            verdict,
            loose,
            message,
        }
    }

    /// An attribute's text: as the judge read it, else as it was probably meant.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        match &self.verdict.event {
            Some(event) => event.attribute(name),
            None => self
                .loose
                .attributes
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.clone()),
        }
    }

    /// The event type, where it is one of the catalog.
    #[must_use]
    pub fn event_type(&self) -> Option<EventType> {
        self.attribute("type")?.parse().ok()
    }

    /// The last part of the type, such as `signal`.
    #[must_use]
    pub fn kind(&self) -> String {
        let event_type = self.attribute("type").unwrap_or_default();
        event_type.rsplit('.').next().unwrap_or_default().to_owned()
    }

    /// The payload's member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&str> {
        self.loose.data.get(name).and_then(Value::as_str)
    }

    /// The instrument that it is about: `Symbol`, else `subject`.
    #[must_use]
    pub fn symbol(&self) -> Option<String> {
        self.member("Symbol")
            .map(ToOwned::to_owned)
            .or_else(|| self.attribute("subject"))
    }

    /// (source, id), which is what makes an event one event.
    #[must_use]
    pub fn identity(&self) -> Option<(String, String)> {
        Some((self.attribute("source")?, self.attribute("id")?))
    }

    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let found = self
            .message
            .headers
            .iter()
            .find(|(other, _)| other == name)?;
        Some(String::from_utf8_lossy(&found.1).into_owned())
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn weight(&self) -> usize {
        let message = &self.message;
        let headers = message
            .headers
            .iter()
            .map(|(name, value)| name.len() + value.len());
        let attributes = self.loose.attributes.iter();
        // What was read stands there twice: as the judge read it, and loosely.
        let read = attributes.map(|(name, value)| 2 * (PIECE + name.len() + value.len()));
        WHOLE
            + message.head.len()
            + message.body.len()
            + headers.map(|size| PIECE + size).sum::<usize>()
            + read.sum::<usize>()
            + weight(&self.loose.data)
    }

    /// Whether the payload has all these members with these values.
    #[must_use]
    pub fn has<'a>(&self, members: impl IntoIterator<Item = (&'a String, &'a Value)>) -> bool {
        members
            .into_iter()
            .all(|(name, value)| self.loose.data.get(name) == Some(value))
    }
}

/// What an emission takes before it holds anything, and each text that it holds.
const WHOLE: usize = 1024;
const PIECE: usize = 64;

/// About how much memory a tree takes, in bytes.
fn weight(tree: &Value) -> usize {
    PIECE
        + match tree {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(members) => {
                let members = members.iter();
                members
                    .map(|(name, value)| PIECE + name.len() + weight(value))
                    .sum()
            }
        }
}

impl Loose {
    fn read(message: &Message, body: Value, structured: bool) -> Self {
        if structured {
            let Value::Object(mut members) = body else {
                return Self::default();
            };
            let data = members.remove("data").unwrap_or_default();
            let attributes = members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| match value {
                    Value::String(text) => (name, text),
                    other => (name, other.to_string()),
                })
                .collect();
            return Self { attributes, data };
        }
        let attributes = message
            .headers
            .iter()
            .filter_map(|(name, value)| {
                let name = name.strip_prefix("ce-")?;
                // Decoded where it can be: what is wrong with the encoding is another check's business.
                let text = percent_encoding::percent_decode(value).decode_utf8_lossy();
                Some((name.to_owned(), text.into_owned()))
            })
            .collect();
        Self {
            attributes,
            data: body,
        }
    }
}
