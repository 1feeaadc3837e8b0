//! The model as templates see it: flat, in words, with nothing left to decide but the language's own taste.

use serde::Serialize;

use super::pattern::{self, Dialect};
use crate::catalog::PartitionKey;
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model;

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
    values: Vec<String>,
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
    variant: String,
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

#[derive(Debug, Default, Serialize)]
pub(super) struct Uses {
    scalars: Vec<String>,
    enumerations: Vec<String>,
    /// Whether a member is a boolean, a list or a map, or an object within the object.
    boolean: bool,
    list: bool,
    map: bool,
    nested: bool,
    /// Whether a list holds scalars or enumerations.
    texts: bool,
    /// Whether some object has a tag table.
    tables: bool,
    /// Whether readers accept unknown values somewhere, and whether of an enumeration.
    open: bool,
    open_enumerations: bool,
    /// What scalars stand for, beside themselves.
    meanings: Vec<String>,
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

/// What the judge holds against each other beyond the schema, where the contract has it: the interval of a market fact,
/// and the prices of a bar.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    interval: bool,
    #[serde(rename = "type")]
    event_type: String,
    module: String,
    title: String,
    tag: String,
    content: String,
    /// The value of the tag for bars; empty where there are none.
    ohlc: String,
    /// The type of a bar.
    bar: String,
    /// The type of the content.
    union: String,
}

impl Contract {
    pub(super) fn facts(&self) -> Facts {
        let has = |object: &Object, names: &[&str]| {
            let is = |name: &&str| object.fields.iter().any(|field| field.name == **name);
            names.iter().all(is)
        };
        let found = self.events.iter().find_map(|event| {
            let union = event.union.as_ref()?;
            has(&event.payload, &["Timestamp", "EndTimestamp"]).then_some((event, union))
        });
        let Some((event, union)) = found else {
            return Facts::default();
        };
        let bar = union
            .variants
            .iter()
            .find(|variant| has(&variant.content, &["Open", "High", "Low", "Close"]));
        Facts {
            interval: true,
            event_type: event.event_type.clone(),
            module: event.module.clone(),
            title: event.title.clone(),
            tag: union.tag.clone(),
            content: union.content.clone(),
            ohlc: bar.map(|bar| bar.value.clone()).unwrap_or_default(),
            bar: bar.map(|bar| bar.content.title.clone()).unwrap_or_default(),
            union: union.title.clone(),
        }
    }

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
    let scope = Scope { model, event };
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

impl Uses {
    fn shape(&mut self, shape: &Shape, locals: &[Enumeration]) {
        let add = |names: &mut Vec<String>, name: &str| {
            if let Err(at) = names.binary_search_by(|other| other.as_str().cmp(name)) {
                names.insert(at, name.to_owned());
            }
        };
        match shape.kind {
            "scalar" => add(&mut self.scalars, &shape.of),
            "map" => {
                add(&mut self.scalars, &shape.key);
                add(&mut self.scalars, &shape.of);
                self.map = true;
            }
            "enumeration" => {
                if !locals.iter().any(|local| local.title == shape.of) {
                    add(&mut self.enumerations, &shape.of);
                }
                self.open |= shape.open;
                self.open_enumerations |= shape.open;
            }
            "boolean" => self.boolean = true,
            "list" => self.list = true,
            _ => {}
        }
        self.nested |= matches!(shape.kind, "struct" | "list" | "map");
        if !shape.meaning.is_empty() {
            add(&mut self.meanings, shape.meaning);
        }
        if let Some(item) = &shape.item {
            self.texts |= item.kind != "struct";
            self.shape(item, locals);
        }
    }
}

/// Where names are looked up.
struct Scope<'a> {
    model: &'a model::Model,
    event: &'a model::Event,
}

