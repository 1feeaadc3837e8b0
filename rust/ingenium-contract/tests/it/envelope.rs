//! Envelopes: what is read, what is refused and why, and that nothing is altered.

use bytes::Bytes;
use ingenium_contract::envelope::{self, Header, Mode};
use ingenium_contract::finding::http_status;
use ingenium_contract::{CloudEvent, SpecVersions, Verdict, validate};
use ingenium_types::View;

const STRUCTURED: Header<'static> = ("Content-Type", b"application/cloudevents+json");

fn structured(body: &str) -> Verdict {
    validate(
        &[STRUCTURED],
        &Bytes::copy_from_slice(body.as_bytes()),
        View::Reader,
    )
}

#[track_caller]
fn refused(verdict: &Verdict, rule: &str, pointer: &str) {
    let found: Vec<(&str, &str)> = verdict
        .findings
        .iter()
        .map(|f| (f.rule, f.pointer.as_str()))
        .collect();
    assert!(
        found.contains(&(rule, pointer)),
        "expected {rule} at `{pointer}`, found {found:?}"
    );
    assert!(!verdict.is_valid());
    let status = http_status(&verdict.findings);
    assert!(matches!(status, 400 | 415), "{status}");
}

/// A structured event with `members` in place of, or beside, the required ones.
fn with(members: &str) -> String {
    let required = [
        ("specversion", r#""1.0""#),
        ("id", r#""1""#),
        ("source", r#""/x""#),
        ("type", r#""t""#),
    ];
    let mut parts: Vec<String> = required
        .iter()
        .filter(|(name, _)| !members.contains(&format!("\"{name}\":")))
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    if !members.is_empty() {
        parts.push(members.to_owned());
    }
    format!("{{{}}}", parts.join(","))
}

#[test]
fn a_missing_attribute_is_named() {
    for name in ["specversion", "id", "source", "type"] {
        let all = [
            ("specversion", "1.0"),
            ("id", "1"),
            ("source", "/x"),
            ("type", "t"),
        ];
        let members: Vec<String> = all
            .iter()
            .filter(|(other, _)| *other != name)
            .map(|(other, value)| format!("\"{other}\":\"{value}\""))
            .collect();
        refused(
            &structured(&format!("{{{}}}", members.join(","))),
            "ING-E-MISSING",
            &format!("/{name}"),
        );
    }
}

#[test]
fn hostile_structured_envelopes_are_refused() {
    let long = format!(r#""type":"{}""#, "t".repeat(4096));
    let deep = format!(r#""data":{}{}"#, "[".repeat(70), "]".repeat(70));
    let cases: &[(&str, &str, &str)] = &[
        (r#""id":"""#, "ING-E-EMPTY", "/id"),
        (r#""source":"""#, "ING-E-EMPTY", "/source"),
        (r#""type":"""#, "ING-E-EMPTY", "/type"),
        (r#""id":5"#, "ING-E-ATTRIBUTE-TYPE", "/id"),
        (
            r#""specversion":1.0"#,
            "ING-E-ATTRIBUTE-TYPE",
            "/specversion",
        ),
        (r#""id":null"#, "ING-E-MISSING", "/id"),
        (
            r#""specversion":"0.3""#,
            "ING-E-SPECVERSION",
            "/specversion",
        ),
        (
            r#""specversion":"1.0 ""#,
            "ING-E-SPECVERSION",
            "/specversion",
        ),
        (
            r#""source":"not a uri \n""#,
            "ING-E-ATTRIBUTE-VALUE",
            "/source",
        ),
        (r#""source":"not a uri""#, "ING-E-URI", "/source"),
        (r#""time":"yesterday""#, "ING-E-TIME", "/time"),
        (r#""time":"10000-01-01T00:00:00Z""#, "ING-E-TIME", "/time"),
        (r#""time":"2020-01-01T00:00:00""#, "ING-E-TIME", "/time"),
        (r#""id":"1","\u0069d":"2""#, "ING-J-DUPLICATE-KEY", "/id"),
        (r#""MyExt":"x""#, "ING-E-ATTRIBUTE-NAME", "/MyExt"),
        (r#""my-ext":"x""#, "ING-E-ATTRIBUTE-NAME", "/my-ext"),
        (r#""":"x""#, "ING-E-ATTRIBUTE-NAME", "/"),
        (r#""ext":{}"#, "ING-E-ATTRIBUTE-TYPE", "/ext"),
        (r#""ext":[]"#, "ING-E-ATTRIBUTE-TYPE", "/ext"),
        (r#""ext":1.5"#, "ING-E-ATTRIBUTE-TYPE", "/ext"),
        (r#""ext":99999999999"#, "ING-E-ATTRIBUTE-TYPE", "/ext"),
        (
            r#""data":{},"data_base64":"e30=""#,
            "ING-E-DATA",
            "/data_base64",
        ),
        (r#""data_base64":"***""#, "ING-E-DATA", "/data_base64"),
        (r#""data_base64":"e30""#, "ING-E-DATA", "/data_base64"),
        (
            r#""datacontenttype":"a\r\nb""#,
            "ING-E-ATTRIBUTE-VALUE",
            "/datacontenttype",
        ),
        (r#""dataschema":"relative""#, "ING-E-URI", "/dataschema"),
        (&long, "ING-E-ATTRIBUTE-LENGTH", "/type"),
        (r#""partitionkey":"""#, "ING-E-EMPTY", "/partitionkey"),
        (
            r#""subject":"a\u0000b""#,
            "ING-E-ATTRIBUTE-VALUE",
            "/subject",
        ),
        (r#""subject":"\ufffe""#, "ING-E-ATTRIBUTE-VALUE", "/subject"),
        (r#""subject":"\ud800""#, "ING-J-SURROGATE", "/subject"),
    ];
    for (members, rule, pointer) in cases {
        let verdict = structured(&with(members));
        refused(&verdict, rule, pointer);
    }
    assert!(!structured(&with(&deep)).is_valid());
}

#[test]
fn broken_documents_are_refused() {
    let bytes: &[&[u8]] = &[
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"",
        b"   ",
        b"{}x",
        b"{}{}",
        b"[]",
        b"\"x\"",
        b"1",
        b"null",
        b"{'id':1}",
        b"{\"id\":01}",
    ];
    for body in bytes {
        let verdict = validate(&[STRUCTURED], &Bytes::from_static(body), View::Reader);
        assert!(!verdict.is_valid(), "{}", String::from_utf8_lossy(body));
        assert!(verdict.event.is_none());
    }
}

#[test]
fn broken_trace_context_does_not_cost_the_event() {
    let state = format!(
        r#""traceparent":"nonsense","tracestate":"{}""#,
        "a".repeat(4096)
    );
    let verdict = structured(&with(&state));
    assert!(verdict.is_valid(), "{:?}", verdict.findings);
}

#[test]
fn a_leap_second_and_its_bytes_are_kept() {
    let event = structured(&with(r#""time":"2016-12-31T23:59:60Z""#))
        .event
        .expect("an event");
    let time = event.time.expect("a time");
    assert_eq!(time.text(), "2016-12-31T23:59:60Z");
    assert_eq!(time.instant(), "2017-01-01T00:00:00Z".parse().ok());
}

fn binary(extra: &[Header<'_>], body: &str) -> Verdict {
    let mut headers: Vec<Header<'_>> = vec![
        ("ce-specversion", b"1.0"),
        ("CE-Id", b"1"),
        ("ce-source", b"/x"),
        ("ce-type", b"t"),
    ];
    headers.extend(extra);
    validate(
        &headers,
        &Bytes::copy_from_slice(body.as_bytes()),
        View::Reader,
    )
}

#[test]
fn binary_values_are_decoded_once() {
    let cases: &[(&[u8], &str)] = &[
        (b"plain", "plain"),
        (b"a%20b", "a b"),
        (b"%2520", "%20"),
        (b"\"quoted \\\" text\"", "quoted \" text"),
        (b"Euro%20%E2%82%AC", "Euro €"),
        ("Grüße".as_bytes(), "Grüße"),
    ];
    for (value, text) in cases {
        let event = binary(&[("ce-subject", value)], "")
            .event
            .expect("an event");
        assert_eq!(event.subject.as_deref(), Some(*text));
    }
    for value in [
        &b"%00"[..],
        b"%0d%0a",
        b"%ZZ",
        b"%C0%AF",
        b"%",
        b"\xff",
        b"\"open",
    ] {
        refused(
            &binary(&[("ce-subject", value)], ""),
            "ING-E-ATTRIBUTE-VALUE",
            "/subject",
        );
    }
}

#[test]
fn hostile_binary_envelopes_are_refused() {
    refused(&binary(&[("ce-id", b"2")], ""), "ING-E-DUPLICATE", "/id");
    refused(
        &binary(&[("ce-data", b"x")], ""),
        "ING-E-ATTRIBUTE-NAME",
        "/data",
    );
    refused(
        &binary(&[("ce-my_name", b"x")], ""),
        "ING-E-ATTRIBUTE-NAME",
        "/my_name",
    );
    refused(
        &binary(
            &[("content-type", b"application/json; charset=utf-16")],
            "{}",
        ),
        "ING-E-MEDIA-TYPE",
        "/datacontenttype",
    );
    refused(
        &binary(
            &[("content-type", b"application/json")],
            "{\"a\":1,\"a\":2}",
        ),
        "ING-J-DUPLICATE-KEY",
        "/data/a",
    );
    let batch: [Header<'_>; 1] = [("content-type", b"application/cloudevents-batch+json")];
    refused(
        &validate(&batch, &Bytes::from_static(b"[]"), View::Reader),
        "ING-E-MEDIA-TYPE",
        "/datacontenttype",
    );
    let none = validate(
        &[("content-type", b"application/json")],
        &Bytes::from_static(b"{}"),
        View::Reader,
    );
    refused(&none, "ING-E-MISSING", "/specversion");
    assert_eq!(
        http_status(&validate(&batch, &Bytes::from_static(b"[]"), View::Reader).findings),
        415
    );
}

#[test]
fn data_bytes_survive_both_modes() {
    let data = r#"{ "Price": "1.10",  "n": 12345678901234567890.10, "e": "\u00e9" }"#;
    let body = Bytes::from(with(&format!(
        r#""subject":"a \"b\" %","count":5,"flag":true,"data":{data}"#
    )));
    let read = envelope::read(&[STRUCTURED], &body, SpecVersions::V1).expect("an event");
    assert_eq!(read.mode, Mode::Structured);
    assert_eq!(
        &body[read.data_start.expect("a place")..][..data.len()],
        data.as_bytes()
    );

    let (headers, sent) = envelope::to_binary(&read.event);
    assert_eq!(sent, data.as_bytes());
    let headers: Vec<Header<'_>> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let again = envelope::read(&headers, &sent, SpecVersions::V1).expect("an event");
    assert_eq!(again.event.subject.as_deref(), Some("a \"b\" %"));
    assert_eq!(again.event.json_data(), read.event.json_data());
    assert_eq!(again.event.attribute("count").as_deref(), Some("5"));

    let written = Bytes::from(envelope::to_structured(&read.event));
    let back = envelope::read_structured(&written, SpecVersions::V1).expect("an event");
    assert_eq!(back.event, read.event);
}

#[test]
fn body_wins_over_headers_in_structured_mode() {
    let headers: [Header<'_>; 2] = [STRUCTURED, ("ce-id", b"other")];
    let read =
        envelope::read(&headers, &Bytes::from(with("")), SpecVersions::V1).expect("an event");
    assert_eq!(read.event.id, "1");
}

#[test]
fn what_is_not_json_travels_as_base64() {
    let mut event = CloudEvent::json("1", "/x", "t", "");
    event.datacontenttype = Some("image/png".to_owned());
    event.data = Some(ingenium_contract::Data::Binary(Bytes::from_static(
        b"\x89PNG",
    )));
    let written = envelope::to_structured(&event);
    assert!(String::from_utf8_lossy(&written).contains(r#""data_base64":"iVBORw==""#));
    let back =
        envelope::read_structured(&Bytes::from(written), SpecVersions::V1).expect("an event");
    assert_eq!(back.event, event);
}

#[test]
fn a_line_has_no_line_break_and_is_the_same_event() {
    let json = Some("application/json");
    for (media_type, data, member) in [
        (json, "{ \"a\":\t1.0e1 }", "\"data\":{ \"a\":\t1.0e1 }"),
        (
            json,
            "{\n\"a\":\r\n1}",
            "\"data_base64\":\"ewoiYSI6DQoxfQ==\"",
        ),
        (json, " [1] ", "\"data_base64\":\"IFsxXSA=\""),
        (
            Some("application/x+json; q=1"),
            "[\n]",
            "\"data_base64\":\"Wwpd\"",
        ),
        (None, "[1,2]", "\"data\":[1,2]"),
    ] {
        let mut event = CloudEvent::json("1", "/x", "t", data);
        event.datacontenttype = media_type.map(ToOwned::to_owned);
        let line = Bytes::from(envelope::to_line(&event));
        let text = String::from_utf8_lossy(&line);
        assert!(text.ends_with(&format!(",{member}}}")), "{text}");
        let back = envelope::read_structured(&line, SpecVersions::V1).expect("an event");
        assert_eq!(back.event, event);
    }
    // Nothing says that this is JSON when it is base64: the value stays, its line breaks do not.
    let mut event = CloudEvent::json("1", "/x", "t", "\n[\r\n\"\\n\"]\n");
    event.datacontenttype = None;
    let line = envelope::to_line(&event);
    assert!(String::from_utf8_lossy(&line).ends_with(",\"data\":[  \"\\n\"]}"));
}
