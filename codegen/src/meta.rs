//! Holds every authored file against its meta-schema: what the authoring subset does not list is refused here,
//! so that later stages meet no surprises.

use crate::error::{Error, Errors};
use crate::json::Json;

const SCHEMA: &str = "schemas/meta/schema.schema.json";
const CATALOG: &str = "schemas/meta/catalog.schema.json";

/// The two meta-schemas, compiled.
pub(crate) struct Meta {
    schema: jsonschema::Validator,
    catalog: jsonschema::Validator,
}

impl Meta {
    pub(crate) fn load(root: &std::path::Path) -> Result<Self, Errors> {
        let compile = |file| {
            let json = crate::catalog::read(root, file)?;
            jsonschema::options()
                .with_draft(jsonschema::Draft::Draft202012)
                .offline()
                .build(&json.to_value())
                .map_err(|error| Errors::from(Error::new(file, "", error.to_string())))
        };
        Ok(Self {
            schema: compile(SCHEMA)?,
            catalog: compile(CATALOG)?,
        })
    }

    pub(crate) fn check_catalog(&self, file: &str, json: &Json) -> Result<(), Errors> {
        check(&self.catalog, file, json)
    }

    pub(crate) fn check_schema(&self, file: &str, json: &Json) -> Result<(), Errors> {
        check(&self.schema, file, json)
    }
}

fn check(validator: &jsonschema::Validator, file: &str, json: &Json) -> Result<(), Errors> {
    let mut errors = Errors::default();
    for error in validator.iter_errors(&json.to_value()) {
        deepest(&error, file, &mut errors);
    }
    errors.or(())
}

/// A failed `oneOf` says nothing: the branch that went furthest into the file does.
fn deepest(error: &jsonschema::ValidationError<'_>, file: &str, errors: &mut Errors) {
    use jsonschema::error::ValidationErrorKind::{AnyOf, OneOfNotValid};
    let branches = match error.kind() {
        OneOfNotValid { context } | AnyOf { context } => context.as_slice(),
        _ => &[],
    };
    let depth = |branch: &Vec<jsonschema::ValidationError<'_>>| {
        branch
            .iter()
            .map(|error| error.instance_path().as_str().len())
            .max()
            .unwrap_or(0)
    };
    match branches.iter().max_by_key(|branch| depth(branch)) {
        Some(branch) => {
            for error in branch {
                deepest(error, file, errors);
            }
        }
        None => errors.push(Error::new(
            file,
            error.instance_path().as_str(),
            error.masked().to_string(),
        )),
    }
}
