//! `ingenium validate`: what it reads, what it says, how it ends.

use std::fs;

use crate::program::{ingenium, root, with_stdin};

const GOOD: &str = r#"{"specversion":"1.0","id":"1","source":"/ingenium/strategy/rsi","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-09-30T00:00:00Z","datacontenttype":"application/json","dataschema":"https://schemas.ingenium.example/1/strategy.signal.json","partitionkey":"AAPL","data":{"Symbol":"AAPL","Signal":"LONG"}}"#;

fn bad() -> String {
    GOOD.replace("\"LONG\"", "\"long\"")
}

#[test]
fn every_form_of_input_is_read() {
    let pretty = GOOD.replace(",\"", ",\n  \"");
    let forms = [
        GOOD.to_owned(),
        pretty,
        format!("{GOOD}\n{GOOD}\n"),
        format!("[{GOOD},\n {GOOD}]"),
    ];
    for input in forms {
        let called = with_stdin(&["validate", "-"], input.as_bytes());
        assert_eq!(called.code, 0, "{input}\n{called:?}");
        assert!(called.stderr.contains("0 invalid"), "{called:?}");
    }
}

#[test]
fn findings_have_line_and_column() {
    let input = format!("{GOOD}\n{}\nnot json\n", bad());
    let called = with_stdin(&["validate", "-", "--format", "json"], input.as_bytes());
    assert_eq!(called.code, 1);
    let document: serde_json::Value = serde_json::from_str(&called.stdout).expect("JSON");
    assert_eq!(
        (document["events"].as_u64(), document["invalid"].as_u64()),
        (Some(3), Some(2))
    );
    let found = &document["findings"];
    assert_eq!(found[0]["rule"], "ING-P-ENUM");
    assert_eq!(found[0]["pointer"], "/data/Signal");
    assert_eq!(found[0]["line"], 2);
    let column = bad().find("\"long\"").expect("in the text") + 1;
    assert_eq!(found[0]["column"].as_u64(), Some(column as u64));
    assert_eq!(
        (&found[1]["rule"], &found[1]["line"]),
        (&"ING-J-SYNTAX".into(), &3.into())
    );
}

#[test]
fn findings_for_people_show_the_bytes_and_the_fix() {
    let called = with_stdin(
        &["validate", "--type", "ingenium.strategy.signal", "-"],
        br#"{"Symbol":"AAPL","Signal":"long"}"#,
    );
    assert_eq!(called.code, 1);
    insta::assert_snapshot!(called.stdout);
    assert_eq!(called.stderr, "1 events, 1 invalid\n");
}

#[test]
fn vectors_of_the_contract_are_judged_as_they_say() {
    for (folder, code) in [("valid", 0), ("invalid", 1)] {
        let folder = root().join("schemas/vectors/http").join(folder);
        let mut count = 0;
        for file in fs::read_dir(&folder).expect("vectors").flatten() {
            if file
                .path()
                .extension()
                .is_some_and(|extension| extension == "http")
            {
                let path = file.path().display().to_string();
                let called = ingenium(&["validate", &path, "--view", "reader"]);
                assert_eq!(called.code, code, "{path}: {called:?}");
                count += 1;
            }
        }
        assert!(count > 0, "{}", folder.display());
    }
}

#[test]
fn the_views_differ() {
    let extra = GOOD.replace("\"Signal\":\"LONG\"", "\"Signal\":\"LONG\",\"Later\":\"1\"");
    assert_eq!(with_stdin(&["validate", "-"], extra.as_bytes()).code, 1);
    assert_eq!(
        with_stdin(&["validate", "-", "--view", "reader"], extra.as_bytes()).code,
        0
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    for (arguments, part) in [
        (&["validate", "no/such/file"][..], "no/such/file"),
        (&["validate"], "PATH"),
        (&["validate", "-", "--type", "nonsense"], "nonsense"),
        (&["validate", "-"], "no event"),
    ] {
        let called = ingenium(arguments);
        assert_eq!(called.code, 2, "{called:?}");
        assert!(called.stderr.contains(part), "{called:?}");
        assert_eq!(called.stdout, "");
    }
}

#[test]
fn the_version_names_the_contract() {
    let called = ingenium(&["--version"]);
    assert_eq!(called.code, 0);
    assert!(
        called.stdout.contains("contract 1.0.0-draft sha256:"),
        "{called:?}"
    );
}
