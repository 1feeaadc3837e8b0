//! The rules that packages name when they refuse something: the ids of the judge, each with one sentence.

/// Id and sentence. Only what makes an event invalid: what merely should be better is for `ingenium validate` to say.
pub(crate) const RULES: &[(&str, &str)] = &[
    ("ING-J-SYNTAX", "the bytes are not JSON (RFC 8259)"),
    (
        "ING-J-ENCODING",
        "the bytes are not UTF-8 without a byte order mark",
    ),
    ("ING-J-SURROGATE", "a string holds half of a surrogate pair"),
    (
        "ING-J-DUPLICATE-KEY",
        "the member stands twice in its object",
    ),
    ("ING-J-DEPTH", "values are nested deeper than 64"),
    ("ING-J-MEMBERS", "the object has more than 1024 members"),
    ("ING-J-TRAILING", "something follows the JSON value"),
    (
        "ING-P-TYPE",
        "the value has another JSON type than the schema asks for",
    ),
    ("ING-P-REQUIRED", "a required member is missing"),
    (
        "ING-P-UNKNOWN-MEMBER",
        "the schema does not declare this member",
    ),
    ("ING-P-PATTERN", "the string has not the form of its scalar"),
    ("ING-P-ENUM", "the string is none of the allowed values"),
    (
        "ING-P-REQUIRED-BY-TAG",
        "the value of the tag requires this member",
    ),
    (
        "ING-P-FORBIDDEN-BY-TAG",
        "the value of the tag forbids this member",
    ),
    ("ING-P-SIZE", "the list or map has too many entries"),
    (
        "ING-E-MEDIA-TYPE",
        "the media type is none that is read here",
    ),
    ("ING-E-MISSING", "a required attribute is missing"),
    ("ING-E-EMPTY", "the attribute is empty"),
    ("ING-E-SPECVERSION", "specversion is not 1.0"),
    (
        "ING-E-ATTRIBUTE-TYPE",
        "an attribute is a string, a boolean or a 32-bit integer",
    ),
    (
        "ING-E-ATTRIBUTE-NAME",
        "an attribute name is lower-case letters and digits",
    ),
    (
        "ING-E-ATTRIBUTE-VALUE",
        "the attribute holds characters that CloudEvents forbids",
    ),
    (
        "ING-E-ATTRIBUTE-LENGTH",
        "the attribute is longer than 2048 bytes",
    ),
    ("ING-E-DUPLICATE", "the attribute stands twice"),
    ("ING-E-URI", "the attribute is no URI (RFC 3986)"),
    ("ING-E-TIME", "time is not RFC 3339"),
    ("ING-E-DATACONTENTTYPE", "datacontenttype is no media type"),
    (
        "ING-E-DATA",
        "data_base64 is not base64, or stands beside data",
    ),
    ("ING-C-TYPE-UNKNOWN", "the event type is not in the catalog"),
    ("ING-C-NO-DATA", "the event has no JSON data"),
    (
        "ING-C-ATTRIBUTE-MISSING",
        "the contract asks for this attribute",
    ),
    (
        "ING-C-DATASCHEMA",
        "dataschema names another schema than the type's",
    ),
    (
        "ING-C-TIME-BEFORE-END",
        "the event is dated before its interval has ended",
    ),
    ("ING-C-SEQUENCE", "sequence is not 20 digits"),
    ("ING-C-EVENT-SIZE", "the event is larger than 64 KiB"),
    ("ING-D-OHLC", "a price of the bar lies outside Low to High"),
    ("ING-D-INTERVAL", "the interval ends before it starts"),
];
