//! Ids of the rules about envelopes and about what the contract adds to CloudEvents.
//! Payload and JSON rules have theirs in [`ingenium_types::Rule`].

/// The media type is none that is accepted here.
pub const MEDIA_TYPE: &str = "ING-E-MEDIA-TYPE";
/// A required attribute is missing.
pub const MISSING: &str = "ING-E-MISSING";
/// An attribute is empty.
pub const EMPTY: &str = "ING-E-EMPTY";
/// `specversion` is not `1.0`.
pub const SPECVERSION: &str = "ING-E-SPECVERSION";
/// An attribute has a JSON type that CloudEvents does not allow.
pub const ATTRIBUTE_TYPE: &str = "ING-E-ATTRIBUTE-TYPE";
/// An attribute name is not lower-case ASCII letters and digits.
pub const ATTRIBUTE_NAME: &str = "ING-E-ATTRIBUTE-NAME";
/// An attribute value holds characters that CloudEvents forbids, or is not UTF-8.
pub const ATTRIBUTE_VALUE: &str = "ING-E-ATTRIBUTE-VALUE";
/// An attribute is longer than 2,048 bytes.
pub const ATTRIBUTE_LENGTH: &str = "ING-E-ATTRIBUTE-LENGTH";
/// An attribute stands twice.
pub const DUPLICATE: &str = "ING-E-DUPLICATE";
/// `source` or `dataschema` is no URI (reference).
pub const URI: &str = "ING-E-URI";
/// `time` is not RFC 3339.
pub const TIME: &str = "ING-E-TIME";
/// `datacontenttype` is no media type.
pub const DATACONTENTTYPE: &str = "ING-E-DATACONTENTTYPE";
/// A batch has more events than the receiver takes at once.
pub const BATCH_SIZE: &str = "ING-E-BATCH-SIZE";
/// `data` and `data_base64` both stand, or `data_base64` is not base64.
pub const DATA: &str = "ING-E-DATA";

/// The event type is not in the catalog.
pub const TYPE_UNKNOWN: &str = "ING-C-TYPE-UNKNOWN";
/// An event of the contract has no data.
pub const NO_DATA: &str = "ING-C-NO-DATA";
/// An attribute that the contract asks for is missing.
pub const ATTRIBUTE_MISSING: &str = "ING-C-ATTRIBUTE-MISSING";
/// `subject` is not the payload's `Symbol`.
pub const SUBJECT: &str = "ING-C-SUBJECT";
/// `partitionkey` does not follow the catalog's rule.
pub const PARTITIONKEY: &str = "ING-C-PARTITIONKEY";
/// `dataschema` names another schema than the type's.
pub const DATASCHEMA: &str = "ING-C-DATASCHEMA";
/// `source` is not `/ingenium/<role>/<name>`.
pub const SOURCE: &str = "ING-C-SOURCE";
/// `time` is not in UTC with `Z`, or outside 1970 to 2261.
pub const TIME_UTC: &str = "ING-C-TIME-UTC";
/// The event is dated before its bar has ended.
pub const TIME_BEFORE_END: &str = "ING-C-TIME-BEFORE-END";
/// `sequence` is not 20 digits.
pub const SEQUENCE: &str = "ING-C-SEQUENCE";
/// `traceparent` is not W3C Trace Context.
pub const TRACEPARENT: &str = "ING-C-TRACEPARENT";
/// An attribute value would need percent-encoding in an HTTP header.
pub const HEADER_SAFE: &str = "ING-C-HEADER-SAFE";
/// The event is larger than 64 KiB.
pub const EVENT_SIZE: &str = "ING-C-EVENT-SIZE";
/// A bar's prices contradict each other.
pub const OHLC: &str = "ING-D-OHLC";
/// An interval ends before it starts.
pub const INTERVAL: &str = "ING-D-INTERVAL";
