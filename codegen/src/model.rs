//! The language-neutral model: all that an emitter may know about the schemas.

use crate::catalog::Entry;

/// The whole contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Semantic version of the contract.
    pub version: String,
    /// The strings with a grammar, in schema order.
    pub scalars: Vec<Scalar>,
    /// The enumerations that events share, in schema order.
    pub enumerations: Vec<Enumeration>,
    /// The events, in catalog order.
    pub events: Vec<Event>,
}

/// One event type and its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its line of the catalog.
    pub entry: Entry,
    /// The `$id` of its schema.
    pub schema_id: String,
    /// The payload.
    pub payload: Payload,
    /// Nested objects and enumerations that only this event uses, in schema order.
    pub locals: Vec<Local>,
}

/// The shape of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// A flat object.
    Struct(Struct),
    /// An object with one member whose shape depends on another.
    Union(Union),
}

impl Payload {
    /// The type's name.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Struct(payload) => &payload.title,
            Self::Union(payload) => &payload.title,
        }
    }

    /// The members, in canonical key order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Struct(payload) => &payload.fields,
            Self::Union(payload) => &payload.fields,
        }
    }
}

/// A definition that one event owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// A nested object.
    Struct(Struct),
    /// An enumeration.
    Enumeration(Enumeration),
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struct {
    /// The type's name.
    pub title: String,
    /// One line for readers.
    pub description: String,
    /// The members, in canonical key order.
    pub fields: Vec<Field>,
    /// What the value of one member says about others.
    pub table: Option<TagTable>,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name on the wire.
    pub name: String,
    /// One line for readers.
    pub description: String,
    /// Whether it is always there.
    pub required: bool,
    /// What it holds.
    pub shape: Shape,
}

/// What a member holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A string with a grammar, by name.
    Scalar(String),
    /// An enumeration, by name.
    Enumeration(String),
    /// A nested object, by name.
    Struct(String),
    /// `true` or `false`.
    Boolean,
    /// Entries of one shape.
    List {
        /// What each entry holds.
        item: Box<Self>,
        /// At most so many.
        most: usize,
    },
    /// Names of the sender's own.
    Map {
        /// The scalar of the names.
        key: String,
        /// The scalar of the values.
        value: String,
        /// At most so many.
        most: usize,
    },
    /// The tag of a union.
    Tag,
    /// What the tag of a union shapes.
    Content,
}

/// What the value of the tag requires and forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagTable {
    /// The member that decides.
    pub tag: String,
    /// The enumeration of its values.
    pub enumeration: String,
    /// The rows; several for one value are alternatives.
    pub rows: Vec<Row>,
}

/// One row of a tag table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The values of the tag.
    pub values: Vec<String>,
    /// Members that must be there.
    pub required: Vec<String>,
    /// Members that must not.
    pub forbidden: Vec<String>,
}

/// An object with one member whose shape depends on another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Union {
    /// The type's name.
    pub title: String,
    /// One line for readers.
    pub description: String,
    /// The members, in canonical key order.
    pub fields: Vec<Field>,
    /// The member that decides.
    pub tag: String,
    /// The member that is shaped.
    pub content: String,
    /// The name of the type of the content.
    pub content_title: String,
    /// Whether a consumer accepts unknown values of the tag.
    pub open: bool,
    /// The known shapes.
    pub variants: Vec<Variant>,
}

/// One shape of a union's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The value of the tag.
    pub value: String,
    /// The content.
    pub content: Struct,
}

/// A string with a grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The type's name.
    pub title: String,
    /// One line for readers.
    pub description: String,
    /// What every value matches, the pattern that all others refine first.
    pub patterns: Vec<String>,
    /// What no value matches.
    pub exclusions: Vec<String>,
    /// At most so many characters, where the patterns do not say so.
    pub most: Option<usize>,
    /// What the text stands for.
    pub meaning: Meaning,
    /// Texts of the form, for readers.
    pub examples: Vec<String>,
}

/// What the text of a scalar stands for, so that a language can offer its own type for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Itself.
    Text,
    /// An exact decimal, whose text is kept.
    Decimal,
    /// A whole number of zero or more.
    Count,
    /// A point in time.
    Instant,
}

/// A set of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enumeration {
    /// The type's name.
    pub title: String,
    /// One line for readers.
    pub description: String,
    /// The known values, in schema order.
    pub values: Vec<String>,
    /// Whether a consumer accepts unknown values.
    pub open: bool,
}
