//! Schemas that nobody should write: an error list or code that parses, never a panic.

use serde_json::{Value, json};

use crate::tree::Tree;

const ORDER: &str = "events/portfolio.order.schema.json";
const COMMON: &str = "common.schema.json";

/// Sets one value and expects an error that names its place and says `message`.
#[track_caller]
fn check(file: &str, pointer: &str, value: Value, message: &str) {
    let mut tree = Tree::new();
    tree.set(file, pointer, value);
    let errors = tree.errors();
    let found = errors
        .lines()
        .any(|line| line.starts_with(&format!("schemas/{file}#")) && line.contains(message));
    assert!(found, "no `{message}` in\n{errors}");
}

fn member(reference: &str) -> Value {
    json!({ "$ref": reference, "description": "A member.", "examples": ["a"] })
}

#[test]
fn references_that_lead_nowhere() {
    let nowhere = "is not defined, or defined further down";
    check(
        ORDER,
        "/properties/Symbol",
        member("common.json#/$defs/Missing"),
        nowhere,
    );
    check(
        ORDER,
        "/properties/Symbol",
        member("#/$defs/Missing"),
        nowhere,
    );
}

#[test]
fn references_that_leave_the_repository() {
    for reference in [
        "https://example.com/evil.json#/$defs/Name",
        "file:///etc/passwd",
        "../../secret.json#/$defs/Name",
        "#",
        "#/properties/Side",
        "common.json#/$defs/../Name",
    ] {
        check(ORDER, "/properties/Symbol", member(reference), "");
    }
}

#[test]
fn references_that_lead_back() {
    let mut tree = Tree::new();
    tree.set(COMMON, "/$defs/InstrumentPrice", member("#/$defs/Fee"));
    tree.set(COMMON, "/$defs/Fee", member("#/$defs/InstrumentPrice"));
    assert!(
        tree.errors().contains("the reference leads back to itself"),
        "{}",
        tree.errors()
    );

    let object = json!({
        "description": "It holds itself.", "type": "object",
        "properties": { "Next": member("#/$defs/OrderNode") }
    });
    check(
        ORDER,
        "/$defs",
        json!({ "OrderNode": object }),
        "defined further down",
    );
}

#[test]
fn keywords_outside_the_authoring_subset() {
    let number = json!({ "type": "number", "description": "A number.", "examples": [1] });
    check(ORDER, "/properties/Quantity", number, "");
    check(ORDER, "/if", json!({}), "");
    check(ORDER, "/additionalProperties", json!(false), "");
    check(ORDER, "/patternProperties", json!({}), "");
    check(COMMON, "/$defs/Name/format", json!("email"), "");
    check(COMMON, "/$defs/Name/pattern", json!("^(?=a)a$"), "");
    check(COMMON, "/$defs/Name/pattern", json!(r"^(a)\1$"), "");
    check("catalog.json", "/owner", json!("me"), "");
}

#[test]
fn names_that_collide() {
    let collides = "collides with";
    check(
        ORDER,
        "/properties/TimeinForce",
        member("common.json#/$defs/Name"),
        collides,
    );
    check(
        COMMON,
        "/$defs/OrderSide/enum",
        json!(["BUY", "B_UY", "SELL"]),
        collides,
    );
    check(
        COMMON,
        "/$defs/OrderRejectReason/enum",
        json!(["UNKNOWN"]),
        collides,
    );
    let mut tree = Tree::new();
    tree.set(ORDER, "/title", json!("CancelEvent"));
    assert!(tree.errors().contains(collides), "{}", tree.errors());
    for title in ["Payload", "Refused", "Event", "Builder", "Unknown_Data"] {
        check(ORDER, "/title", json!(title.replace('_', "")), collides);
    }
    // Neither is taken, and yet a Go package would have the constant and the type.
    check(
        ORDER,
        "/title",
        json!("OrderSideBuy"),
        "would stand twice in a Go package",
    );
    check(ORDER, "/title", json!("InstrumentPrice"), collides);
    check(
        ORDER,
        "/properties/fooBar",
        member("common.json#/$defs/Name"),
        "",
    );
    check(
        ORDER,
        "/properties/foo_bar",
        member("common.json#/$defs/Name"),
        "",
    );
}

#[test]
fn names_that_are_words_of_the_language() {
    let mut tree = Tree::new();
    for name in [
        "Self", "Super", "Crate", "Match", "Async", "Gen", "Fn", "Reader", "Object", "Value",
    ] {
        tree.set(
            ORDER,
            &format!("/properties/{name}"),
            member("common.json#/$defs/Name"),
        );
    }
    let files = tree.generate();
    let rust = files
        .get("rust/ingenium-types/src/generated/portfolio_order.rs")
        .unwrap();
    assert!(rust.contains("pub self_: Option<Name>"), "{rust}");
    assert!(rust.contains("pub match_: Option<Name>"), "{rust}");
}

