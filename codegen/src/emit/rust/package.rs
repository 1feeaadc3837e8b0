//! A crate of its own: the sources of the two crates here as modules, with what is generated put in its place.

use include_dir::{Dir, include_dir};
use minijinja::context;

use crate::emit::pattern::BRACED;
use crate::emit::render::{Renderer, Template};
use crate::error::{Error, Errors};
use crate::generate::Source;
use crate::json::Json;
use crate::lint as rule;
use crate::lower;
use crate::model::Model;
use crate::output::{self, FileSet};
use crate::package::Options;
use crate::tree::Tree;

static TYPES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../rust/ingenium-types/src");
static CONTRACT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../rust/ingenium-contract/src");

macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../templates/rust/", $name, ".jinja")),
        )
    };
}

const FILES: &[Template] = &[
    template!("Cargo.toml"),
    template!("README.md"),
    template!("src/lib.rs"),
    template!("examples/codec.rs"),
    template!("tests/package.rs"),
];

pub(in crate::emit) fn emit(
    tree: &Tree,
    source: &Source,
    options: &Options,
) -> Result<FileSet, Errors> {
    let model = &source.model;
    same_scalars(model)?;
    bars(model)?;
    let module = options.package.replace('-', "_");
    let name = options.package.as_str();
    let package = context! { name, module => module.as_str(), version => model.version.as_str() };
    let mut renderer = Renderer::new(model, &source.schemas, options, BRACED, package)?;
    for template in FILES {
        renderer.template(*template)?;
    }
    for (template, _) in FILES {
        renderer.render(template, template)?;
    }
    let mut files = renderer.finish();
    let mut generated = source.bundles()?;
    super::emit(model, &mut generated)?;
    let rooms = [
        ("ingenium-types", "types", &TYPES),
        ("ingenium-contract", "contract", &CONTRACT),
    ];
    for (name, room, sources) in rooms {
        let prefix = format!("rust/{name}/src/");
        let mut add = |path: &str, text: &str| {
            let header = output::header_by(&options.command, &format!("{prefix}{path}"));
            let path = if path == "lib.rs" { "mod.rs" } else { path };
            let text = moved(text, room, &module);
            files.insert(format!("src/{room}/{path}"), format!("// {header}\n{text}"));
        };
        for (path, text) in texts(sources) {
            if !path.starts_with("generated/") {
                add(&path, text);
            }
        }
        for (path, text) in generated.iter() {
            if let Some(path) = path.strip_prefix(&prefix) {
                add(path, &included(text, tree, &generated)?);
            }
        }
    }
    Ok(files)
}

/// The files of a folder and those below it.
fn texts<'a>(folder: &'a Dir<'a>) -> Vec<(String, &'a str)> {
    let files = folder.files().filter_map(|file| {
        let path = file.path().to_str()?.replace('\\', "/");
        Some((path, file.contents_utf8()?))
    });
    let mut texts: Vec<_> = files.collect();
    for folder in folder.dirs() {
        texts.extend(self::texts(folder));
    }
    texts
}

/// Source of a crate as source of the module `room`: code names the crate, examples in documentation the package.
fn moved(text: &str, room: &str, module: &str) -> String {
    let mut moved = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_example = line.trim_start().starts_with("//");
        let own = line.replace("crate::", &format!("crate::{room}::"));
        let home = if is_example { module } else { "crate" };
        moved.push_str(
            &own.replace("ingenium_types::", &format!("{home}::types::"))
                .replace("ingenium_contract::", &format!("{home}::contract::")),
        );
    }
    moved
}

/// The texts that `include_str!` would bring, as literals: the package has no schemas beside it.
fn included(text: &str, tree: &Tree, generated: &FileSet) -> Result<String, Error> {
    const START: &str = "include_str!(\"../../../../";
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(START) {
        let (path, after) = after.split_once("\")").unwrap_or((after, ""));
        let bytes = tree
            .get(path)
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        let included = generated.get(path).or(bytes);
        let own = crate::tree::built_in(path);
        let Some(included) = included.or(own) else {
            return Err(Error::new(rule::FILE, path, "", "there is no such file"));
        };
        whole.push_str(before);
        let literal = proc_macro2::Literal::string(included);
        whole.push_str(&literal.to_string());
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

/// Scanners are written by hand, one for each scalar of this contract.
fn same_scalars(model: &Model) -> Result<(), Errors> {
    const FILE: &str = "schemas/common.schema.json";
    let own: Json = serde_json::from_str(include_str!("../../../../schemas/common.schema.json"))
        .map_err(|error| Error::new(rule::JSON, FILE, "", error.to_string()))?;
    let own = lower::scalars(FILE, &own)?;
    let mut errors = Errors::default();
    for scalar in &model.scalars {
        let known = own.iter().find(|other| other.title == scalar.title);
        let same = known.is_some_and(|known| {
            (&known.patterns, &known.exclusions, known.most)
                == (&scalar.patterns, &scalar.exclusions, scalar.most)
        });
        if !same {
            let pointer = format!("/$defs/{}", scalar.title);
            let message = format!(
                "the Rust package has a scanner for each scalar of its own contract, and none for this `{}`",
                scalar.title
            );
            errors.push(Error::new(rule::KEYWORD_ALLOWED, FILE, &pointer, message));
        }
    }
    errors.or(())
}

/// The judge looks into bars: a contract without them has another one.
fn bars(model: &Model) -> Result<(), Error> {
    let has = model.events.iter().any(|event| {
        event.entry.event_type == "ingenium.ingestor.data" && event.payload.title() == "DataEvent"
    });
    if has {
        return Ok(());
    }
    let message = "the Rust package is for contracts that extend this one: `ingenium.ingestor.data` is missing";
    Err(Error::new(
        rule::CATALOG,
        "schemas/catalog.json",
        "/events",
        message,
    ))
}
