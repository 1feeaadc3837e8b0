//! Self-contained bundles: one schema a file, references local, closed for producers and open for consumers.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::json::{Json, Object};
use crate::model::{Enumeration, Event, Model, Payload};
use crate::output;

/// Who is judged by a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// What a producer must emit.
    Strict,
    /// What a consumer must accept.
    Reader,
    /// The strict view without tag tables, for generators that only draw types: several do not read the schema `false`,
    /// and others draw a type for each row.
    Plain,
}

impl View {
    /// The views that events are judged by.
    pub(crate) const ALL: [Self; 2] = [Self::Strict, Self::Reader];

    /// All that is written.
    pub(crate) const WRITTEN: [Self; 3] = [Self::Strict, Self::Reader, Self::Plain];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Reader => "reader",
            Self::Plain => "plain",
        }
    }
}

/// Where a bundle is written, relative to the repository.
pub(crate) fn path(view: View, event: &Event) -> String {
    format!("schemas/dist/{}/{}.json", view.name(), event.entry.name())
}

/// The bundle of one event.
pub(crate) fn bundle(
    catalog: &Catalog,
    model: &Model,
    event: &Event,
    schema: &Json,
    common: &Json,
    view: View,
) -> Json {
    let name = event.entry.name();
    let mut bundler = Bundler {
        view,
        wanted: BTreeSet::new(),
    };
    let mut bundle = Object::default();
    for (keyword, value) in schema.as_object().into_iter().flat_map(Object::iter) {
        match keyword {
            "$schema" => {
                bundle.push(keyword, value.clone());
                let id = catalog.schema_id(&format!("{}/{name}", view.name()));
                bundle.push("$id", Json::String(id));
                let header = output::header(&event.entry.file());
                bundle.push("$comment", Json::String(header));
            }
            "$id" | "$defs" => {}
            "oneOf" if view == View::Plain && is_table(value) => {}
            "oneOf" => {
                let mut branches = bundler.array(value);
                if view == View::Reader {
                    branches.extend(open_branch(model, event));
                }
                bundle.push(keyword, Json::Array(branches));
            }
            _ => bundle.push(keyword, bundler.keyword(keyword, value)),
        }
    }
    if view != View::Reader {
        bundle.push("additionalProperties", Json::Bool(false));
    }
    let definitions = bundler.definitions(schema, common);
    bundle.push("$defs", Json::Object(definitions));
    Json::Object(bundle)
}

struct Bundler {
    view: View,
    wanted: BTreeSet<String>,
}

impl Bundler {
    fn schema(&mut self, schema: &Json) -> Json {
        let Json::Object(object) = schema else {
            return schema.clone();
        };
        let extensible = object.get("x-ingenium-extensible") == Some(&Json::Bool(true));
        let mut out = Object::default();
        for (keyword, value) in object.iter() {
            match keyword {
                "x-ingenium-extensible" => {}
                "oneOf" if self.view == View::Plain && is_table(value) => {}
                "enum" if extensible && self.view == View::Reader => {
                    // Any value but none: what says nothing is left out.
                    out.push("type", Json::from("string"));
                    out.push("minLength", one());
                }
                _ => out.push(keyword, self.keyword(keyword, value)),
            }
        }
        let is_object = object.get("type") == Some(&Json::from("object"));
        if self.view != View::Reader && is_object && object.get("properties").is_some() {
            out.push("additionalProperties", Json::Bool(false));
        }
        Json::Object(out)
    }

    /// The value of a keyword; a member that happens to be called like a keyword is never taken for one.
    fn keyword(&mut self, keyword: &str, value: &Json) -> Json {
        match keyword {
            "$ref" => {
                let reference = value.as_str().unwrap_or_default();
                let name = reference.rsplit('/').next().unwrap_or_default();
                self.wanted.insert(name.to_owned());
                Json::String(format!("#/$defs/{name}"))
            }
            "properties" => Json::Object(
                value
                    .as_object()
                    .into_iter()
                    .flat_map(Object::iter)
                    .map(|(name, member)| (name.to_owned(), self.schema(member)))
                    .collect(),
            ),
            "items" | "additionalProperties" | "propertyNames" | "not" => self.schema(value),
            "oneOf" => Json::Array(self.array(value)),
            _ => value.clone(),
        }
    }

    fn array(&mut self, value: &Json) -> Vec<Json> {
        let items = value.as_array().unwrap_or_default();
        items.iter().map(|item| self.schema(item)).collect()
    }

    /// The definitions that are referred to, also from each other, in the order of their files.
    fn definitions(&mut self, schema: &Json, common: &Json) -> Object {
        let all: Vec<(&str, &Json)> = [schema, common]
            .into_iter()
            .filter_map(|file| file.get("$defs")?.as_object())
            .flat_map(Object::iter)
            .collect();
        loop {
            let before = self.wanted.len();
            let found: Object = all
                .iter()
                .filter(|(name, _)| self.wanted.contains(*name))
                .copied()
                .collect::<Vec<_>>()
                .into_iter()
                .map(|(name, definition)| (name.to_owned(), self.schema(definition)))
                .collect();
            if self.wanted.len() == before {
                return found;
            }
        }
    }
}

/// Whether branches require and forbid members, and shape none.
fn is_table(branches: &Json) -> bool {
    let first = branches.as_array().and_then(|branches| branches.first());
    let members = first.and_then(|branch| branch.get("properties")?.as_object());
    !members.is_some_and(|members| {
        let mut members = members.iter();
        members.any(|(_, member)| member.get("properties").is_some())
    })
}

/// The branch for unknown values of an extensible tag: they bring no conditions.
fn open_branch(model: &Model, event: &Event) -> Option<Json> {
    let (tag, values, content) = match &event.payload {
        Payload::Struct(payload) => {
            let table = payload.table.as_ref()?;
            let enumeration = enumeration(model, event, &table.enumeration)?;
            let values = enumeration.open.then(|| enumeration.values.clone())?;
            (&table.tag, values, None)
        }
        Payload::Union(union) => {
            let values = union.variants.iter().map(|variant| variant.value.clone());
            let values = union.open.then(|| values.collect())?;
            (&union.tag, values, Some(&union.content))
        }
    };
    let values = values.into_iter().map(Json::String).collect();
    let known = object([("enum", Json::Array(values))]);
    let mut unknown = Object::default();
    if content.is_some() {
        unknown.push("type", Json::from("string"));
        unknown.push("minLength", one());
    }
    unknown.push("not", known);
    let mut members = object([(tag, Json::Object(unknown))]);
    if let (Json::Object(members), Some(content)) = (&mut members, content) {
        members.push(content, object([("type", Json::from("object"))]));
    }
    Some(object([("properties", members)]))
}

fn one() -> Json {
    Json::Number(1.into())
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    let members = members.into_iter();
    Json::Object(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn enumeration<'a>(model: &'a Model, event: &'a Event, name: &str) -> Option<&'a Enumeration> {
    use crate::model::Local;
    let locals = event.locals.iter().filter_map(|local| match local {
        Local::Enumeration(enumeration) => Some(enumeration),
        Local::Struct(_) => None,
    });
    model
        .enumerations
        .iter()
        .chain(locals)
        .find(|enumeration| enumeration.title == name)
}
