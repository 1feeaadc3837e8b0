//! Lint: our schemas are clean, and each rule has something that breaks it.

use std::collections::BTreeSet;

use ingenium_codegen::lint::RULES;
use serde_json::{Value, json};

use crate::tree::Tree;

const ORDER: &str = "events/portfolio.order.schema.json";
const COMMON: &str = "common.schema.json";
const CATALOG: &str = "catalog.json";

#[test]
fn the_schemas_of_this_repository_are_clean() {
    let found: Vec<String> = Tree::new().lint().iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// One edit of the real tree, and the finding that it must bring.
struct Case {
    rule: &'static str,
    file: &'static str,
    /// Where the edit is made.
    at: &'static str,
    value: Value,
    /// Where the finding is.
    found: &'static str,
}

fn case(
    rule: &'static str,
    file: &'static str,
    at: &'static str,
    value: Value,
    found: &'static str,
) -> Case {
    Case {
        rule,
        file,
        at,
        value,
        found,
    }
}

fn member(reference: &str) -> Value {
    json!({ "$ref": reference, "description": "A member.", "examples": ["a"] })
}

fn cases() -> Vec<Case> {
    let name = || member("common.json#/$defs/Name");
    vec![
        case(
            "KEYWORD-ALLOWED",
            COMMON,
            "/$defs/Name/format",
            json!("email"),
            "/$defs/Name",
        ),
        case(
            "ID-MATCHES-PATH",
            ORDER,
            "/$id",
            json!("https://example.com/order.json"),
            "/$id",
        ),
        case(
            "NO-REMOTE-REF",
            ORDER,
            "/properties/Symbol/$ref",
            json!("https://example.com/x.json"),
            "/properties/Symbol/$ref",
        ),
        case(
            "REF-RESOLVES",
            ORDER,
            "/properties/Symbol/$ref",
            json!("common.json#/$defs/Missing"),
            "/properties/Symbol/$ref",
        ),
        case(
            "TITLE-UNIQUE",
            ORDER,
            "/title",
            json!("CancelEvent"),
            "/title",
        ),
        case(
            "TYPE-NOT-PROPERTY-NAME",
            ORDER,
            "/title",
            json!("Symbol"),
            "/title",
        ),
        case(
            "TYPE-NOT-PROPERTY-NAME",
            ORDER,
            "/title",
            json!("Promise"),
            "/title",
        ),
        case(
            "RESERVED-WORD",
            ORDER,
            "/properties/None",
            name(),
            "/properties/None",
        ),
        case(
            "PROPERTY-PASCAL",
            ORDER,
            "/properties/limit_price",
            name(),
            "/properties/limit_price",
        ),
        case(
            "ATTRIBUTE-LOWER",
            "cloudevents/ingenium-profile.schema.json",
            "/properties/partitionKey",
            json!({}),
            "/properties/partitionKey",
        ),
        case(
            "UNION-TAGGED",
            ORDER,
            "/oneOf/0/properties/Type/const",
            json!("PEGGED"),
            "/oneOf/0",
        ),
        case(
            "REGEX-RE2",
            COMMON,
            "/$defs/Name/pattern",
            json!("[a-z]+"),
            "/$defs/Name/pattern",
        ),
        case(
            "REGEX-RE2",
            COMMON,
            "/$defs/Name/pattern",
            json!("^(?=a)a$"),
            "/$defs/Name/pattern",
        ),
        case(
            "REGEX-RE2",
            COMMON,
            "/$defs/Name/pattern",
            json!("^(?:a{1000}){1000}$"),
            "/$defs/Name/pattern",
        ),
        case(
            "NUMBER-FORBIDDEN",
            ORDER,
            "/properties/Quantity",
            json!({ "type": "number", "description": "How many.", "examples": [1] }),
            "/properties/Quantity/type",
        ),
        case(
            "REDUNDANT-KEYWORD",
            COMMON,
            "/$defs/Count/maxLength",
            json!(18),
            "/$defs/Count/maxLength",
        ),
        case(
            "REDUNDANT-KEYWORD",
            COMMON,
            "/$defs/OrderSide/type",
            json!("string"),
            "/$defs/OrderSide/type",
        ),
        case(
            "REDUNDANT-KEYWORD",
            ORDER,
            "/oneOf/1/required",
            json!(["Type", "LimitPrice"]),
            "/oneOf/1/required/0",
        ),
        case(
            "DESCRIPTION",
            ORDER,
            "/properties/Symbol",
            json!({ "$ref": "common.json#/$defs/InstrumentSymbol", "examples": ["A"] }),
            "/properties/Symbol",
        ),
        case(
            "EXAMPLES-VALID",
            ORDER,
            "/properties/Quantity/examples",
            json!(["100", "1e5"]),
            "/properties/Quantity/examples/1",
        ),
        case(
            "REQUIRED-DECLARED",
            ORDER,
            "/required/-",
            json!("Qty"),
            "/required",
        ),
        case(
            "VECTOR-COVERAGE",
            ORDER,
            "/properties/Horizon",
            name(),
            "/properties/Horizon",
        ),
        case(
            "VECTOR-COVERAGE",
            COMMON,
            "/$defs/OrderPositionEffect/enum/-",
            json!("ROLL"),
            "/properties/PositionEffect",
        ),
        case(
            "ENUM-EXTENSIBLE-EXPLICIT",
            COMMON,
            "/$defs/OrderSide",
            json!({ "description": "The side.", "enum": ["BUY", "SELL"], "examples": ["BUY"] }),
            "/$defs/OrderSide",
        ),
        case(
            "DEPRECATED-HAS-REPLACEMENT",
            ORDER,
            "/properties/Account/deprecated",
            json!(true),
            "/properties/Account",
        ),
        case(
            "NAME-COLLISION",
            ORDER,
            "/properties/TimeinForce",
            name(),
            "",
        ),
        case(
            "TEXT",
            ORDER,
            "/properties/Symbol/description",
            json!("right \u{202e} left"),
            "/properties/Symbol/description",
        ),
        case(
            "CATALOG",
            CATALOG,
            "/events/0/subject/property",
            json!("Ticker"),
            "",
        ),
        case(
            "FILE",
            CATALOG,
            "/events/0/schema",
            json!("events/gone.schema.json"),
            "",
        ),
    ]
}

#[test]
fn every_rule_finds_what_breaks_it() {
    let mut missed = Vec::new();
    for Case {
        rule,
        file,
        at,
        value,
        found,
    } in cases()
    {
        let mut tree = Tree::new();
        tree.set(file, at, value);
        let findings = tree.lint();
        let named = findings
            .iter()
            .any(|finding| finding.rule == format!("ING-L-{rule}") && finding.pointer == found);
        if !named {
            let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
            missed.push(format!(
                "{rule} at {found} after an edit at {at}:\n    {}",
                list.join("\n    ")
            ));
        }
    }
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn a_file_that_is_no_json_is_named() {
    let mut tree = Tree::new();
    tree.write(ORDER, "{\"title\": \"A\", \"title\": \"B\"}");
    let findings = tree.lint();
    assert!(
        findings
            .iter()
            .any(|finding| finding.rule == "ING-L-JSON" && finding.file.ends_with(ORDER)),
        "{findings:#?}"
    );
}

#[test]
fn what_is_deprecated_may_name_a_neighbour() {
    let mut tree = Tree::new();
    tree.set(ORDER, "/properties/Account/deprecated", json!(true));
    tree.set(
        ORDER,
        "/properties/Account/x-ingenium-replaced-by",
        json!("Portfolio"),
    );
    assert_eq!(tree.lint(), []);
}

#[test]
fn every_rule_has_its_page_and_its_case() {
    let tested: BTreeSet<String> = cases()
        .iter()
        .map(|case| format!("ING-L-{}", case.rule))
        .chain(["ING-L-JSON".to_owned()])
        .collect();
    let listed: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(listed.len(), RULES.len(), "no id stands twice");
    assert_eq!(tested, listed);
}
