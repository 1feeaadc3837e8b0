//! The faults and the messages that they spoil.

/// One thing that is wrong with a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    Null,
    AcknowledgesAll,
    ActsOnRefused,
    BinaryOnly,
    LowerCaseHeadersOnly,
    SpecVersion,
    SameId,
    Source,
    Type,
    ContentType,
    ExtensionFloat,
    SinkPath,
    StructuredMediaType,
    CeDataContentType,
    NoSymbol,
    DecimalNumber,
    LowerCaseKey,
}

const ALL: &[(&str, Fault)] = &[
    ("M-NONE", Fault::None),
    ("M-NULL", Fault::Null),
    ("M-ACKNOWLEDGES-ALL", Fault::AcknowledgesAll),
    ("M-ACTS-ON-REFUSED", Fault::ActsOnRefused),
    ("M-BINARY-ONLY", Fault::BinaryOnly),
    ("M-LOWER-CASE-HEADERS-ONLY", Fault::LowerCaseHeadersOnly),
    ("M-SPECVERSION", Fault::SpecVersion),
    ("M-SAME-ID", Fault::SameId),
    ("M-SOURCE", Fault::Source),
    ("M-TYPE", Fault::Type),
    ("M-CONTENT-TYPE", Fault::ContentType),
    ("M-EXTENSION-FLOAT", Fault::ExtensionFloat),
    ("M-SINK-PATH", Fault::SinkPath),
    ("M-STRUCTURED-MEDIA-TYPE", Fault::StructuredMediaType),
    ("M-CE-DATACONTENTTYPE", Fault::CeDataContentType),
    ("M-NO-SYMBOL", Fault::NoSymbol),
    ("M-DECIMAL-NUMBER", Fault::DecimalNumber),
    ("M-LOWER-CASE-KEY", Fault::LowerCaseKey),
];

/// Whether the path is spoilt, the headers, the body.
type Message = (bool, Vec<(String, String)>, String);

impl Fault {
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.iter()
            .find(|(other, _)| *other == name)
            .map(|(_, fault)| *fault)
    }

    pub(crate) fn names() -> Vec<&'static str> {
        ALL.iter().map(|(name, _)| *name).collect()
    }

    /// The signal number `n` of `symbol`, with this fault.
    pub(crate) fn message(self, symbol: &str, n: usize) -> Message {
        let direction = if n.is_multiple_of(2) { "SHORT" } else { "LONG" };
        let data = match self {
            Self::NoSymbol => format!(r#"{{"Signal":"{direction}"}}"#),
            Self::DecimalNumber => {
                format!(r#"{{"Symbol":"{symbol}","Signal":"{direction}","Price":101.5}}"#)
            }
            Self::LowerCaseKey => format!(r#"{{"symbol":"{symbol}","Signal":"{direction}"}}"#),
            _ => format!(r#"{{"Symbol":"{symbol}","Signal":"{direction}","Price":"101.5"}}"#),
        };
        let id = if self == Self::SameId {
            "same".to_owned()
        } else {
            format!("{symbol}-{n}")
        };
        let specversion = if self == Self::SpecVersion {
            "9.9"
        } else {
            "1.0"
        };
        let source = if self == Self::Source {
            "my strategy"
        } else {
            "/ingenium/strategy/mutant"
        };
        let event_type = if self == Self::Type {
            "strategy.signal"
        } else {
            "ingenium.strategy.signal"
        };
        let time = "2020-03-01T00:00:00Z";
        if matches!(self, Self::ExtensionFloat | Self::StructuredMediaType) {
            let extension = if self == Self::ExtensionFloat {
                r#""confidence":0.75,"#
            } else {
                ""
            };
            let media_type = if self == Self::StructuredMediaType {
                "application/json"
            } else {
                "application/cloudevents+json"
            };
            let body = format!(
                r#"{{"specversion":"{specversion}","id":"{id}","source":"{source}","type":"{event_type}","time":"{time}","datacontenttype":"application/json",{extension}"data":{data}}}"#
            );
            return (false, vec![header("content-type", media_type)], body);
        }
        let mut headers = vec![
            header("ce-specversion", specversion),
            header("ce-id", &id),
            header("ce-source", source),
            header("ce-type", event_type),
            header("ce-time", time),
        ];
        let media_type = if self == Self::ContentType {
            "text/plain"
        } else {
            "application/json"
        };
        headers.push(header("content-type", media_type));
        if self == Self::CeDataContentType {
            headers.push(header("ce-datacontenttype", "application/json"));
        }
        (self == Self::SinkPath, headers, data)
    }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
