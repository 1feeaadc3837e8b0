//! Corners of RFC 8259.

use ingenium_types::read::{MAX_DEPTH, MAX_MEMBERS};
use ingenium_types::{EventType, Payload, Reader, Rule, View};

/// Passes over the whole of `json`.
fn skip(json: &[u8]) -> Result<(), (Rule, String)> {
    let mut reader = Reader::new(json, View::Reader);
    let skipped = reader.skip().map(drop);
    skipped
        .and_then(|()| reader.finish())
        .map_err(|refusal| (refusal.rule, refusal.pointer.clone()))
}

#[track_caller]
fn check(json: impl AsRef<[u8]>, rule: Rule, pointer: &str) {
    let json = json.as_ref();
    let shown = String::from_utf8_lossy(&json[..json.len().min(80)]).into_owned();
    assert_eq!(skip(json), Err((rule, pointer.to_owned())), "{shown}");
}

#[test]
fn accepts_what_is_json() {
    for json in [
        "{}",
        "[]",
        " [ ] ",
        "0",
        "-0",
        "1.5e+10",
        "\"\"",
        "null",
        "true",
        r#"{"a":{"b":[1,{}]}}"#,
        r#""\ud83d\ude00""#,
        r#""\u0000\/\b""#,
        "\"\u{7f}\"",
        "{\"a\"\t:\r\n1}",
    ] {
        assert_eq!(skip(json.as_bytes()), Ok(()), "{json}");
    }
}

#[test]
fn refuses_what_is_not() {
    for json in [
        "",
        " ",
        "{",
        "[",
        "[1,]",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "-",
        "1.",
        ".5",
        "+1",
        "1e",
        "nul",
        "tru",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "[1 2]",
        "//",
        "NaN",
        "Infinity",
    ] {
        assert!(
            matches!(skip(json.as_bytes()), Err((Rule::JsonSyntax, _))),
            "{json}: {:?}",
            skip(json.as_bytes())
        );
    }
}

#[test]
fn half_a_surrogate_pair() {
    for json in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
        r#""\ud800\n""#,
    ] {
        check(json, Rule::JsonSurrogate, "");
    }
    check(r#"{"a":["\ud800"]}"#, Rule::JsonSurrogate, "/a/0");
}

#[test]
fn the_same_name_in_another_spelling() {
    check(r#"{"a":1,"\u0061":2}"#, Rule::JsonDuplicateKey, "/a");
    check(
        r#"{"o":{"a/b":1,"a/b":2}}"#,
        Rule::JsonDuplicateKey,
        "/o/a~1b",
    );
}

#[test]
fn the_same_name_far_away() {
    let members: Vec<String> = (0..100).map(|n| format!("\"m{n}\":0")).collect();
    for first in [0, 23, 24, 25, 99] {
        let json = format!("{{{},\"m{first}\":0}}", members.join(","));
        check(json, Rule::JsonDuplicateKey, &format!("/m{first}"));
    }
}

#[test]
fn encodings() {
    check(b"\xef\xbb\xbf{}", Rule::JsonEncoding, "");
    check(b"\xff\xfe{\0}\0", Rule::JsonEncoding, "");
    check(b"\0{\0}", Rule::JsonEncoding, "");
    check(b"\"\xff\"", Rule::JsonEncoding, "");
    check(b"\"\xc0\xaf\"", Rule::JsonEncoding, "");
    check(b"\"\xed\xa0\x80\"", Rule::JsonEncoding, "");
    check(b"{\"a\":\"\xe2\x82\"}", Rule::JsonEncoding, "/a");
}

#[test]
fn something_follows() {
    check("{}{}", Rule::JsonTrailing, "");
    check("{} x", Rule::JsonTrailing, "");
    check("1\0", Rule::JsonTrailing, "");
    check("01", Rule::JsonTrailing, "");
    assert_eq!(skip(b"{} \r\n\t"), Ok(()));
}

#[test]
fn depth_ends_at_the_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let most = usize::from(MAX_DEPTH);
    assert_eq!(skip(nested(most).as_bytes()), Ok(()));
    check(nested(most + 1), Rule::JsonDepth, &"/0".repeat(most));
    // No stack is used up by what lies deeper.
    check("[".repeat(1_000_000), Rule::JsonDepth, &"/0".repeat(most));
}

#[test]
fn members_end_at_the_limit() {
    let wide = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"m{n}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert_eq!(skip(wide(MAX_MEMBERS).as_bytes()), Ok(()));
    check(wide(MAX_MEMBERS + 1), Rule::JsonMembers, "");
}

#[test]
fn a_comma_before_the_first_member_is_foreseen_by_nobody() {
    let json = br#"{,"Signal":"LONG","Symbol":"AAPL"}"#;
    let refusal = Payload::decode(EventType::StrategySignal, json, View::Reader).unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.span.clone()),
        (Rule::JsonSyntax, 1..2)
    );
}

#[test]
fn an_array_is_no_object() {
    let mut reader = Reader::new(br#"["a"]"#, View::Strict);
    let refusal = reader
        .object(|reader, _| reader.skip().map(drop))
        .unwrap_err();
    assert_eq!((refusal.rule, refusal.span.clone()), (Rule::Type, 0..5));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(10_000))]

    /// Never a panic, and never JSON that another strict reader refuses.
    #[test]
    fn agrees_with_serde_json(json in r#"[\[\]{}":,0-9a-e\\u. ntrfls+-]{0,24}"#) {
        let ours = skip(json.as_bytes());
        let theirs = serde_json::from_str::<serde_json::Value>(&json);
        match (&ours, &theirs) {
            (Ok(()), Err(error)) => {
                // serde_json refuses numbers beyond an f64.
                proptest::prop_assert!(error.to_string().contains("out of range"), "{json}: {error}");
            }
            (Err((rule, _)), Ok(_)) => proptest::prop_assert_eq!(*rule, Rule::JsonDuplicateKey),
            _ => {}
        }
    }
}
