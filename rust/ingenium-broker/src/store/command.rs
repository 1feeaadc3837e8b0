//! What the writer is asked to do.

use std::borrow::Cow;

use ingenium_contract::envelope::{self, Mode};
use ingenium_contract::{CloudEvent, Finding, SpecVersions};
use serde::Serializer as _;
use tokio::sync::oneshot;

use super::retention::{Bounds, Retained};

/// Headers of a request that carry a trace on (W3C Trace Context, W3C Baggage).
pub(super) const TRACE: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// An event to store, and how it came.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    pub(crate) event: CloudEvent,
    pub(crate) mode: Mode,
    /// The headers that belong to the event, as a JSON object.
    pub(crate) headers: String,
    /// It is stored also where the same event is there.
    pub(crate) may_repeat: bool,
}

/// The headers among `headers`, a JSON object, that carry a trace on.
pub(super) fn trace(headers: &str) -> Vec<(&'static str, String)> {
    // Most events have none.
    if !TRACE.iter().any(|name| headers.contains(name)) {
        return Vec::new();
    }
    let headers: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(headers).unwrap_or_default();
    let text = |name| headers.get(name)?.as_str().map(ToOwned::to_owned);
    TRACE
        .into_iter()
        .filter_map(|name| Some((name, text(name)?)))
        .collect()
}

/// The headers that belong to an event, as a JSON object.
fn kept(headers: &[(&str, &[u8])], mode: Mode) -> String {
    let belongs = |name: &str| {
        name == "content-type"
            || TRACE.contains(&name)
            || (mode == Mode::Binary && name.starts_with("ce-"))
    };
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), *value));
    let mut kept: Vec<(String, Cow<'_, str>)> = headers
        .filter(|(name, _)| belongs(name))
        .map(|(name, value)| (name, String::from_utf8_lossy(value)))
        .collect();
    // The last of a name counts, and names are in order.
    kept.reverse();
    kept.sort_by(|(one, _), (other, _)| one.cmp(other));
    kept.dedup_by(|(later, _), (kept, _)| later == kept);
    let mut json = Vec::with_capacity(256);
    let mut writer = serde_json::Serializer::new(&mut json);
    writer.collect_map(kept).expect("texts have a JSON form");
    String::from_utf8(json).expect("JSON is UTF-8")
}

impl Submission {
    /// Reads an event from an HTTP message.
    pub(crate) fn read(
        headers: &[(&str, &[u8])],
        body: &bytes::Bytes,
    ) -> Result<Self, Vec<Finding>> {
        let received = envelope::read(headers, body, SpecVersions::V03AndV1)?;
        let headers = kept(headers, received.mode);
        Ok(Self {
            event: received.event,
            mode: received.mode,
            headers,
            may_repeat: false,
        })
    }

    /// Reads a batch of at most `most` events.
    pub(crate) fn read_batch(body: &bytes::Bytes, most: usize) -> Result<Vec<Self>, Vec<Finding>> {
        let received = envelope::read_batch(body, SpecVersions::V03AndV1, most)?;
        let headers = serde_json::json!({ "content-type": envelope::BATCH }).to_string();
        let submissions = received.into_iter().map(|received| Self {
            event: received.event,
            mode: received.mode,
            headers: headers.clone(),
            may_repeat: false,
        });
        Ok(submissions.collect())
    }
}

/// The events are in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    Stored,
    /// The same events were there.
    Known,
}

/// The event is not in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// Another event with the same source and id is, at this offset.
    Conflict(u64),
    /// The disk does not take it now.
    Unavailable(String),
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Settled,
    DeadLetter,
}

/// A delivery that is over.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    pub(crate) state: State,
    pub(crate) attempts: u32,
    /// The last answer's status; `None` when there was none.
    pub(crate) status: Option<u16>,
    /// Why it was given up; empty when it was not.
    pub(crate) reason: String,
    /// The event that came with the acknowledgement.
    pub(crate) reply: Option<Box<Submission>>,
}

/// What is written with the next commit and needs none of its own: when it is lost, a delivery is made again.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// A delivery is being made.
    Open { trigger: String, offset: u64 },
    /// A delivery is over.
    Settled {
        trigger: String,
        offset: u64,
        settlement: Settlement,
    },
    /// Everything up to here is settled for the trigger.
    Position { trigger: String, offset: u64 },
}

/// What the writer does.
#[derive(Debug)]
pub(crate) enum Command {
    /// Store events, all of them or none, and answer when they are on disk.
    Publish {
        submissions: Vec<Submission>,
        answer: oneshot::Sender<Result<Accepted, Rejected>>,
    },
    /// Store a reply together with the settlement that it came with.
    Reply {
        trigger: String,
        offset: u64,
        settlement: Settlement,
        answer: oneshot::Sender<Result<State, Rejected>>,
    },
    /// Write the notes that wait.
    Write,
    /// Write a trigger's object; position and what is replayed are those of a trigger that is new.
    PutTrigger {
        name: String,
        object: String,
        position: u64,
        replayed: u64,
        answer: oneshot::Sender<Result<(), Rejected>>,
    },
    DeleteTrigger {
        name: String,
        answer: oneshot::Sender<Result<(), Rejected>>,
    },
    PutBroker {
        name: String,
        object: String,
        answer: oneshot::Sender<Result<(), Rejected>>,
    },
    SetMeta {
        key: String,
        value: String,
        answer: oneshot::Sender<Result<(), Rejected>>,
    },
    /// Remove events from the beginning of the log, a piece at a time.
    Retain {
        bounds: Bounds,
        answer: oneshot::Sender<Result<Retained, Rejected>>,
    },
    /// Write everything that waits for a commit.
    Flush {
        answer: oneshot::Sender<Result<(), Rejected>>,
    },
    /// Write everything, and nothing after it.
    Close,
}
