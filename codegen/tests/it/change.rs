//! A changed schema changes what is generated, and only that.

use serde_json::json;

use crate::tree::Tree;

const ORDER: &str = "events/portfolio.order.schema.json";

#[test]
fn a_new_optional_member() {
    let mut tree = Tree::new();
    let before = tree.generate();
    tree.replace(
        ORDER,
        "    \"Account\": {",
        r#"    "DisplayQuantity": {
      "$ref": "common.json#/$defs/PositiveDecimal",
      "description": "How much of the order to show.",
      "examples": ["10"]
    },
    "Account": {"#,
    );
    let after = tree.generate();
    let changed: Vec<&str> = after
        .iter()
        .filter(|(path, text)| before.get(path) != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(
        changed,
        [
            "codegen/generated/go/portfolio_order.go",
            "codegen/generated/java/src/main/java/example/ingenium/events/OrderEvent.java",
            "codegen/generated/python/src/ingenium_events/portfolio_order.py",
            "codegen/generated/typescript/src/events/portfolio.order.ts",
            "docs/reference/events/index.html",
            "docs/reference/events/portfolio.order.md",
            "rust/ingenium-contract/src/generated/bundle.rs",
            "rust/ingenium-types/src/generated/portfolio_order.rs",
            "schemas/dist/asyncapi.json",
            "schemas/dist/plain/portfolio.order.json",
            "schemas/dist/reader/portfolio.order.json",
            "schemas/dist/strict/portfolio.order.json",
        ]
    );
    let rust = after
        .get("rust/ingenium-types/src/generated/portfolio_order.rs")
        .unwrap();
    assert!(rust.contains("    /// How much of the order to show.\n"));
    assert!(rust.contains("    pub display_quantity: Option<PositiveDecimal>,\n"));
    for part in [
        r#"reader.foresee(&mut members, b",\"DisplayQuantity\":", &mut display_quantity, Decode::decode)?;"#,
        r#"b"DisplayQuantity" => { reader.member(&name, &mut display_quantity, Decode::decode) }"#,
    ] {
        assert!(words(rust).contains(&words(part)), "no {part} in\n{rust}");
    }
}

#[test]
fn a_list_a_nested_object_and_a_local_enumeration() {
    let mut tree = Tree::new();
    tree.set(
        ORDER,
        "/$defs",
        json!({
            "LegRatio": { "description": "A ratio.", "enum": ["ONE", "TWO"], "x-ingenium-extensible": false, "examples": ["ONE"] },
            "OrderLeg": {
                "description": "One leg.",
                "type": "object",
                "properties": {
                    "Symbol": { "$ref": "common.json#/$defs/InstrumentSymbol", "description": "Which.", "examples": ["A"] },
                    "Ratio": { "$ref": "#/$defs/LegRatio", "description": "How much.", "examples": ["ONE"] }
                },
                "required": ["Symbol"]
            }
        }),
    );
    let legs = json!({
        "type": "array", "items": { "$ref": "#/$defs/OrderLeg" }, "maxItems": 4,
        "description": "The legs.", "examples": [[{ "Symbol": "A" }]]
    });
    tree.set(ORDER, "/properties/Legs", legs);
    let files = tree.generate();
    let rust = files
        .get("rust/ingenium-types/src/generated/portfolio_order.rs")
        .unwrap();
    for part in [
        "pub legs: Option<Vec<OrderLeg>>",
        "|reader| reader.list::<OrderLeg>(4usize)",
        "pub struct OrderLeg {",
        "pub ratio: Option<LegRatio>,",
        "closed_enumeration!(LegRatio);",
    ] {
        assert!(words(rust).contains(&words(part)), "no {part} in\n{rust}");
    }
}

/// The text without line breaks and the commas that they bring: how long lines are broken does not matter here.
fn words(rust: &str) -> String {
    let dense: String = rust.split_whitespace().collect();
    dense.replace(",)", ")").replace(",}", "}")
}

#[test]
fn a_new_value_of_an_extensible_enumeration_changes_the_strict_view_only() {
    let mut tree = Tree::new();
    let before = tree.generate();
    tree.replace(
        "common.schema.json",
        "\"RATE_LIMITED\"",
        "\"RATE_LIMITED\", \"MARGIN_CALL\"",
    );
    let after = tree.generate();
    let same = |path| before.get(path) == after.get(path);
    assert!(same("schemas/dist/reader/executor.execution.json"));
    assert!(!same("schemas/dist/strict/executor.execution.json"));
}

#[test]
fn a_value_of_the_tag_needs_a_row() {
    let mut tree = Tree::new();
    tree.replace(
        "common.schema.json",
        "\"STOP_LIMIT\"",
        "\"STOP_LIMIT\", \"PEGGED\"",
    );
    assert_eq!(
        tree.errors(),
        "schemas/events/portfolio.order.schema.json#/oneOf: no branch is for `PEGGED` (ING-L-UNION-TAGGED)"
    );
}
