//! What codecs are asked: the vectors, generated samples, and what must be the same in all languages.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ingenium_contract::validate;
use ingenium_fuzz::Sampler;
use ingenium_types::{EventType, Payload, View};
use serde_json::Value;

use crate::protocol::{Command, ViewName};
use crate::repository;

mod message;

pub use message::messages;

/// The media type of an event in structured mode.
const STRUCTURED: &str = ingenium_contract::envelope::STRUCTURED;

/// A question with the answer that the judge gives.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where it comes from.
    pub name: String,
    /// The command.
    pub command: Command,
    /// Rule and place that may be named, the judge's first reason first; none where the answer is yes.
    pub reasons: Vec<(String, String)>,
    /// Whether the answer is yes.
    pub accepted: bool,
    /// What an accepted payload or event is written as, as a JSON value.
    pub written: Option<Value>,
}

/// Both views.
pub const VIEWS: [(ViewName, View); 2] = [
    (ViewName::Strict, View::Strict),
    (ViewName::Reader, View::Reader),
];

/// Bytes as they stand in commands.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What a command's base64 says.
#[must_use]
pub fn plain(data: &str) -> Vec<u8> {
    STANDARD.decode(data).unwrap_or_default()
}

/// A vector, as far as codecs are asked about it.
#[derive(Debug, Clone)]
pub struct Vector {
    /// Its id.
    pub name: String,
    /// The type of its payload.
    pub event_type: EventType,
    /// The payload.
    pub data: Value,
    /// Whether it is valid.
    pub valid: bool,
    /// Where it is refused for the given reason.
    views: Vec<String>,
    reason: Option<(String, String)>,
}

impl Vector {
    /// Whether a view accepts it.
    #[must_use]
    pub fn is_accepted(&self, view: ViewName) -> bool {
        self.valid || (view == ViewName::Reader && !self.lists(view))
    }

    fn lists(&self, view: ViewName) -> bool {
        let name = match view {
            ViewName::Strict => "strict",
            ViewName::Reader => "reader",
        };
        self.views.iter().any(|other| other == name)
    }

    /// The question about it under a view.
    #[must_use]
    pub fn question(&self, view: ViewName) -> Question {
        let accepted = self.is_accepted(view);
        let reason = self
            .reason
            .clone()
            .filter(|_| !accepted && self.lists(view));
        Question {
            name: format!("{} ({view:?})", self.name),
            command: Command::Decode {
                event_type: self.event_type.as_str().to_owned(),
                view,
                data: base64(self.data.to_string().as_bytes()),
            },
            reasons: reason.into_iter().collect(),
            accepted,
            written: (self.valid).then(|| self.data.clone()),
        }
    }
}

/// The vectors of all payloads.
///
/// # Panics
/// When the repository has lost them.
#[must_use]
pub fn vectors() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for &event_type in EventType::ALL {
        let name = event_type.as_str().trim_start_matches("ingenium.");
        for kind in ["valid", "invalid"] {
            let folder = repository().join("schemas/vectors").join(name).join(kind);
            for mut vector in read_all(&folder) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let reject = vector["reject"].take();
                vectors.push(Vector {
                    name: text(&vector["id"]),
                    event_type,
                    data: vector["data"].take(),
                    valid: vector["valid"] == true,
                    views: vector["views"]
                        .as_array()
                        .map(|views| views.iter().map(text).collect())
                        .unwrap_or_default(),
                    reason: (!reject.is_null())
                        .then(|| (text(&reject["rule"]), text(&reject["at"]))),
                });
            }
        }
    }
    assert!(vectors.len() > 450, "only {} vectors", vectors.len());
    vectors
}

/// Recorded requests: one question a view.
///
/// # Panics
/// When the repository has lost them.
#[must_use]
pub fn requests() -> Vec<Question> {
    let mut questions = Vec::new();
    for kind in ["valid", "invalid"] {
        let folder = repository().join("schemas/vectors/http").join(kind);
        for vector in read_all(&folder) {
            let file = vector["http"].as_str().expect("a request has its file");
            let bytes = std::fs::read(folder.join(file)).expect("a readable request");
            let (headers, body) = split(&bytes);
            for (name, view) in VIEWS {
                let mut question = receive(file, &headers, &body, name, view);
                // The vector's own reason counts, not the judge's.
                let text = |member: &str| {
                    vector["reject"][member]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned()
                };
                assert_eq!(question.accepted, vector["valid"] == true, "{file}");
                if !question.accepted {
                    question.reasons = vec![(text("rule"), text("at"))];
                }
                questions.push(question);
            }
        }
    }
    assert!(questions.len() >= 20, "only {} requests", questions.len());
    questions
}

