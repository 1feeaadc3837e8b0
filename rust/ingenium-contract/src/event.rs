//! A CloudEvent as it was read: the text of each attribute and the bytes of `data` are kept.

use bytes::Bytes;
use ingenium_types::scalar::UtcTimestamp;

use crate::attribute::Time;

/// An attribute's value. In HTTP headers all of them are strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// CloudEvents String, URI, URI-reference, Timestamp or Binary.
    String(String),
    /// CloudEvents Integer, 32 bit.
    Integer(i32),
    /// CloudEvents Boolean.
    Boolean(bool),
}

impl std::fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Attribute::from(self).fmt(f)
    }
}

/// An attribute's value, where the event has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute<'a> {
    /// As [`AttributeValue::String`].
    String(&'a str),
    /// As [`AttributeValue::Integer`].
    Integer(i32),
    /// As [`AttributeValue::Boolean`].
    Boolean(bool),
}

impl<'a> From<&'a AttributeValue> for Attribute<'a> {
    fn from(value: &'a AttributeValue) -> Self {
        match value {
            AttributeValue::String(text) => Self::String(text),
            AttributeValue::Integer(number) => Self::Integer(*number),
            AttributeValue::Boolean(value) => Self::Boolean(*value),
        }
    }
}

impl std::fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::String(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(value) => value.fmt(f),
        }
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<i32> for AttributeValue {
    fn from(number: i32) -> Self {
        Self::Integer(number)
    }
}

/// An event's data, exactly as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// A JSON value: the bytes of the `data` member, or a body whose content type is JSON.
    Json(Bytes),
    /// Anything else: decoded `data_base64`, or a body of another content type.
    Binary(Bytes),
}

impl Data {
    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        match self {
            Self::Json(bytes) | Self::Binary(bytes) => bytes,
        }
    }
}

/// A CloudEvent of version 1.0 (or 0.3, which brokers pass on).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudEvent {
    /// `specversion`.
    pub specversion: String,
    /// `id`.
    pub id: String,
    /// `source`, a URI reference.
    pub source: String,
    /// `type`.
    pub type_: String,
    /// `subject`.
    pub subject: Option<String>,
    /// `time`.
    pub time: Option<Time>,
    /// `datacontenttype`.
    pub datacontenttype: Option<String>,
    /// `dataschema`, an absolute URI.
    pub dataschema: Option<String>,
    /// Extension attributes in the order of arrival.
    pub extensions: Vec<(String, AttributeValue)>,
    /// The data, if there is any.
    pub data: Option<Data>,
}

impl CloudEvent {
    /// An event of specversion 1.0 with JSON data and no optional attribute but `datacontenttype`.
    #[must_use]
    pub fn json(
        id: impl Into<String>,
        source: impl Into<String>,
        type_: impl Into<String>,
        data: impl Into<Bytes>,
    ) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id: id.into(),
            source: source.into(),
            type_: type_.into(),
            subject: None,
            time: None,
            datacontenttype: Some("application/json".to_owned()),
            dataschema: None,
            extensions: Vec::new(),
            data: Some(Data::Json(data.into())),
        }
    }

    /// The value of an extension attribute.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<&AttributeValue> {
        self.extensions
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value)
    }

    /// The text of an extension attribute that is a string.
    #[must_use]
    pub fn extension_text(&self, name: &str) -> Option<&str> {
        match self.extension(name) {
            Some(AttributeValue::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets or replaces an extension attribute.
    pub fn set_extension(&mut self, name: &str, value: impl Into<AttributeValue>) {
        let value = value.into();
        match self.extensions.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value,
            None => self.extensions.push((name.to_owned(), value)),
        }
    }

    /// Removes an extension attribute.
    pub fn remove_extension(&mut self, name: &str) {
        self.extensions.retain(|(other, _)| other != name);
    }

    /// The instant of `time`, where it is one of the contract's range.
    #[must_use]
    pub fn instant(&self) -> Option<UtcTimestamp> {
        self.time.as_ref().and_then(Time::instant)
    }

    /// The key that keeps events in order: `partitionkey`, else `subject`, else `source`.
    #[must_use]
    pub fn ordering_key(&self) -> &str {
        self.extension_text("partitionkey")
            .or(self.subject.as_deref())
            .unwrap_or(&self.source)
    }

    /// The bytes of JSON data.
    #[must_use]
    pub fn json_data(&self) -> Option<&Bytes> {
        match &self.data {
            Some(Data::Json(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// The value of the attribute `name`; `None` when absent.
    #[must_use]
    pub fn attribute_value(&self, name: &str) -> Option<Attribute<'_>> {
        let context = match name {
            "specversion" => Some(self.specversion.as_str()),
            "id" => Some(self.id.as_str()),
            "source" => Some(self.source.as_str()),
            "type" => Some(self.type_.as_str()),
            "subject" => self.subject.as_deref(),
            "time" => self.time.as_ref().map(Time::text),
            "datacontenttype" => self.datacontenttype.as_deref(),
            "dataschema" => self.dataschema.as_deref(),
            _ => return self.extension(name).map(Attribute::from),
        };
        context.map(Attribute::String)
    }

    /// The text of the attribute `name`; `None` when absent.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attribute_value(name)
            .map(|attribute| attribute.to_string())
    }

    /// All attributes in canonical order: the context attributes of the specification, then the extensions.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Attribute<'_>)> {
        let context = [
            ("specversion", Some(self.specversion.as_str())),
            ("id", Some(self.id.as_str())),
            ("source", Some(self.source.as_str())),
            ("type", Some(self.type_.as_str())),
            ("subject", self.subject.as_deref()),
            ("time", self.time.as_ref().map(Time::text)),
            ("datacontenttype", self.datacontenttype.as_deref()),
            ("dataschema", self.dataschema.as_deref()),
        ];
        let context = context.into_iter();
        let context = context.filter_map(|(name, text)| Some((name, Attribute::String(text?))));
        let extensions = self.extensions.iter();
        context.chain(extensions.map(|(name, value)| (name.as_str(), Attribute::from(value))))
    }
}
