//! What the writer is asked to do.

use ingenium_contract::envelope::Mode;
use ingenium_contract::{CloudEvent, Finding};
use tokio::sync::oneshot;

use super::retention::{Bounds, Retained};

/// An event to store, and how it came.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    pub(crate) event: CloudEvent,
    pub(crate) mode: Mode,
    /// The headers that belong to the event, as a JSON object.
    pub(crate) headers: String,
}

impl Submission {
    /// Reads an event from an HTTP message.
    pub(crate) fn read(
        headers: &[(&str, &[u8])],
        body: &bytes::Bytes,
    ) -> Result<Self, Vec<Finding>> {
        use ingenium_contract::{SpecVersions, envelope};
        let received = envelope::read(headers, body, SpecVersions::V03AndV1)?;
        let kept: serde_json::Map<String, serde_json::Value> = headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| {
                name == "content-type" || (received.mode == Mode::Binary && name.starts_with("ce-"))
            })
            .map(|(name, value)| (name, String::from_utf8_lossy(value).into()))
            .collect();
        Ok(Self {
            event: received.event,
            mode: received.mode,
            headers: serde_json::Value::Object(kept).to_string(),
        })
    }
}

/// The event is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    Stored,
    /// The same event was there.
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
    /// Store an event and answer when it is on disk.
    Publish {
        submission: Box<Submission>,
        answer: oneshot::Sender<Result<Accepted, Rejected>>,
    },
    /// Store a reply together with the settlement that it came with.
    Reply {
        trigger: String,
        offset: u64,
        settlement: Settlement,
        answer: oneshot::Sender<Result<State, Rejected>>,
    },
    Note(Note),
    /// Write a trigger's object; the position is that of a trigger that is new.
    PutTrigger {
        name: String,
        object: String,
        position: u64,
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
