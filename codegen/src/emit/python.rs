//! Python: a typed package of the standard library alone.

use minijinja::context;
use minijinja::value::Serde;

use super::pattern::PYTHON;
use super::render::{Renderer, Template};
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
            include_str!(concat!("../../templates/python/", $name, ".jinja")),
        )
    };
}

/// What other templates are made of.
const PARTS: &[Template] = &[template!("parts"), template!("src/package/event.py")];

/// One file each, of the same name but for the package's own.
const FILES: &[Template] = &[
    template!("README.md"),
    template!("pyproject.toml"),
    template!("src/package/py.typed"),
    template!("src/package/__init__.py"),
    template!("src/package/refusal.py"),
    template!("src/package/strict_json.py"),
    template!("src/package/shape.py"),
    template!("src/package/scalars.py"),
    template!("src/package/enumerations.py"),
    template!("src/package/times.py"),
    template!("src/package/catalog.py"),
    template!("src/package/attribute.py"),
    template!("src/package/profile.py"),
    template!("src/package/cloudevent.py"),
    template!("src/package/http.py"),
    template!("src/package/identity.py"),
    template!("tests/test_package.py"),
    template!("codec/codec.py"),
];

/// Keywords, and names that classes of payloads have for something else.
const WORDS: &[&str] = &[
    "and",
    "as",
    "assert",
    "async",
    "await",
    "bool",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "from_value",
    "global",
    "if",
    "import",
    "in",
    "int",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "parse",
    "pass",
    "raise",
    "return",
    "to_json",
    "to_value",
    "try",
    "tuple",
    "while",
    "with",
    "yield",
];

pub(super) fn emit(model: &Model, schemas: &[Json], options: &Options) -> Result<FileSet, Errors> {
    let module = options.package.replace('-', "_");
    let version = model.version.replace("-draft", ".dev0");
    let package = context! { name => options.package.as_str(), module => module.as_str(), version };
    let mut renderer = Renderer::new(model, schemas, options, PYTHON, package)?;
    let environment = &mut renderer.environment;
    environment.add_filter("constant", |name: String| {
        text::snake(&name).to_ascii_uppercase()
    });
    environment.add_filter("attribute", |name: String| {
        text::unreserved(text::snake(&name), WORDS)
    });
    environment.add_filter("member", |value: String| value);
    environment.add_filter("docstring", |text: String| {
        text.replace('\\', r"\\").replace('"', r#"\""#)
    });
    environment.add_filter("pattern", |pattern: String| {
        if pattern.contains('"') {
            text::literal(&pattern)
        } else {
            format!("r\"{pattern}\"")
        }
    });
    for part in PARTS.iter().chain(FILES) {
        renderer.template(*part)?;
    }
    for (name, _) in FILES {
        renderer.render(name, &name.replace("src/package", &format!("src/{module}")))?;
    }
    let events = std::mem::take(&mut renderer.contract.events);
    for event in &events {
        let path = format!("src/{module}/{}.py", event.module);
        let part = Serde(event).into();
        renderer.render_from("src/package/event.py", &path, &event.source, part)?;
    }
    Ok(renderer.finish())
}
