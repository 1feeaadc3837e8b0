//! The slow path: all findings about a payload that the decoder has refused.
//!
//! The decoder stops at the first broken rule. Here the `jsonschema` crate evaluates the whole payload against the
//! same schema; its errors become findings with our rules, places and remedies. The decoder's own reason is always
//! among them: were the two ever to disagree, nothing would be hidden.

use std::collections::HashMap;
use std::sync::OnceLock;

use ingenium_types::{EventType, Reader, Refusal, Rule, View};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::finding::{Finding, excerpt, json_message};
use crate::generated::bundle;
use crate::locate::locate;

/// All findings about `data`, which the decoder refused with `refusal`.
pub(crate) fn explain(
    event_type: EventType,
    data: &[u8],
    view: View,
    refusal: &Refusal,
) -> Vec<Finding> {
    // What is no JSON as a whole is not looked at member by member, wherever the decoder has stumbled first.
    let mut reader = Reader::new(data, View::Reader);
    let json = reader.skip().map(drop).and_then(|()| reader.finish());
    let refusal = json.as_ref().err().unwrap_or(refusal);
    if refusal.rule.is_json() {
        let (message, help) = json_message(refusal.rule);
        return vec![
            Finding::error(refusal.rule.id(), refusal.pointer.clone(), message)
                .help(help)
                .at(refusal.span.clone()),
        ];
    }
    let mut findings = Vec::new();
    if let Ok(value) = serde_json::from_slice::<Value>(data) {
        let (validator, schema) = bundle_of(event_type, view);
        let judged = Judged {
            root: &value,
            data,
            schema,
        };
        for error in validator.iter_errors(&value) {
            collect(&error, &judged, &mut findings);
        }
    }
    let covered = findings
        .iter()
        .any(|finding| finding.pointer == refusal.pointer);
    if !covered {
        let message = format!("the value breaks {}", refusal.rule);
        findings.insert(
            0,
            Finding::error(refusal.rule.id(), refusal.pointer.clone(), message)
                .at(refusal.span.clone()),
        );
    }
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    findings.dedup_by(|a, b| a.pointer == b.pointer && a.rule == b.rule);
    findings
}

/// What is judged, and by which schema.
struct Judged<'a> {
    root: &'a Value,
    data: &'a [u8],
    schema: &'a Value,
}

type Bundle = (Validator, Value);

/// The bundles, built when first needed: a component that sees no bad event never pays for them.
fn bundle_of(event_type: EventType, view: View) -> &'static Bundle {
    static STRICT: OnceLock<HashMap<&'static str, Bundle>> = OnceLock::new();
    static READER: OnceLock<HashMap<&'static str, Bundle>> = OnceLock::new();
    let (cell, bundles) = match view {
        View::Strict => (&STRICT, bundle::STRICT),
        View::Reader => (&READER, bundle::READER),
    };
    let built = cell.get_or_init(|| {
        bundles
            .iter()
            .map(|(name, json)| (*name, build(json)))
            .collect()
    });
    built
        .get(event_type.as_str())
        .expect("every event type has a bundle: both are generated from the catalog")
}

fn build(bundle: &str) -> Bundle {
    let schema: Value = serde_json::from_str(bundle).expect("a generated bundle is JSON");
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        // Linear-time patterns: no input can make a pattern slow.
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&schema)
        .expect("a generated bundle is a schema: the drift test has compiled it");
    (validator, schema)
}

