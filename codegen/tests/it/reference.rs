//! What people and other tools read.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use ingenium_codegen::reference::{Reference, html, markdown, text};
use serde_json::{Value, json};

use crate::tree::{Tree, authored, repository};

/// Whether the official parser accepts the document, and what it says.
fn parse(document: &str) -> (bool, String) {
    let folder = repository().join("rust/xtask/node");
    assert!(
        folder.join("node_modules/@asyncapi/parser").exists(),
        "the AsyncAPI parser is not installed: run `cargo xtask setup`"
    );
    let mut child = Command::new("node")
        .arg("asyncapi.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node starts");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(document.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn the_official_parser_accepts_the_asyncapi_document() {
    let files = Tree::new().generate();
    let document = files.get("schemas/dist/asyncapi.json").unwrap();
    let (accepted, said) = parse(document);
    assert!(accepted, "{said}");
    let found: Value = serde_json::from_str(&said).unwrap();
    let expected = json!({
        "version": "3.0.0",
        "channels": 5,
        "operations": 12,
        "messages": 5,
        "warnings": [],
    });
    assert_eq!(found, expected);
    let (accepted, said) = parse(&document.replace("#/channels/", "#/gone/"));
    assert!(!accepted, "a broken reference is noticed: {said}");
}

#[test]
fn the_reference_says_every_member_and_every_value() {
    let reference = Reference::of(&authored()).unwrap();
    let order = reference.event("portfolio.order").unwrap();
    assert_eq!(order.members.len(), 23);
    assert_eq!(order.rows.len(), 6);
    let quantity = &order.members[1];
    assert_eq!(
        (quantity.name.as_str(), quantity.fix.as_str()),
        ("Quantity", "38")
    );
    let data = reference.event("ingenium.ingestor.data").unwrap();
    let tags: Vec<&str> = data.variants.iter().map(|one| one.tag.as_str()).collect();
    assert_eq!(
        tags,
        ["data.type.ohlc", "data.type.trade", "data.type.quote"]
    );

    let pages = markdown(&reference).unwrap();
    let page = html(&reference).unwrap();
    for event in &reference.events {
        let (_, own) = pages
            .iter()
            .find(|(name, _)| *name == format!("{}.md", event.name))
            .unwrap();
        let shown = text(event).unwrap();
        let inner = event.variants.iter().flat_map(|variant| &variant.members);
        for member in event.members.iter().chain(inner) {
            let cell = format!("`{}`", member.name);
            assert!(
                own.contains(&cell) && shown.contains(&member.name),
                "{}",
                member.name
            );
            assert!(
                page.contains(&format!("<code>{}</code>", member.name)),
                "{}",
                member.name
            );
        }
    }
    let all = &pages
        .iter()
        .find(|(name, _)| name == "README.md")
        .unwrap()
        .1;
    for value in reference.definitions.iter().flat_map(|one| &one.values) {
        assert!(all.contains(&format!("`{value}`")), "{value}");
    }
}

/// Links lead somewhere, nothing is loaded, and what an author writes is text, never markup.
#[test]
fn the_page_is_complete_and_safe() {
    let mut tree = Tree::new();
    let text = "Less < more & \"quoted\" | piped.";
    tree.set(
        "events/portfolio.order.schema.json",
        "/properties/Account/description",
        json!(text),
    );
    let files = tree.generate();
    let page = files.get("docs/reference/events/index.html").unwrap();
    assert!(page.contains("Less &lt; more &amp;") && !page.contains("Less < more"));
    assert!(!page.contains("src=") && !page.contains("url(") && !page.contains("<script"));
    let ids: BTreeSet<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    for link in page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(ids.contains(link.trim_start_matches('#')), "{link}");
    }
    let row = files
        .get("docs/reference/events/portfolio.order.md")
        .unwrap();
    assert!(row.contains("quoted\" \\| piped"), "a bar ends no cell");
}
