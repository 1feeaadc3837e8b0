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
use crate::json::Json;
use crate::model::Model;
use crate::output::FileSet;
use crate::package::{Language, Options};

/// The files of a package, by their path in it.
pub(crate) fn package(
    model: &Model,
    schemas: &[Json],
    options: &Options,
) -> Result<FileSet, Errors> {
    match options.language {
        Language::TypeScript => typescript::emit(model, schemas, options),
        Language::Python => python::emit(model, schemas, options),
        Language::Go => go::emit(model, schemas, options),
        Language::Java => java::emit(model, schemas, options),
        Language::Rust => rust::package(model, options),
    }
}
