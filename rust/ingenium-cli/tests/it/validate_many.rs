//! `ingenium validate` over much: streams, folders, patterns, several reports at once.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Called, ingenium, with_stdin};

const GOOD: &str = r#"{"specversion":"1.0","id":"1","source":"/ingenium/strategy/rsi","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-09-30T00:00:00Z","datacontenttype":"application/json","dataschema":"https://schemas.ingenium.example/1/strategy.signal.json","partitionkey":"AAPL","data":{"Symbol":"AAPL","Signal":"LONG"}}"#;

fn bad() -> String {
    GOOD.replace("\"LONG\"", "\"long\"")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Lines enough for several blocks, each of the listed ones bad.
fn stream(lines: usize, bad_lines: &[usize]) -> Vec<u8> {
    let bad = bad();
    let line = |n: usize| {
        if bad_lines.contains(&n) {
            bad.as_str()
        } else {
            GOOD
        }
    };
    let text: Vec<&str> = (1..=lines).map(line).collect();
    (text.join("\n") + "\n").into_bytes()
}

#[test]
fn a_long_stream_is_judged_in_order_by_any_number_of_threads() {
    let bad_lines = [1, 2999, 5000, 9999, 12_000];
    let input = stream(12_000, &bad_lines);
    assert!(input.len() > 3 << 20, "several blocks");
    let mut answers = Vec::new();
    for jobs in ["1", "2", "7"] {
        let called = with_stdin(
            &["validate", "-", "--format", "json", "--jobs", jobs],
            &input,
        );
        assert_eq!(called.code, 1, "{}", called.stderr);
        answers.push(called.stdout);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    let document = json(&answers[0]);
    assert_eq!(document["events"], 12_000);
    assert_eq!(document["invalid"], 5);
    for (finding, line) in document["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .zip(bad_lines)
    {
        assert_eq!(finding["line"], line);
        let span = &finding["span"];
        let at = |end: &str| usize::try_from(span[end].as_u64().expect("a number")).expect("small");
        assert_eq!(
            &input[at("start")..at("end")],
            b"\"long\"",
            "spans count from the start of the file"
        );
    }
}

#[test]
fn a_stream_may_end_without_a_line_feed_and_have_long_lines() {
    let long = GOOD.replace(
        "\"partitionkey\"",
        &format!("\"ext\":\"{}\",\"partitionkey\"", "x".repeat(1500)),
    );
    let huge = GOOD.replace(
        "{\"Symbol\"",
        &format!("{{{}\"Symbol\"", " ".repeat(2 << 20)),
    );
    let input = format!("{}\n{huge}\n{long}", [GOOD; 4000].join("\n"));
    let called = with_stdin(&["validate", "-", "--view", "reader"], input.as_bytes());
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(called.stderr, "4002 events, 0 invalid\n");
}

#[test]
fn folders_and_patterns_are_searched_in_the_order_of_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("b.json", GOOD);
    write("a/deep.ndjson", &format!("{}\n{GOOD}\n", bad()));
    write("notes.txt", "not looked at");
    let path = folder.path().display().to_string();
    let called = ingenium(&["validate", &path, "--format", "json"]);
    let document = json(&called.stdout);
    assert_eq!(
        (&document["events"], &document["invalid"]),
        (&3.into(), &1.into())
    );
    let file = document["findings"][0]["file"].as_str().expect("a name");
    assert!(Path::new(file).ends_with("a/deep.ndjson"), "{file}");

    let called = ingenium(&["validate", &format!("{path}/*.json")]);
    assert_eq!(
        (called.code, called.stderr.as_str()),
        (0, "1 events, 0 invalid\n")
    );
    for (nothing, part) in [
        (format!("{path}/*.xml"), "no file"),
        (format!("{path}/[.json"), "no pattern"),
    ] {
        let called = ingenium(&["validate", &nothing]);
        assert_eq!(called.code, 2);
        assert!(called.stderr.contains(part), "{called:?}");
    }
}

#[test]
fn several_reports_are_written_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = format!("{GOOD}\n{}\n", bad());
    let outs: Vec<String> = ["jsonl", "junit", "sarif", "github"]
        .iter()
        .map(|kind| format!("{kind}={}/{kind}", folder.path().display()))
        .collect();
    let mut arguments = vec!["validate", "-", "--format", "json"];
    arguments.extend(outs.iter().flat_map(|out| ["--out", out]));
    let called = with_stdin(&arguments, input.as_bytes());
    assert_eq!(called.code, 1, "{called:?}");
    let read = |kind: &str| fs::read_to_string(folder.path().join(kind)).expect("a report");
    insta::assert_snapshot!("report_as_json", called.stdout);
    insta::assert_snapshot!("report_as_jsonl", read("jsonl"));
    insta::assert_snapshot!("report_as_junit", read("junit"));
    insta::assert_snapshot!("report_as_sarif", read("sarif"));
    insta::assert_snapshot!("report_as_github", read("github"));
}

#[test]
fn findings_are_capped_and_counted() {
    let input = stream(50, &(1..=50).collect::<Vec<_>>());
    let called = with_stdin(
        &["validate", "-", "--format", "jsonl", "--max-findings", "3"],
        &input,
    );
    assert_eq!(called.stdout.lines().count(), 3);
    assert_eq!(
        called.stderr,
        "47 more findings; see them with --max-findings\n"
    );
    let called = with_stdin(
        &["validate", "-", "--format", "json", "--max-findings", "3"],
        &input,
    );
    assert_eq!(json(&called.stdout)["omitted"], 47);
}

#[test]
fn colours_and_words_are_the_callers_choice() {
    let input = bad();
    let call = |more: &[&str]| -> Called {
        with_stdin(&[&["validate", "-"], more].concat(), input.as_bytes())
    };
    assert!(
        !call(&[]).stdout.contains('\u{1b}'),
        "a pipe is no terminal"
    );
    assert!(call(&["--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!call(&["--color", "never"]).stdout.contains('\u{1b}'));
    assert_eq!(call(&["--quiet"]).stderr, "");
    assert_eq!(call(&["--quiet", "--verbose"]).code, 2);
    let wrong = call(&["--out", "junit"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("junit=report.xml"), "{wrong:?}");
}
