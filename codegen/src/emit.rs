//! One target, one module: from the model to files.

mod contract;
mod grammar;
mod pattern;
mod render;
mod rules;
mod text;

mod go;
mod java;
mod python;
pub(crate) mod rust;
mod typescript;

use crate::error::Errors;
use crate::generate::Source;
use crate::output::FileSet;
use crate::package::{Language, Options};
use crate::tree::Tree;

/// The files of a package, by their path in it.
pub(crate) fn package(tree: &Tree, source: &Source, options: &Options) -> Result<FileSet, Errors> {
    let (model, schemas) = (&source.model, &source.schemas[..]);
    match options.language {
        Language::TypeScript => typescript::emit(model, schemas, options),
        Language::Python => python::emit(model, schemas, options),
        Language::Go => go::emit(model, schemas, options),
        Language::Java => java::emit(model, schemas, options),
        Language::Rust => rust::package(tree, source, options),
    }
}
