//! TypeScript: an ESM package without dependencies.

use minijinja::context;
use minijinja::value::Serde;

use super::pattern::ECMA;
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
            include_str!(concat!("../../templates/typescript/", $name, ".jinja")),
        )
    };
}

/// What other templates are made of.
const PARTS: &[Template] = &[template!("parts"), template!("src/event.ts")];

/// One file each, of the same name.
const FILES: &[Template] = &[
    template!("package.json"),
    template!("tsconfig.json"),
    template!("README.md"),
    template!("src/index.ts"),
    template!("src/identity.ts"),
    template!("src/refusal.ts"),
    template!("src/json.ts"),
    template!("src/codec.ts"),
    template!("src/scalars.ts"),
    template!("src/decimal.ts"),
    template!("src/time.ts"),
    template!("src/enumeration.ts"),
    template!("src/enumerations.ts"),
    template!("src/catalog.ts"),
    template!("src/attribute.ts"),
    template!("src/cloudevent.ts"),
    template!("src/profile.ts"),
    template!("src/http.ts"),
    template!("test/package.test.ts"),
    template!("codec/codec.ts"),
];

pub(super) fn emit(model: &Model, schemas: &[Json], options: &Options) -> Result<FileSet, Errors> {
    let package = context! { name => options.package.as_str(), version => model.version.as_str() };
    let mut renderer = Renderer::new(model, schemas, options, ECMA, package)?;
    renderer.environment.add_filter("constant", |name: String| {
        text::snake(&name).to_ascii_uppercase()
    });
    renderer
        .environment
        .add_filter("comment", |text: String, width: usize| {
            text::wrap(&text.replace("*/", "*\\/"), width)
        });
    for part in PARTS.iter().chain(FILES) {
        renderer.template(*part)?;
    }
    for (name, _) in FILES {
        renderer.render(name, name)?;
    }
    let events = std::mem::take(&mut renderer.contract.events);
    for event in &events {
        let path = format!("src/events/{}.ts", event.name);
        let part = Serde(event).into();
        renderer.render_from("src/event.ts", &path, &event.source, part)?;
    }
    Ok(renderer.finish())
}
