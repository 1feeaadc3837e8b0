//! What is said to a codec program, and what it answers: one JSON object a line, one answer a command, in order.
//!
//! A program that speaks this for another generator can be put through the same proofs. Its schema is
//! `docs/reference/codec-protocol.schema.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// A line on the program's standard input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "command", rename_all = "lowercase")]
pub enum Command {
    /// Asks who answers.
    Start,
    /// Decodes a payload and encodes it again.
    Decode {
        /// The CloudEvents `type` that the payload belongs to.
        #[serde(rename = "type")]
        event_type: String,
        /// Who reads.
        view: ViewName,
        /// The payload's bytes, in base64.
        data: String,
    },
    /// Reads an HTTP message in either content mode and writes the event in structured form.
    Receive {
        /// Who reads.
        view: ViewName,
        /// Names and values of headers; a value's characters are its bytes.
        headers: Vec<[String; 2]>,
        /// The body's bytes, in base64.
        body: String,
    },
    /// Reads an event in structured form as strictly as a producer is held to, and writes it as an HTTP message.
    Encode {
        /// The content mode.
        mode: ModeName,
        /// The event.
        event: String,
    },
    /// Computes a deterministic id.
    Identify {
        /// The fields; null for one that is absent.
        fields: Vec<Option<String>>,
    },
    /// Computes the fingerprint of a run.
    Fingerprint {
        /// What the events of the run say.
        events: Vec<Said>,
    },
    /// Ends the program.
    Stop,
}

/// A view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ViewName {
    /// What a producer must emit.
    Strict,
    /// What a consumer must accept.
    Reader,
}

/// A content mode of the HTTP binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ModeName {
    /// One JSON object in the body.
    Structured,
    /// Attributes in `ce-` headers, data in the body.
    Binary,
}

/// What an event says, as far as a fingerprint cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// The CloudEvents `type`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The CloudEvents `subject`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The CloudEvents `time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The data, as a JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// A line on the program's standard output. Which members stand depends on the command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// Start: the version of this protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<u32>,
    /// Start: the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Start: what runs the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Start: the version of the contract that the package was generated from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Decode, receive, encode: the verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// Refused: the id of the first broken rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Refused: JSON pointer to the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Accepted: what was written; null for an event of a type that the package does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
    /// Encoded: names and values of headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<[String; 2]>>,
    /// Encoded: the body's bytes, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Identified: the UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

impl Answer {
    /// The answer that something is refused.
    #[must_use]
    pub fn refused(rule: &str, at: &str) -> Self {
        Self {
            accepted: Some(false),
            rule: Some(rule.to_owned()),
            at: Some(at.to_owned()),
            ..Self::default()
        }
    }

    /// The answer that something is accepted, and what it is written as.
    #[must_use]
    pub fn accepted(json: Option<String>) -> Self {
        Self {
            accepted: Some(true),
            json,
            ..Self::default()
        }
    }
}
