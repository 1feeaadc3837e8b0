//! What people review: one model, one generated file.

use ingenium_codegen::{generate, model};

use crate::tree::authored;

#[test]
fn model_of_the_cancel_event() {
    let model = model(&authored()).unwrap();
    let event = model
        .events
        .iter()
        .find(|event| event.entry.name() == "portfolio.cancel")
        .unwrap();
    insta::assert_debug_snapshot!(event);
}

#[test]
fn rust_of_the_cancel_event() {
    let files = generate(&authored()).unwrap();
    let path = "rust/ingenium-types/src/generated/portfolio_cancel.rs";
    insta::assert_snapshot!(files.get(path).unwrap());
}

#[test]
fn tag_table_of_the_order_event() {
    let files = generate(&authored()).unwrap();
    let rust = files
        .get("rust/ingenium-types/src/generated/portfolio_order.rs")
        .unwrap();
    let (_, table) = rust.split_once("let row = TagRow::new(").unwrap();
    let (table, _) = table.split_once("Ok(Self {").unwrap();
    insta::assert_snapshot!(table);
}
