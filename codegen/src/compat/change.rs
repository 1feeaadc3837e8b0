//! Changes by name: what an author did, as far as two bundles show it. Whether it breaks anybody is not decided here.

use std::fmt;

use super::contract::Schemas;
use crate::catalog::PartitionKey;

mod payload;
mod shape;

pub(super) use self::payload::payload;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change.
    pub kind: Kind,
    /// Where, as a JSON pointer into the new schema; into the old one for what is gone.
    pub pointer: String,
    /// What was there and what is.
    pub message: String,
}

impl Change {
    pub(super) fn new(kind: Kind, pointer: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            pointer: pointer.to_owned(),
            message: message.into(),
        }
    }
}

macro_rules! kinds {
    ($($kind:ident $id:literal $summary:literal $effect:literal,)*) => {
        /// A kind of change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $(#[doc = $summary] $kind,)*
        }

        /// Every kind of change.
        pub const CHANGES: &[Kind] = &[$(Kind::$kind,)*];

        impl Kind {
            /// The stable id.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$kind => concat!("ING-B-", $id),)* }
            }

            /// What it is.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$kind => $summary,)* }
            }

            /// What it usually does to producers and consumers.
            #[must_use]
            pub const fn effect(self) -> &'static str {
                match self { $(Self::$kind => $effect,)* }
            }
        }
    };
}

kinds! {
    EventAdded "EVENT-ADDED" "an event type is new" "compatible: nobody receives it who does not ask for it",
    EventRemoved "EVENT-REMOVED" "an event type is gone" "breaks new consumers, which meet a type without a schema",
    PropertyAdded "PROPERTY-ADDED" "a member is new" "compatible while it is optional",
    PropertyRemoved "PROPERTY-REMOVED" "a member is gone" "compatible if it was optional; breaks old consumers if it was required",
    RequiredAdded "REQUIRED-ADDED" "a member became required" "breaks new consumers: producers of today leave it out",
    RequiredRemoved "REQUIRED-REMOVED" "a member became optional" "breaks old consumers, which require it",
    TypeChanged "TYPE-CHANGED" "a member holds another kind of value" "breaks both sides",
    EnumValueAdded "ENUM-VALUE-ADDED" "an enumeration has a new value" "compatible if it is extensible; else it breaks old consumers",
    EnumValueRemoved "ENUM-VALUE-REMOVED" "an enumeration lost a value" "compatible if it is extensible; else it breaks new consumers",
    ExtensibleChanged "EXTENSIBLE-CHANGED" "consumers accept unknown values, or no longer" "compatible by itself, but it decides about later changes",
    PatternChanged "PATTERN-CHANGED" "a text has another form" "wider breaks old consumers, narrower breaks new ones",
    LimitChanged "LIMIT-CHANGED" "a list or map may hold more or less" "more breaks old consumers, less breaks new ones",
    VariantAdded "VARIANT-ADDED" "a variant of a union or a row of a tag table is new" "compatible if the tag is extensible",
    VariantRemoved "VARIANT-REMOVED" "a variant of a union or a row of a tag table is gone" "breaks new consumers unless the tag is extensible",
    RowChanged "ROW-CHANGED" "a row of a tag table requires or forbids other members" "requiring or forbidding more breaks new consumers, less breaks old ones",
    EmitterChanged "EMITTER-CHANGED" "another role emits the type" "sources and subscriptions by role no longer fit",
    ConsumersChanged "CONSUMERS-CHANGED" "other roles receive the type" "compatible on the wire; triggers change",
    SubjectChanged "SUBJECT-CHANGED" "the subject repeats another member" "breaks filters by subject",
    PartitionKeyChanged "PARTITION-KEY-CHANGED" "the partition key comes from elsewhere" "breaks order between old and new events",
    AttributeAdded "ATTRIBUTE-ADDED" "the profile knows a new attribute" "compatible while it is optional",
    AttributeRemoved "ATTRIBUTE-REMOVED" "the profile lost an attribute" "compatible: unknown extensions are legal",
    AttributeChanged "ATTRIBUTE-CHANGED" "an attribute has another form, or became required or optional" "breaks whoever holds events to the other form",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Changes of what the catalog says about who speaks and how events are kept in order.
pub(super) fn routing(before: &Schemas, after: &Schemas) -> Vec<Change> {
    let (before, after) = (&before.entry, &after.entry);
    let key = |key: &PartitionKey| match key {
        PartitionKey::Property { property, default } => {
            let default = default.as_ref().map(|text| format!(", or `{text}`"));
            format!("`{property}`{}", default.unwrap_or_default())
        }
        PartitionKey::Copied { copied_from } => format!("the key of `{copied_from}`"),
    };
    let mut changes = Vec::new();
    let mut say = |kind, old: String, new: String| {
        if old != new {
            changes.push(Change::new(kind, "", format!("{old} became {new}")));
        }
    };
    let subject = |property: &str| format!("subject `{property}`");
    say(
        Kind::SubjectChanged,
        subject(&before.subject.property),
        subject(&after.subject.property),
    );
    let keys = (key(&before.partition_key), key(&after.partition_key));
    say(
        Kind::PartitionKeyChanged,
        format!("partition key {}", keys.0),
        format!("partition key {}", keys.1),
    );
    let emitter = |role: &str| format!("emitter `{role}`");
    say(
        Kind::EmitterChanged,
        emitter(&before.emitted_by),
        emitter(&after.emitted_by),
    );
    changes
}

/// Changes of what the catalog says about who receives: nothing that anybody can see on the wire.
pub(super) fn consumers(before: &Schemas, after: &Schemas) -> Option<Change> {
    let list =
        |schemas: &Schemas| format!("consumers `{}`", schemas.entry.consumed_by.join("`, `"));
    let (old, new) = (list(before), list(after));
    (old != new).then(|| Change::new(Kind::ConsumersChanged, "", format!("{old} became {new}")))
}