fn collect(error: &ValidationError<'_>, judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    let Judged { root, data, schema } = *judged;
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            // Report the branch that the tag selects: the one whose tag is not itself wrong.
            let selected = context
                .iter()
                .find(|branch| !branch.is_empty() && !branch.iter().any(is_tag_error));
            match selected {
                Some(branch) => {
                    for inner in branch {
                        collect_in_branch(inner, judged, findings);
                    }
                }
                None => {
                    if let Some(inner) = context.iter().flatten().find(|inner| is_tag_error(inner))
                    {
                        collect(inner, judged, findings);
                    }
                }
            }
        }
        ValidationErrorKind::Required { property } => {
            let member = property.as_str().unwrap_or_default();
            findings.push(missing(&pointer, member, Rule::Required, data, "add it"));
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for member in unexpected {
                let at = format!(
                    "{pointer}/{}",
                    ingenium_types::refusal::escape_pointer(member)
                );
                let message = format!("`{}` is not declared", excerpt(member));
                findings.push(finding(
                    Rule::UnknownMember,
                    at,
                    message,
                    "check its spelling: names are case-sensitive",
                    data,
                ));
            }
        }
        ValidationErrorKind::Enum { options } => {
            let allowed: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|o| format!("`{o}`"))
                .collect();
            let help = format!("use one of {}", allowed.join(", "));
            // The schema's `enum` needs no `type` beside it; a decoder tells a wrong type from a wrong text.
            let is_text = root.pointer(&pointer).is_some_and(Value::is_string);
            findings.push(finding(
                if is_text { Rule::Enum } else { Rule::Type },
                pointer.clone(),
                value_message(root, &pointer, "is none of the allowed values"),
                help,
                data,
            ));
        }
        ValidationErrorKind::Constant { expected_value } => {
            let help = format!("use {expected_value}");
            let is_text = root.pointer(&pointer).is_some_and(Value::is_string);
            findings.push(finding(
                if is_text { Rule::Enum } else { Rule::Type },
                pointer.clone(),
                value_message(root, &pointer, "is none of the allowed values"),
                help,
                data,
            ));
        }
        // Readers take any value of an open set, but none that is empty.
        ValidationErrorKind::MinLength { .. } => {
            let message = value_message(root, &pointer, "is no value");
            findings.push(finding(
                Rule::Enum,
                pointer,
                message,
                "leave absent members out",
                data,
            ));
        }
        ValidationErrorKind::Type { .. } => {
            let found = root.pointer(&pointer).map_or("nothing", kind_name);
            let message = format!("{} is {found}", subject(&pointer));
            let help = match root.pointer(&pointer) {
                Some(Value::Number(_)) => "write numbers as strings: `\"12.50\"`, not `12.50`",
                Some(Value::Null) => "leave absent members out: null is no value",
                _ => "see the schema for its type",
            };
            findings.push(finding(Rule::Type, pointer, message, help, data));
        }
        ValidationErrorKind::Pattern { .. }
        | ValidationErrorKind::Not { .. }
        | ValidationErrorKind::MaxLength { .. } => {
            let form = form_of(error, schema);
            findings.push(finding(
                Rule::Pattern,
                pointer.clone(),
                value_message(root, &pointer, "has not the form of its type"),
                form,
                data,
            ));
        }
        // Names in a map: the place is the member, as the decoder says it.
        ValidationErrorKind::PropertyNames { error: inner } => {
            let name = inner.instance().as_str().unwrap_or_default();
            let message = format!(
                "`{}` is a name that has not the form of its type",
                excerpt(name)
            );
            let at = format!(
                "{pointer}/{}",
                ingenium_types::refusal::escape_pointer(name)
            );
            findings.push(finding(
                Rule::Pattern,
                at,
                message,
                form_of(inner, schema),
                data,
            ));
        }
        ValidationErrorKind::FalseSchema => {
            let message = format!("{} is not allowed here", subject(&pointer));
            findings.push(finding(
                Rule::ForbiddenByTag,
                pointer,
                message,
                "leave it out for this kind of event",
                data,
            ));
        }
        _ => {
            let message = format!(
                "{} breaks the schema at {}",
                subject(&pointer),
                error.schema_path()
            );
            findings.push(finding(
                Rule::Size,
                pointer,
                message,
                "see the schema",
                data,
            ));
        }
    }
}

/// Inside the branch of a tag table a missing or forbidden member is the tag's doing.
fn collect_in_branch(
    error: &ValidationError<'_>,
    judged: &Judged<'_>,
    findings: &mut Vec<Finding>,
) {
    if let ValidationErrorKind::Required { property } = error.kind() {
        let pointer = error.instance_path().as_str();
        let rule = if pointer.is_empty() {
            Rule::RequiredByTag
        } else {
            Rule::Required
        };
        let member = property.as_str().unwrap_or_default();
        findings.push(missing(
            pointer,
            member,
            rule,
            judged.data,
            "this kind of event needs it",
        ));
    } else {
        collect(error, judged, findings);
    }
}

/// A tag is a direct member of the event that a branch fixes.
fn is_tag_error(error: &ValidationError<'_>) -> bool {
    let fixes = matches!(
        error.kind(),
        ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. }
    );
    fixes && matches!(error.instance_path().as_str(), "/Type" | "/ExecType")
}

fn missing(parent: &str, member: &str, rule: Rule, data: &[u8], help: &str) -> Finding {
    let pointer = format!(
        "{parent}/{}",
        ingenium_types::refusal::escape_pointer(member)
    );
    let message = format!("`{member}` is missing");
    let mut finding = Finding::error(rule.id(), pointer, message).help(help);
    finding.span = locate(data, parent);
    finding
}

fn finding(
    rule: Rule,
    pointer: String,
    message: String,
    help: impl Into<String>,
    data: &[u8],
) -> Finding {
    let span = locate(data, &pointer);
    Finding {
        span,
        ..Finding::error(rule.id(), pointer, message).help(help)
    }
}

fn value_message(root: &Value, pointer: &str, what: &str) -> String {
    let shown = match root.pointer(pointer) {
        Some(Value::String(text)) => excerpt(text),
        Some(other) => excerpt(&other.to_string()),
        None => String::new(),
    };
    format!("{} is `{shown}`, which {what}", subject(pointer))
}

fn subject(pointer: &str) -> String {
    match pointer.rsplit('/').next() {
        Some(name) if !name.is_empty() => format!("`{name}`"),
        _ => "the payload".to_owned(),
    }
}

const fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a JSON number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The form of the scalar that an error is about: the first one on the way from the root, since a refined scalar
/// refers to the one that it refines.
fn form_of(error: &ValidationError<'_>, schema: &Value) -> String {
    let mut place = schema;
    for token in error.evaluation_path().as_str().split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = if token == "$ref" {
            let name = place["$ref"]
                .as_str()
                .and_then(|target| target.strip_prefix("#/$defs/"))
                .unwrap_or_default();
            if let Some(form) = ingenium_types::scalar::form_of(name) {
                return format!("expected {form}");
            }
            schema["$defs"].get(name)
        } else if let Value::Array(items) = place {
            token.parse().ok().and_then(|index: usize| items.get(index))
        } else {
            place.get(&token)
        };
        let Some(next) = next else { break };
        place = next;
    }
    "see the schema for its form".to_owned()
}
