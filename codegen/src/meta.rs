//! Holds every authored file against its meta-schema: what the authoring subset does not list is refused here,
//! so that later stages meet no surprises.

use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::tree::Tree;

const SCHEMA: &str = "schemas/meta/schema.schema.json";
const CATALOG: &str = "schemas/meta/catalog.schema.json";

/// The meta-schemas, compiled.
pub(crate) struct Meta {
    catalog: jsonschema::Validator,
    common: jsonschema::Validator,
    event: jsonschema::Validator,
}

impl Meta {
    /// The tree's own: a contract of earlier days is held to the rules of its days. A catalog elsewhere that has
    /// none is held to those of this build.
    pub(crate) fn load(tree: &Tree) -> Result<Self, Errors> {
        let read = |file, own: &str| {
            let mut fallback = Tree::default();
            fallback.insert(file, own.into());
            let tree = if tree.get(file).is_some() {
                tree
            } else {
                &fallback
            };
            Ok::<_, Errors>(tree.json(file)?.to_value())
        };
        let catalog = read(
            CATALOG,
            include_str!("../../schemas/meta/catalog.schema.json"),
        )?;
        let schema = read(
            SCHEMA,
            include_str!("../../schemas/meta/schema.schema.json"),
        )?;
        // Which kind of file it is, is known: naming it keeps the other kind out of the errors.
        let kind = |name: &str| {
            let mut schema = schema.clone();
            if let Some(members) = schema.as_object_mut() {
                members.remove("oneOf");
                members.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
            }
            compile(SCHEMA, &schema)
        };
        Ok(Self {
            catalog: compile(CATALOG, &catalog)?,
            common: kind("commonSchema")?,
            event: kind("eventSchema")?,
        })
    }

    pub(crate) fn check_catalog(&self, file: &str, json: &Json) -> Result<(), Errors> {
        check(&self.catalog, file, json)
    }

    pub(crate) fn check_common(&self, file: &str, json: &Json) -> Result<(), Errors> {
        check(&self.common, file, json)
    }

    pub(crate) fn check_event(&self, file: &str, json: &Json) -> Result<(), Errors> {
        check(&self.event, file, json)
    }
}

fn compile(file: &str, schema: &serde_json::Value) -> Result<jsonschema::Validator, Errors> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .offline()
        .build(schema)
        .map_err(|error| Error::new(rule::KEYWORD_ALLOWED, file, "", error.to_string()).into())
}

fn check(validator: &jsonschema::Validator, file: &str, json: &Json) -> Result<(), Errors> {
    let mut errors = Errors::default();
    for error in validator.iter_errors(&json.to_value()) {
        closest(&error, file, &mut errors);
    }
    errors.or(())
}

/// A failed `oneOf` says nothing: the branch with the fewest faults is what the author meant.
fn closest(error: &jsonschema::ValidationError<'_>, file: &str, errors: &mut Errors) {
    use jsonschema::error::ValidationErrorKind::OneOfNotValid;
    let branches = match error.kind() {
        OneOfNotValid { context } => context.as_slice(),
        _ => &[],
    };
    match branches.iter().min_by_key(|branch| branch.len()) {
        Some(branch) => {
            for error in branch {
                closest(error, file, errors);
            }
        }
        None => errors.push(Error::new(
            rule_of(error),
            file,
            error.instance_path().as_str(),
            error.masked().to_string(),
        )),
    }
}

/// The rule behind a keyword of the meta-schema that refuses.
fn rule_of(error: &jsonschema::ValidationError<'_>) -> &'static str {
    use jsonschema::error::ValidationErrorKind as Kind;
    let place = error.instance_path().as_str();
    let at = |name: &str| place.ends_with(&format!("/{name}"));
    match error.kind() {
        Kind::Required { property } if property == "description" => rule::DESCRIPTION,
        Kind::Required { property } if property == "examples" => rule::EXAMPLES_VALID,
        Kind::Required { property } if property == "x-ingenium-extensible" => {
            rule::ENUM_EXTENSIBLE_EXPLICIT
        }
        Kind::PropertyNames { .. } if at("properties") => rule::PROPERTY_PASCAL,
        _ if at("$ref") => rule::NO_REMOTE_REF,
        _ if at("description") => rule::TEXT,
        _ if at("pattern") => rule::REGEX_RE2,
        _ if at("type") => rule::NUMBER_FORBIDDEN,
        _ => rule::KEYWORD_ALLOWED,
    }
}
