//! Go: a module of the standard library alone.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Serde;

use super::contract::{Contract, Enumeration};
use super::pattern::BRACED;
use super::render::{Renderer, Template};
use super::rules::RULES;
use super::text;
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::Model;
use crate::output::FileSet;
use crate::package::Options;

const COMMON: &str = "schemas/common.schema.json";

macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../templates/go/", $name, ".jinja")),
        )
    };
}

/// What other templates are made of.
const PARTS: &[Template] = &[template!("parts"), template!("event.go")];

/// One file each, of the same name.
const FILES: &[Template] = &[
    template!("README.md"),
    template!("go.mod"),
    template!("doc.go"),
    template!("refusal.go"),
    template!("json.go"),
    template!("shape.go"),
    template!("scalars.go"),
    template!("enumerations.go"),
    template!("times.go"),
    template!("catalog.go"),
    template!("attribute.go"),
    template!("profile.go"),
    template!("cloudevent.go"),
    template!("http.go"),
    template!("identity.go"),
    template!("package_test.go"),
    template!("cmd/codec/main.go"),
];

/// Methods of payloads: no field can be called so.
const WORDS: &[&str] = &[
    "EventType",
    "MarshalJSON",
    "PartitionKey",
    "Subject",
    "UnmarshalJSON",
    "Validate",
];

pub(super) fn emit(model: &Model, schemas: &[Json], options: &Options) -> Result<FileSet, Errors> {
    let last = options.package.rsplit('/').next().unwrap_or_default();
    let module: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
    let package = context! { name => options.package.as_str(), module };
    let mut renderer = Renderer::new(model, schemas, options, BRACED, package)?;
    let environment = &mut renderer.environment;
    environment.add_filter("private", |name: String| text::camel(&name));
    environment.add_filter("field", |name: String| text::unreserved(name, WORDS));
    environment.add_filter("comment", |text: String, width: usize| {
        comment(&text, width)
    });
    environment.add_filter("pattern", |pattern: String| {
        if pattern.contains('`') {
            text::literal(&pattern)
        } else {
            format!("`{pattern}`")
        }
    });
    let widest = RULES.iter().map(|(id, _)| id.len()).max();
    environment.add_global("rule_width", widest.unwrap_or_default());
    for part in PARTS.iter().chain(FILES) {
        renderer.template(*part)?;
    }
    for (name, _) in FILES {
        renderer.render(name, name)?;
    }
    let mut errors = Errors::default();
    exported(&renderer.contract, &mut errors);
    errors.or(())?;
    let events = std::mem::take(&mut renderer.contract.events);
    for event in &events {
        let path = format!("{}.go", event.module);
        let part = Serde(event).into();
        renderer.render_from("event.go", &path, &event.source, part)?;
    }
    Ok(renderer.finish())
}

/// All of a package share one space of names, constants with types.
fn exported(contract: &Contract, errors: &mut Errors) {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut claim = |name: String, source| {
        if let Some(other) = names.insert(name.clone(), source) {
            let message = format!("`{name}` would stand twice in a Go package, also for {other}");
            errors.push(Error::new(rule::NAME_COLLISION, source, "", message));
        }
    };
    for scalar in &contract.scalars {
        claim(scalar.title.clone(), COMMON);
    }
    let mut enumeration = |one: &Enumeration, source| {
        claim(one.title.clone(), source);
        claim(format!("{}Values", one.title), source);
        for value in &one.values {
            claim(format!("{}{}", one.title, text::title(value)), source);
        }
    };
    for one in &contract.enumerations {
        enumeration(one, COMMON);
    }
    for event in &contract.events {
        for one in &event.enumerations {
            enumeration(one, &event.source);
        }
    }
    for event in &contract.events {
        let source = event.source.as_str();
        claim(event.title.clone(), source);
        claim(format!("Parse{}", event.title), source);
        claim(event.variant.clone(), source);
        for object in &event.structs {
            claim(object.title.clone(), source);
        }
        if let Some(union) = &event.union {
            claim(union.title.clone(), source);
            for variant in &union.variants {
                claim(variant.content.title.clone(), source);
                claim(format!("{}{}", union.title, variant.name), source);
            }
        }
    }
}

/// Lines of a comment that gofmt leaves as they are: it makes quotes of doubled apostrophes, and lists and headings of
/// lines that start like one.
fn comment(text: &str, width: usize) -> Vec<String> {
    let text = text.replace("''", "' '").replace("``", "` `");
    text::wrap_before(&text, width, |word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || !c.is_ascii() && c.is_alphabetic())
    })
}
