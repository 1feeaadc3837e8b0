//! The model as templates see it: flat, in words, with nothing left to decide but the language's own taste.

mod facts;
mod scope;
mod uses;

use serde::Serialize;

use super::pattern::{self, Dialect};
use crate::catalog::PartitionKey;
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model;
use scope::Scope;
use uses::Uses;

const COMMON: &str = "schemas/common.schema.json";

/// Everything that a package says.
#[derive(Debug, Serialize)]
pub(super) struct Contract {
    version: String,
    pub(super) scalars: Vec<Scalar>,
    pub(super) enumerations: Vec<Enumeration>,
    pub(super) events: Vec<Event>,
}

#[derive(Debug, Serialize)]
pub(super) struct Scalar {
    pub(super) title: String,
    description: String,
    /// In the dialect of the language.
    patterns: Vec<String>,
    exclusions: Vec<String>,
    most: Option<usize>,
    /// `text`, `decimal`, `count` or `instant`.
    meaning: &'static str,
    example: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Enumeration {
    pub(super) title: String,
    description: String,
    pub(super) values: Vec<String>,
    open: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Event {
    /// The CloudEvents `type`.
    #[serde(rename = "type")]
    event_type: String,
    /// `portfolio.order`.
    pub(super) name: String,
    /// `portfolio_order`.
    pub(super) module: String,
    /// `PortfolioOrder`.
    pub(super) variant: String,
    /// The schema's file.
    pub(super) source: String,
    schema_id: String,
    emitted_by: String,
    consumed_by: Vec<String>,
    /// The member that is the CloudEvents `subject`.
    subject: String,
    /// The member that is the `partitionkey`; none where it is copied from the event that this one answers.
    partition_key: Option<String>,
    partition_default: Option<String>,
    /// An example payload, canonical.
    example: String,
    pub(super) title: String,
    description: String,
    pub(super) payload: Object,
    /// The union that one member of the payload is.
    pub(super) union: Option<Union>,
    /// Nested objects, those that others use first.
    pub(super) structs: Vec<Object>,
    /// Enumerations of this event alone.
    pub(super) enumerations: Vec<Enumeration>,
    /// Titles of scalars and shared enumerations that its members hold.
    pub(super) uses: Uses,
}

#[derive(Debug, Serialize)]
pub(super) struct Object {
    pub(super) title: String,
    description: String,
    pub(super) fields: Vec<Field>,
    pub(super) table: Option<Table>,
}

#[derive(Debug, Serialize)]
pub(super) struct Field {
    /// The name on the wire.
    pub(super) name: String,
    description: String,
    required: bool,
    #[serde(flatten)]
    shape: Shape,
}

#[derive(Debug, Serialize)]
struct Shape {
    /// `scalar`, `enumeration`, `struct`, `boolean`, `list`, `map`, `tag` or `content`.
    kind: &'static str,
    /// The title of what it holds; of the values, for a map.
    of: String,
    /// What a scalar means; else empty.
    meaning: &'static str,
    /// Whether unknown values are accepted by readers.
    open: bool,
    most: usize,
    /// The title of a map's names.
    key: String,
    /// The entry of a list.
    item: Option<Box<Self>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Table {
    tag: String,
    enumeration: String,
    open: bool,
    /// Members that some row requires or forbids, in canonical order.
    governed: Vec<String>,
    /// Values with the same rows.
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    values: Vec<String>,
    /// Several are alternatives.
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    required: Vec<String>,
    forbidden: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Union {
    tag: String,
    content: String,
    pub(super) title: String,
    description: String,
    open: bool,
    pub(super) variants: Vec<Variant>,
}

#[derive(Debug, Serialize)]
pub(super) struct Variant {
    value: String,
    /// `data.type.ohlc` is `Ohlc`.
    pub(super) name: String,
    pub(super) content: Object,
}

impl Contract {
    /// The model, with patterns in `dialect`, and an example for each event from its schema.
    pub(super) fn new(
        model: &model::Model,
        schemas: &[Json],
        dialect: Dialect,
    ) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        let mut scalars = Vec::new();
        for (index, scalar) in model.scalars.iter().enumerate() {
            let lowered = self::scalar(scalar, dialect).map_err(|construct| {
                let pointer = format!("/$defs/{}/pattern", model.scalars[index].title);
                let message = format!("{construct} has no form that all languages share");
                Error::new(rule::REGEX_RE2, COMMON, &pointer, message)
            });
            scalars.extend(errors.keep(lowered));
        }
        let events = model.events.iter().zip(schemas);
        let events = events.map(|(event, schema)| self::event(event, schema, model));
        errors.or(Self {
            version: model.version.clone(),
            scalars,
            enumerations: model.enumerations.iter().map(enumeration).collect(),
            events: events.collect(),
        })
    }
}

fn scalar(scalar: &model::Scalar, dialect: Dialect) -> Result<Scalar, String> {
    let print = |patterns: &[String]| -> Result<Vec<String>, String> {
        let patterns = patterns.iter();
        patterns.map(|one| pattern::print(one, dialect)).collect()
    };
    Ok(Scalar {
        title: scalar.title.clone(),
        description: scalar.description.clone(),
        patterns: print(&scalar.patterns)?,
        exclusions: print(&scalar.exclusions)?,
        most: scalar.most,
        meaning: meaning(scalar.meaning),
        example: scalar.examples.first().cloned().unwrap_or_default(),
    })
}

const fn meaning(meaning: model::Meaning) -> &'static str {
    match meaning {
        model::Meaning::Text => "text",
        model::Meaning::Decimal => "decimal",
        model::Meaning::Count => "count",
        model::Meaning::Instant => "instant",
    }
}

fn enumeration(enumeration: &model::Enumeration) -> Enumeration {
    Enumeration {
        title: enumeration.title.clone(),
        description: enumeration.description.clone(),
        values: enumeration.values.clone(),
        open: enumeration.open,
    }
}

fn event(event: &model::Event, schema: &Json, model: &model::Model) -> Event {
    let scope = Scope::new(model, event);
    let entry = &event.entry;
    let (partition_key, partition_default) = match &entry.partition_key {
        PartitionKey::Property { property, default } => (Some(property.clone()), default.clone()),
        PartitionKey::Copied { .. } => (None, None),
    };
    let examples = schema.get("examples").and_then(Json::as_array);
    let example = examples.and_then(|examples| examples.first());
    let (description, payload, union) = match &event.payload {
        model::Payload::Struct(payload) => (&payload.description, scope.object(payload), None),
        model::Payload::Union(union) => {
            let payload = Object {
                title: union.title.clone(),
                description: union.description.clone(),
                fields: scope.fields(&union.fields),
                table: None,
            };
            (&union.description, payload, Some(scope.union(union)))
        }
    };
    let mut structs = Vec::new();
    let mut enumerations = Vec::new();
    for local in &event.locals {
        match local {
            model::Local::Struct(object) => structs.push(scope.object(object)),
            model::Local::Enumeration(local) => enumerations.push(enumeration(local)),
        }
    }
    let mut uses = Uses::default();
    let variants = union.iter().flat_map(|union| &union.variants);
    let objects = structs
        .iter()
        .chain(variants.map(|variant| &variant.content));
    for object in objects.chain([&payload]) {
        for field in &object.fields {
            uses.shape(&field.shape, &enumerations);
        }
        uses.tables |= object.table.is_some();
        uses.open |= object.table.as_ref().is_some_and(|table| table.open);
    }
    uses.open |= union.as_ref().is_some_and(|union| union.open);
    Event {
        event_type: entry.event_type.clone(),
        name: entry.name().to_owned(),
        module: entry.name().replace('.', "_"),
        variant: pascal(entry.name()),
        source: entry.file(),
        schema_id: event.schema_id.clone(),
        emitted_by: entry.emitted_by.clone(),
        consumed_by: entry.consumed_by.clone(),
        subject: entry.subject.property.clone(),
        partition_key,
        partition_default,
        example: example
            .and_then(|json| serde_json::to_string(json).ok())
            .unwrap_or_default(),
        title: event.payload.title().to_owned(),
        description: description.clone(),
        payload,
        union,
        structs,
        enumerations,
        uses,
    }
}

/// `portfolio.order` is `PortfolioOrder`.
fn pascal(name: &str) -> String {
    let words = name.split(['.', '_']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect()
}
