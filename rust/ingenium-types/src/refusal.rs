//! Why bytes are not an event payload: one rule, one place.

use std::fmt;
use std::ops::Range;

/// A rule that bytes can break, with an id that is the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The bytes are not RFC 8259 JSON.
    JsonSyntax,
    /// The bytes are not UTF-8 without a byte order mark.
    JsonEncoding,
    /// A string holds half of a surrogate pair.
    JsonSurrogate,
    /// An object names a member twice, in any spelling.
    JsonDuplicateKey,
    /// Values are nested deeper than [`MAX_DEPTH`](crate::read::MAX_DEPTH).
    JsonDepth,
    /// An object has more members than [`MAX_MEMBERS`](crate::read::MAX_MEMBERS).
    JsonMembers,
    /// Something follows the value.
    JsonTrailing,
    /// The value has another JSON type than the schema asks for; `null` is no value of any type.
    Type,
    /// A required member is missing.
    Required,
    /// A member is not declared; strict view only.
    UnknownMember,
    /// A string is not of its scalar's form.
    Pattern,
    /// A string is none of the allowed values.
    Enum,
    /// A member is required by the value of the tag.
    RequiredByTag,
    /// A member is forbidden by the value of the tag.
    ForbiddenByTag,
    /// A list or map has more entries than allowed.
    Size,
}

impl Rule {
    /// The stable id, as findings and `ingenium validate` print it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::JsonSyntax => "ING-J-SYNTAX",
            Self::JsonEncoding => "ING-J-ENCODING",
            Self::JsonSurrogate => "ING-J-SURROGATE",
            Self::JsonDuplicateKey => "ING-J-DUPLICATE-KEY",
            Self::JsonDepth => "ING-J-DEPTH",
            Self::JsonMembers => "ING-J-MEMBERS",
            Self::JsonTrailing => "ING-J-TRAILING",
            Self::Type => "ING-P-TYPE",
            Self::Required => "ING-P-REQUIRED",
            Self::UnknownMember => "ING-P-UNKNOWN-MEMBER",
            Self::Pattern => "ING-P-PATTERN",
            Self::Enum => "ING-P-ENUM",
            Self::RequiredByTag => "ING-P-REQUIRED-BY-TAG",
            Self::ForbiddenByTag => "ING-P-FORBIDDEN-BY-TAG",
            Self::Size => "ING-P-SIZE",
        }
    }

    /// Whether the bytes are no JSON at all, so that no schema can say more about them.
    #[must_use]
    pub const fn is_json(self) -> bool {
        matches!(
            self,
            Self::JsonSyntax
                | Self::JsonEncoding
                | Self::JsonSurrogate
                | Self::JsonDuplicateKey
                | Self::JsonDepth
                | Self::JsonMembers
                | Self::JsonTrailing
        )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The first reason why bytes are refused.
///
/// One word wide, so that what is accepted travels in registers; read its fields as those of [`Reason`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(Box<Reason>);

/// What a [`Refusal`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The broken rule.
    pub rule: Rule,
    /// JSON pointer (RFC 6901) to the value, empty for the whole document.
    pub pointer: String,
    /// Byte range of the value in the input; of the enclosing object where a member is missing.
    pub span: Range<usize>,
}

impl Refusal {
    /// A refusal of the value at `span`; callers above add their part of the pointer.
    #[must_use]
    #[cold]
    pub fn new(rule: Rule, span: Range<usize>) -> Self {
        Self(Box::new(Reason {
            rule,
            pointer: String::new(),
            span,
        }))
    }

    /// The same refusal seen from the object that holds the value as `member`.
    #[must_use]
    #[cold]
    pub fn under(mut self, member: &str) -> Self {
        self.0
            .pointer
            .insert_str(0, &format!("/{}", escape_pointer(member)));
        self
    }
}

impl std::ops::Deref for Refusal {
    type Target = Reason;

    fn deref(&self) -> &Reason {
        &self.0
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at `{}` (bytes {}..{})",
            self.rule, self.pointer, self.span.start, self.span.end
        )
    }
}

impl std::error::Error for Refusal {}

/// A member name as a JSON pointer reference token (RFC 6901 section 3).
#[must_use]
pub fn escape_pointer(member: &str) -> String {
    member.replace('~', "~0").replace('/', "~1")
}