impl Scope<'_> {
    fn object(&self, object: &model::Struct) -> Object {
        Object {
            title: object.title.clone(),
            description: object.description.clone(),
            fields: self.fields(&object.fields),
            table: object
                .table
                .as_ref()
                .map(|table| self.table(table, &object.fields)),
        }
    }

    fn fields(&self, fields: &[model::Field]) -> Vec<Field> {
        let field = |field: &model::Field| Field {
            name: field.name.clone(),
            description: field.description.clone(),
            required: field.required,
            shape: self.shape(&field.shape),
        };
        fields.iter().map(field).collect()
    }

    fn shape(&self, shape: &model::Shape) -> Shape {
        let mut made = Shape {
            kind: "",
            of: String::new(),
            meaning: "",
            open: false,
            most: 0,
            key: String::new(),
            item: None,
        };
        match shape {
            model::Shape::Scalar(title) => {
                made.kind = "scalar";
                made.meaning = self.meaning(title);
                made.of.clone_from(title);
            }
            model::Shape::Enumeration(title) => {
                made.kind = "enumeration";
                made.open = self.is_open(title);
                made.of.clone_from(title);
            }
            model::Shape::Struct(title) => {
                made.kind = "struct";
                made.of.clone_from(title);
            }
            model::Shape::Boolean => made.kind = "boolean",
            model::Shape::List { item, most } => {
                made.kind = "list";
                made.most = *most;
                made.item = Some(Box::new(self.shape(item)));
            }
            model::Shape::Map { key, value, most } => {
                made.kind = "map";
                made.meaning = self.meaning(value);
                made.key.clone_from(key);
                made.of.clone_from(value);
                made.most = *most;
            }
            model::Shape::Tag => {
                made.kind = "tag";
                made.open = self.union_of().is_some_and(|union| union.open);
            }
            model::Shape::Content => {
                made.kind = "content";
                made.of = self
                    .union_of()
                    .map(|union| union.content_title.clone())
                    .unwrap_or_default();
            }
        }
        made
    }

    fn meaning(&self, title: &str) -> &'static str {
        let scalar = self
            .model
            .scalars
            .iter()
            .find(|scalar| scalar.title == title);
        scalar.map_or("text", |scalar| meaning(scalar.meaning))
    }

    fn is_open(&self, title: &str) -> bool {
        let locals = self.event.locals.iter().filter_map(|local| match local {
            model::Local::Enumeration(enumeration) => Some(enumeration),
            model::Local::Struct(_) => None,
        });
        let mut all = self.model.enumerations.iter().chain(locals);
        all.any(|enumeration| enumeration.title == title && enumeration.open)
    }

    const fn union_of(&self) -> Option<&model::Union> {
        match &self.event.payload {
            model::Payload::Union(union) => Some(union),
            model::Payload::Struct(_) => None,
        }
    }

    fn union(&self, union: &model::Union) -> Union {
        let variant = |variant: &model::Variant| Variant {
            value: variant.value.clone(),
            name: pascal(variant.value.rsplit('.').next().unwrap_or_default()),
            content: self.object(&variant.content),
        };
        let field = union
            .fields
            .iter()
            .find(|field| field.name == union.content);
        Union {
            tag: union.tag.clone(),
            content: union.content.clone(),
            title: union.content_title.clone(),
            description: field
                .map(|field| field.description.clone())
                .unwrap_or_default(),
            open: union.open,
            variants: union.variants.iter().map(variant).collect(),
        }
    }

    fn table(&self, table: &model::TagTable, fields: &[model::Field]) -> Table {
        let mut groups: Vec<(Vec<&model::Row>, Vec<String>)> = Vec::new();
        for value in table.rows.iter().flat_map(|row| &row.values) {
            if groups.iter().any(|(_, values)| values.contains(value)) {
                continue;
            }
            let rows = table.rows.iter();
            let rows: Vec<_> = rows.filter(|row| row.values.contains(value)).collect();
            match groups.iter_mut().find(|(others, _)| *others == rows) {
                Some((_, values)) => values.push(value.clone()),
                None => groups.push((rows, vec![value.clone()])),
            }
        }
        // In canonical order, as every language reads them.
        let ordered = |names: &[String]| -> Vec<String> {
            let names = fields.iter().filter(|field| names.contains(&field.name));
            names.map(|field| field.name.clone()).collect()
        };
        let named = |row: &model::Row| [row.required.clone(), row.forbidden.clone()].concat();
        let governed: Vec<String> = table.rows.iter().flat_map(named).collect();
        let group = |(rows, values): (Vec<&model::Row>, Vec<String>)| Group {
            values,
            rows: rows
                .into_iter()
                .map(|row| Row {
                    required: ordered(&row.required),
                    forbidden: ordered(&row.forbidden),
                })
                .collect(),
        };
        Table {
            tag: table.tag.clone(),
            enumeration: table.enumeration.clone(),
            open: self.is_open(&table.enumeration),
            governed: ordered(&governed),
            groups: groups.into_iter().map(group).collect(),
        }
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
