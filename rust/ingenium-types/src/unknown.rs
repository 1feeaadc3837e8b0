//! What a later contract knows and this one does not. Only the reader view makes these values.

use std::fmt;

use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::read::{Kind, Reader};
use crate::refusal::{Refusal, Rule};

/// A value of an extensible enumeration that this contract does not list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// Only decoders make one, so that it is never a known value in disguise.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The value on the wire.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content of a tagged union whose tag this contract does not list, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownData {
    tag: Box<str>,
    json: Box<str>,
}

impl UnknownData {
    /// Reads an object of any form.
    pub(crate) fn decode(tag: &str, reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        let start = reader.position();
        let kind = reader.kind()?;
        let bytes = reader.skip()?;
        if kind != Kind::Object {
            return Err(reader.refuse_from(start, Rule::Type));
        }
        let json = std::str::from_utf8(bytes)
            .map_err(|_| reader.refuse_from(start, Rule::JsonEncoding))?;
        Ok(Self {
            tag: tag.into(),
            json: json.into(),
        })
    }

    /// The value of the tag on the wire.
    #[must_use]
    pub const fn tag(&self) -> &str {
        &self.tag
    }

    /// The content as it was received.
    #[must_use]
    pub const fn json(&self) -> &str {
        &self.json
    }
}

impl Serialize for UnknownData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.json).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}
