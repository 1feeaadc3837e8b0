//! From the tree of schemas to the set of files.

use crate::bundle::{self, View};
use crate::catalog::{self, Catalog};
use crate::emit;
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::knative::event_types;
use crate::lint as rule;
use crate::lower::{self, Definitions};
use crate::meta::Meta;
use crate::model::Model;
use crate::output::{self, FileSet};
use crate::package::{Language, Options};
use crate::reference::{self, Reference};
use crate::tree::Tree;

/// Where the pages for people stand.
const REFERENCE: &str = "docs/reference/events";

/// The broker of the manifests in `deploy/`.
const BROKER: &str = "default";

/// Where packages of other languages stand. The Rust package is what the crates here are.
const GENERATED: &str = "codegen/generated";
const PACKAGES: [Language; 4] = [
    Language::TypeScript,
    Language::Python,
    Language::Go,
    Language::Java,
];

/// Every file that follows from the schemas.
///
/// Nothing is written, and the same schemas always give the same bytes.
///
/// # Errors
/// Every fault of the schemas, with its place.
pub fn generate(tree: &Tree) -> Result<FileSet, Errors> {
    let source = Source::load(tree)?;
    let mut files = source.bundles()?;
    emit::rust::emit(&source.model, &mut files)?;
    for language in PACKAGES {
        let options = Options {
            command: "cargo xtask generate".to_owned(),
            ..Options::new(language)
        };
        for (path, text) in emit::package(tree, &source, &options)?.iter() {
            let path = format!("{GENERATED}/{}/{path}", language.name());
            files.insert(path, text.to_owned());
        }
    }
    let asyncapi = crate::asyncapi(tree, &files)?;
    files.insert("schemas/dist/asyncapi.json", asyncapi);
    let event_types = event_types(tree, BROKER)?;
    let header = output::header("schemas/catalog.json");
    files.insert(
        "deploy/base/event-types.yaml",
        format!("# {header}\n{event_types}"),
    );
    let reference = Reference::of(tree)?;
    let template =
        |error: minijinja::Error| Error::new(rule::CATALOG, catalog::FILE, "", error.to_string());
    for (name, page) in reference::markdown(&reference).map_err(template)? {
        files.insert(format!("{REFERENCE}/{name}"), page);
    }
    let page = reference::html(&reference).map_err(template)?;
    files.insert(format!("{REFERENCE}/index.html"), page);
    Ok(files)
}

/// The bundles alone: what `schemas/dist/strict`, `reader` and `plain` hold.
///
/// # Errors
/// Every fault of the schemas, with its place.
pub fn bundles(tree: &Tree) -> Result<FileSet, Errors> {
    Source::load(tree)?.bundles()
}

fn pretty(json: &impl serde::Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(json);
    let text =
        text.map_err(|error| Error::new(rule::JSON, catalog::FILE, "", error.to_string()))?;
    Ok(text + "\n")
}

/// The language-neutral model of the schemas.
///
/// # Errors
/// Every fault of the schemas, with its place.
pub fn model(tree: &Tree) -> Result<Model, Errors> {
    Source::load(tree).map(|source| source.model)
}

pub(crate) struct Source {
    catalog: Catalog,
    common: Json,
    /// In catalog order, as the model's events.
    pub(crate) schemas: Vec<Json>,
    pub(crate) model: Model,
}

impl Source {
    pub(crate) fn bundles(&self) -> Result<FileSet, Errors> {
        let mut files = FileSet::default();
        for view in View::WRITTEN {
            for (event, schema) in self.model.events.iter().zip(&self.schemas) {
                let bundle = bundle::bundle(
                    &self.catalog,
                    &self.model,
                    event,
                    schema,
                    &self.common,
                    view,
                );
                files.insert(bundle::path(view, event), pretty(&bundle)?);
            }
        }
        Ok(files)
    }

    pub(crate) fn load(tree: &Tree) -> Result<Self, Errors> {
        let meta = Meta::load(tree)?;
        let json = tree.json(catalog::FILE)?;
        meta.check_catalog(catalog::FILE, &json)?;
        let catalog = Catalog::from_json(&json)?;

        let file = format!("schemas/{}", catalog.common);
        let common = tree.json(&file)?;
        meta.check_common(&file, &common)?;
        let shared = lower::common(&catalog, &file, &common)?;

        let mut errors = Errors::default();
        let mut model = Model {
            version: catalog.contract_version.clone(),
            scalars: shared.scalars,
            enumerations: shared.enumerations,
            events: Vec::new(),
        };
        let mut schemas = Vec::new();
        for entry in &catalog.events {
            let loaded = event(tree, &meta, &catalog, entry, &shared.definitions);
            if let Some((schema, event)) = errors.keep(loaded) {
                schemas.push(schema);
                model.events.push(event);
            }
        }
        errors.keep(lower::names(&model));
        errors.or(Self {
            catalog,
            common,
            schemas,
            model,
        })
    }
}

fn event(
    tree: &Tree,
    meta: &Meta,
    catalog: &Catalog,
    entry: &catalog::Entry,
    definitions: &Definitions,
) -> Result<(Json, crate::model::Event), Errors> {
    let file = entry.file();
    let schema = tree.json(&file)?;
    meta.check_event(&file, &schema)?;
    let event = lower::event(catalog, entry, &schema, definitions)?;
    Ok((schema, event))
}