#[test]
fn text_that_wants_to_be_code() {
    let mut tree = Tree::new();
    let text = r##"*/ "#] pub fn evil() {} /* {{ 7*7 }} <script> [link](x) \ """ ${x} %s"##;
    tree.set(ORDER, "/properties/Side/description", json!(text));
    tree.set(ORDER, "/description", json!(text));
    let files = tree.generate();
    let rust = files
        .get("rust/ingenium-types/src/generated/portfolio_order.rs")
        .unwrap();
    let evil: Vec<&str> = rust.lines().filter(|line| line.contains("evil")).collect();
    assert_eq!(evil.len(), 2, "{evil:?}");
    assert!(
        evil.iter()
            .all(|line| line.trim_start().starts_with("/// ")),
        "{evil:?}"
    );
}

#[test]
fn text_that_nobody_sees() {
    for text in [
        "two\nlines",
        "a\u{202e}b",
        "a\u{200b}b",
        "a\u{2066}b",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "",
    ] {
        check(ORDER, "/properties/Side/description", json!(text), "");
    }
}

#[test]
fn tables_that_make_no_sense() {
    check(
        ORDER,
        "/oneOf/0/required",
        json!(["Nothing"]),
        "is no optional member",
    );
    check(
        ORDER,
        "/oneOf/0/properties/Side",
        json!(false),
        "is no optional member",
    );
    check(
        ORDER,
        "/oneOf/0/properties/Type",
        json!({ "const": "PEGGED" }),
        "is no value of `Type`",
    );
    check(
        ORDER,
        "/oneOf/1/properties/LimitPrice",
        json!(false),
        "required and forbidden",
    );
    check(
        ORDER,
        "/oneOf/-",
        json!({ "properties": { "Type": { "const": "MARKET" } } }),
        "can hold together",
    );
    check(
        ORDER,
        "/required",
        json!(["Side", "Quantity", "Symbol"]),
        "may be absent",
    );
    check(ORDER, "/required/-", json!("Nothing"), "is not declared");
    check(
        ORDER,
        "/$id",
        json!("https://example.com/order.json"),
        "the id of this file is",
    );
}

#[test]
fn bytes_that_are_no_schema() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "\"x\"",
        r#"{"a":1,"a":2}"#,
        "\u{feff}{}",
    ] {
        let mut tree = Tree::new();
        tree.write(ORDER, text);
        assert!(tree.errors().contains("portfolio.order"), "{text}");
    }
    let mut tree = Tree::new();
    tree.write(ORDER, &("[".repeat(100_000) + &"]".repeat(100_000)));
    assert!(tree.errors().contains("not JSON"), "{}", tree.errors());
}

#[test]
fn more_values_than_anybody_reads() {
    let values: Vec<String> = (0..100_000).map(|n| format!("V{n}")).collect();
    check(COMMON, "/$defs/OrderSide/enum", json!(values), "");
}

/// Whatever the generator is spared by refusing early, the lint looks at all the same.
#[test]
fn the_lint_names_a_rule_for_each() {
    let deep = "{\"not\":".repeat(10_000) + "{}" + &"}".repeat(10_000);
    let nested = "{\"not\":".repeat(100) + "{}" + &"}".repeat(100);
    let values: Vec<String> = (0..100_000).map(|n| format!("V{n}")).collect();
    let enumeration = json!({ "description": "Many.", "enum": values, "x-ingenium-extensible": false, "examples": ["V1"] });
    let scalar = |pattern: &str| {
        json!({ "description": "A text.", "type": "string", "pattern": pattern, "examples": ["a"] })
            .to_string()
    };
    for (definition, rule) in [
        (deep, "ING-L-JSON"),
        (nested, "ING-L-"),
        (enumeration.to_string(), "ING-L-"),
        (scalar("^(a{1000}){1000}$"), "ING-L-REGEX-RE2"),
        (scalar("^(?=a)a$"), "ING-L-REGEX-RE2"),
        (scalar("^(?P<a>a)(?P=a)$"), "ING-L-REGEX-RE2"),
        (scalar("(a+)+"), "ING-L-REGEX-RE2"),
        (scalar("^*/ } fn main() {$"), "ING-L-"),
    ] {
        let mut tree = Tree::new();
        tree.replace(
            COMMON,
            "\"$defs\": {",
            &format!("\"$defs\": {{ \"Hostile\": {definition},"),
        );
        let found = tree.lint();
        let start: String = definition.chars().take(60).collect();
        assert!(
            found.iter().any(|error| error.rule.starts_with(rule)),
            "{start}: {found:?}"
        );
    }
}

/// What is too large to be compared stays open: it is no proof, and takes no memory without end.
#[test]
fn a_comparison_of_giants_stays_open() {
    use ingenium_codegen::compat::{Verdict, covers};
    let scalar = |pattern: &str| json!({ "type": "object", "properties": { "A": { "type": "string", "pattern": pattern } } });
    let small = scalar("^a$");
    for giant in ["^(a{1000}){1000}$", "^(?:[ab]*a[ab]{40}|c)$", "(?=a)"] {
        let giant = scalar(giant);
        assert!(
            matches!(covers(&giant, &small), Verdict::Unknown(_)),
            "{giant}"
        );
    }
}

#[test]
fn every_event_is_reported_at_once() {
    let mut tree = Tree::new();
    tree.set(ORDER, "/if", json!({}));
    tree.set("events/strategy.signal.schema.json", "/if", json!({}));
    let errors = tree.errors();
    assert!(
        errors.contains("portfolio.order") && errors.contains("strategy.signal"),
        "{errors}"
    );
}
