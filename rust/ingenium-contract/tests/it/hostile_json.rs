//! Hostile JSON (hostile input C09 to C15): numbers, width, depth, names that look alike.

use bytes::Bytes;
use ingenium_contract::{Finding, validate_payload, validate_structured};
use ingenium_types::{EventType, Payload, View};

const ORDER: &str = r#"{"Side":"BUY","Quantity":"1","Symbol":"A","Type":"MARKET"#;

fn order(more: &str) -> String {
    format!("{ORDER}\"{more}}}")
}

fn judge(data: &str, view: View) -> Result<Payload, Vec<Finding>> {
    validate_payload(EventType::PortfolioOrder, data.as_bytes(), view)
}

#[track_caller]
fn refused_as(data: &str, rule: &str) {
    for view in [View::Strict, View::Reader] {
        let findings = judge(data, view).expect_err("refused");
        assert!(
            findings.iter().any(|finding| finding.rule == rule),
            "{findings:#?}"
        );
    }
}

/// C09: a number never passes through a float. What ignores it, keeps its bytes; what reads it, refuses it.
#[test]
fn numbers_are_refused_or_kept_as_text() {
    for number in [
        "1e400",
        "1e-400",
        "-0",
        "9007199254740993",
        "18446744073709551616",
        "0.123456789012345678901234567890",
    ] {
        assert!(
            judge(&order(&format!(r#","Later":{number}"#)), View::Reader).is_ok(),
            "{number}"
        );
        let unknown = format!(
            r#"{{"Type":"data.type.book","Symbol":"A","Timestamp":"2020-01-01T00:00:00Z","Data":{{"Depth":{number}}}}}"#
        );
        let payload = Payload::decode(EventType::IngestorData, unknown.as_bytes(), View::Reader)
            .expect("an unknown shape");
        assert_eq!(payload.encode(), unknown.as_bytes(), "bytes are kept");
        refused_as(&order("").replace(r#""1""#, number), "ING-P-TYPE");
        let event =
            format!(r#"{{"specversion":"1.0","id":"1","source":"/a","type":"t","ext":{number}}}"#);
        let verdict = validate_structured(&Bytes::from(event), View::Reader);
        assert_eq!(verdict.findings[0].rule, "ING-E-ATTRIBUTE-TYPE", "{number}");
    }
}

/// C11: many members, in the payload and in what it ignores.
#[test]
fn width_ends_at_1024_members() {
    let members =
        |count: usize| -> String { (0..count).map(|n| format!(r#","m{n}":0"#)).collect() };
    assert!(judge(&order(&members(1020)), View::Reader).is_ok());
    refused_as(&order(&members(40_000)), "ING-J-MEMBERS");
    let inside = format!(r#","Later":{{"a":0{}}}"#, members(40_000));
    refused_as(&order(&inside), "ING-J-MEMBERS");
    // An array is one member, however long: it is passed over in one pass.
    let long = format!(r#","Later":[{}0]"#, "0,".repeat(250_000));
    assert!(judge(&order(&long), View::Reader).is_ok());
}

/// C12: what is no object is no payload and no event.
#[test]
fn only_objects_are_payloads() {
    for text in [
        "[]",
        r#"["BUY","1","A","MARKET"]"#,
        r#""BUY""#,
        "1",
        "null",
        "true",
    ] {
        refused_as(text, "ING-P-TYPE");
        let verdict = validate_structured(&Bytes::copy_from_slice(text.as_bytes()), View::Reader);
        assert_eq!(verdict.findings[0].rule, "ING-P-TYPE", "{text}");
    }
}

/// C13: names that mean something in JavaScript are names like others.
#[test]
fn no_member_is_special() {
    for name in ["__proto__", "constructor", "toString", "$ref", "", " "] {
        let data = order(&format!(r#","{name}":{{"Side":"SELL"}}"#));
        let plain = judge(&order(""), View::Reader).expect("a market order");
        assert_eq!(judge(&data, View::Reader).as_ref(), Ok(&plain), "{name}");
        let findings = judge(&data, View::Strict).expect_err("unknown");
        assert_eq!(findings[0].rule, "ING-P-UNKNOWN-MEMBER", "{name}");
    }
}

/// C14: names are compared letter by letter; another form of the same letter is another name.
#[test]
fn names_are_not_normalised() {
    for name in [
        "Sid\u{435}",
        "S\u{131}de",
        "Side\u{301}",
        "\u{feff}Side",
        "side",
        "Side ",
    ] {
        let data = order("").replace("\"Side\"", &format!("\"{name}\""));
        refused_as(&data, "ING-P-REQUIRED");
    }
    // NFC and NFD of one word are two members, not a duplicate.
    let both = order(",\"caf\u{e9}\":1,\"cafe\u{301}\":1");
    assert!(judge(&both, View::Reader).is_ok());
}

/// C15: long runs of what means little are passed over.
#[test]
fn long_runs_are_bounded_by_their_length() {
    let spaces = " \n".repeat(500_000);
    assert!(judge(&format!("{spaces}{}{spaces}", order("")), View::Reader).is_ok());
    let escapes = "\\u0041".repeat(150_000);
    assert!(judge(&order(&format!(r#","Later":"{escapes}""#)), View::Reader).is_ok());
    refused_as(
        &order("").replace("\"A\"", &format!("\"{escapes}\"")),
        "ING-P-PATTERN",
    );
    // The same name in another spelling is the same name.
    refused_as(&order(r#","\u0053ide":"SELL""#), "ING-J-DUPLICATE-KEY");
}
