//! Go: a module of the standard library alone.

use minijinja::context;
use minijinja::value::Serde;

use super::pattern::BRACED;
use super::render::{Renderer, Template};
use super::rules::RULES;
use super::text;
use crate::error::Errors;
use crate::json::Json;
use crate::model::Model;
use crate::output::FileSet;
use crate::package::Options;

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
    let events = std::mem::take(&mut renderer.contract.events);
    for event in &events {
        let path = format!("{}.go", event.module);
        let part = Serde(event).into();
        renderer.render_from("event.go", &path, &event.source, part)?;
    }
    Ok(renderer.finish())
}

/// Lines of a comment that gofmt leaves as they are: it makes quotes of doubled apostrophes, and lists and headings of
/// lines that start like one.
fn comment(text: &str, width: usize) -> Vec<String> {
    let text = text.replace("''", "' '").replace("``", "` `");
    text::wrap_before(&text, width, |word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || !c.is_ascii() && c.is_alphabetic())
    })
}