fn read_all(folder: &Path) -> Vec<Value> {
    let entries = std::fs::read_dir(folder).expect("the repository has vectors");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let read = |path| {
        let text = std::fs::read(path).expect("a readable vector");
        serde_json::from_slice(&text).expect("a vector is JSON")
    };
    files.iter().map(read).collect()
}

/// Names and values of headers; a value's characters are its bytes.
pub type Headers = Vec<[String; 2]>;

/// The headers and the body of a recorded request.
fn split(request: &[u8]) -> (Headers, Vec<u8>) {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = request.split_at(end.expect("a request has a head") + 2);
    let latin = |bytes: &[u8]| -> String { bytes.iter().copied().map(char::from).collect() };
    let lines = head.split(|&byte| byte == b'\n').skip(1);
    let headers = lines.filter_map(|line| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let (name, value) = line.split_at(colon);
        Some([latin(name), latin(value[1..].trim_ascii())])
    });
    (headers.collect(), body[2..].to_vec())
}

/// The question about a message, with the judge's answer.
#[must_use]
pub fn receive(
    name: &str,
    headers: &[[String; 2]],
    body: &[u8],
    view_name: ViewName,
    view: View,
) -> Question {
    let bytes: Vec<(String, Vec<u8>)> = headers
        .iter()
        .map(|[name, value]| {
            let value = value.chars().map(|c| u8::try_from(c).unwrap_or(b'?'));
            (name.clone(), value.collect())
        })
        .collect();
    let list: Vec<(&str, &[u8])> = bytes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    let verdict = validate(&list, &Bytes::copy_from_slice(body), view);
    let accepted = verdict.is_valid();
    let written = verdict
        .event
        .as_ref()
        .filter(|_| accepted)
        .and_then(|event| {
            let payload = verdict.payload.as_ref()?;
            let mut event = event.clone();
            event.data = Some(ingenium_contract::Data::Json(payload.encode().into()));
            let text = ingenium_contract::envelope::to_structured(&event);
            serde_json::from_slice(&text).ok()
        });
    let errors = verdict
        .findings
        .into_iter()
        .filter(|finding| finding.level == ingenium_contract::finding::Level::Error);
    Question {
        name: format!("{name} ({view_name:?})"),
        command: Command::Receive {
            view: view_name,
            headers: headers.to_vec(),
            body: base64(body),
        },
        reasons: errors
            .map(|finding| (finding.rule.to_owned(), finding.pointer))
            .collect(),
        accepted,
        written,
    }
}

/// Generated payloads of one type: valid ones, and such that are changed in one place or two. The same seed gives the
/// same questions.
#[must_use]
pub fn samples(event_type: EventType, seed: u64, count: usize) -> Vec<Question> {
    let mut sampler = Sampler::new(event_type, seed);
    (0..count)
        .map(|index| {
            let bytes = sampler.bytes();
            let (name, view) = VIEWS[index % 2];
            payload(event_type, &format!("sample {index}"), &bytes, name, view)
        })
        .collect()
}

/// The question about a payload, with the judge's answer.
#[must_use]
pub fn payload(
    event_type: EventType,
    name: &str,
    bytes: &[u8],
    view_name: ViewName,
    view: View,
) -> Question {
    let decoded = Payload::decode(event_type, bytes, view);
    let mut reasons = Vec::new();
    if let Err(refusal) = &decoded {
        reasons.push((refusal.rule.id().to_owned(), refusal.pointer.clone()));
        let judged = ingenium_contract::validate_payload(event_type, bytes, view);
        for finding in judged.err().into_iter().flatten() {
            reasons.push((finding.rule.to_owned(), finding.pointer));
        }
    }
    Question {
        name: format!("{name} of {event_type} ({view_name:?})"),
        command: Command::Decode {
            event_type: event_type.as_str().to_owned(),
            view: view_name,
            data: base64(bytes),
        },
        accepted: decoded.is_ok(),
        written: decoded
            .ok()
            .and_then(|payload| serde_json::from_slice(&payload.encode()).ok()),
        reasons,
    }
}
