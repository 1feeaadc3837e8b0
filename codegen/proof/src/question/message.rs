//! Messages near the border between right and wrong: one attribute of a good one is changed.

use serde_json::{Map, Value, json};

use super::{Question, VIEWS, receive};

/// Values that someone might send, whatever the attribute.
fn values() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "a b",
        " a ",
        "é",
        "日本",
        "😀",
        "100%",
        "100%25",
        "%41",
        "%zz",
        "%e4",
        "\"quoted\"",
        "\"a\\\"b\"",
        "\"open",
        "a\"b",
        "\\",
        "\u{7}",
        "\u{7f}",
        "\u{85}",
        "\u{fffe}",
        "\u{fdd0}",
        "1.0",
        "0.3",
        "1.1",
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON;charset=\"UTF-8\"",
        "application/json; charset=latin1",
        "application/vnd.a+json",
        "text/plain",
        "text",
        "/",
        "a/b; c",
        "https://a.example/b?c#d",
        "/rel/path",
        "//host/path",
        "urn:a:b",
        "1:b",
        "a[b]",
        "%",
        "a%4",
        "a%4g",
        "a%41",
        "%41:b",
        "a?b?c#d",
        "a#b#c",
        "//",
        "///a",
        "//a//b",
        "a//b",
        "mailto:me@example.com",
        "http://[::1]:80/",
        "https://schemas.ingenium.example/1/portfolio.order.json",
        "https://schemas.ingenium.example/1.4/portfolio.order.json",
        "https://schemas.ingenium.example/2/portfolio.order.json",
        "https://schemas.ingenium.example/1/portfolio.cancel.json",
        "https://elsewhere.example/order.json",
        "2020-09-30T20:00:00Z",
        "2020-09-30t20:00:00z",
        "2020-09-30 20:00:00Z",
        "2020-09-30T22:00:00.5+02:00",
        "2020-09-30T20:00:00",
        "2020-02-30T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:60:00Z",
        "0001-01-01T00:00:00Z",
        "2020-09-30T20:00:00.1234567890Z",
        "2020-09-30T20:00:00+24:00",
        "+020-09-30T20:00:00Z",
        "00000000000000000001",
        "1",
        "AAPL",
        "ingenium.portfolio.order",
        "ingenium.portfolio.orders",
        "com.example.other",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "not a trace",
    ];
    let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
    values.extend([2048, 2049].map(|length| Value::from("x".repeat(length))));
    // Long ways through a grammar: no engine may run out of stack or time.
    values.extend(
        ["/", "%41", "/a", "a/", "a:", "a.", "@", "[", "?", "#"]
            .map(|part| Value::from(part.repeat(2048 / part.len()))),
    );
    values.extend([
        json!(null),
        json!(true),
        json!(0),
        json!(5),
        json!(-5),
        json!(2_147_483_647),
        json!(2_147_483_648_i64),
        json!(-2_147_483_648_i64),
        json!(1.5),
        json!([]),
        json!({}),
    ]);
    values
}

const NAMES: [&str; 16] = [
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "subject",
    "datacontenttype",
    "dataschema",
    "partitionkey",
    "sequence",
    "traceparent",
    "x",
    "Big",
    "a_b",
    "data_base64",
    "data",
];

fn good() -> Map<String, Value> {
    let event = json!({
        "specversion": "1.0",
        "id": "bb3c0cd8-ab0f-50c7-8965-753ec786dc0a",
        "source": "/ingenium/portfolio/main",
        "type": "ingenium.portfolio.order",
        "subject": "AAPL",
        "time": "2020-10-01T00:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "https://schemas.ingenium.example/1/portfolio.order.json",
        "partitionkey": "main",
    });
    event.as_object().cloned().unwrap_or_default()
}

const DATA: &str = r#"{"Side":"BUY","Quantity":"100","Symbol":"AAPL","Type":"MARKET"}"#;

/// The questions, in both modes and views.
#[must_use]
pub fn messages() -> Vec<Question> {
    let mut questions = Vec::new();
    for name in NAMES {
        let mut absent = good();
        absent.remove(name);
        ask(&format!("without {name}"), &absent, &mut questions);
        for value in values() {
            let mut event = good();
            event.insert(name.to_owned(), value.clone());
            ask(&format!("{name} {value}"), &event, &mut questions);
        }
    }
    for (name, body) in bodies() {
        for (view_name, view) in VIEWS {
            let header = [["content-type".to_owned(), super::STRUCTURED.to_owned()]];
            questions.push(receive(name, &header, body.as_bytes(), view_name, view));
        }
    }
    questions
}

/// Whole bodies that no table of values makes.
fn bodies() -> Vec<(&'static str, String)> {
    let start = r#"{"specversion":"1.0","id":"1","source":"/a","type":"ingenium.portfolio.order","time":"2020-10-01T00:00:00Z","datacontenttype":"application/json""#;
    let data = r#""data":{"Side":"BUY","Quantity":"100","Symbol":"AAPL","Type":"MARKET"}"#;
    let base64 = super::base64(DATA.as_bytes());
    let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
    vec![
        (
            "an attribute twice",
            format!(r#"{start},"id":"2",{data}}}"#),
        ),
        (
            "an attribute twice, once escaped",
            format!(r#"{start},"\u0069d":"1",{data}}}"#),
        ),
        (
            "a number with a fraction of nothing",
            format!(r#"{start},"x":1.0,{data}}}"#),
        ),
        ("a negative zero", format!(r#"{start},"x":-0,{data}}}"#)),
        (
            "a number with an exponent",
            format!(r#"{start},"x":1e2,{data}}}"#),
        ),
        ("white space", format!(" {start} ,\n {data} }}\n")),
        (
            "data in base64",
            format!(r#"{start},"data_base64":"{base64}"}}"#),
        ),
        (
            "data in both forms",
            format!(r#"{start},{data},"data_base64":"{base64}"}}"#),
        ),
        (
            "data in bad base64",
            format!(r#"{start},"data_base64":"{}"}}"#, &base64[1..]),
        ),
        (
            "no JSON in base64",
            format!(r#"{start},"data_base64":"eyI="}}"#),
        ),
        ("empty base64", format!(r#"{start},"data_base64":""}}"#)),
        ("nothing", String::new()),
        ("no object", "[]".to_owned()),
        ("two values", format!("{start},{data}}}{{}}")),
        ("cut short", start.to_owned()),
        (
            "an extension that is deep",
            format!(r#"{start},"x":{deep},{data}}}"#),
        ),
        (
            "data that is deep",
            format!(
                r#"{start},"data":{{"Side":"BUY","Quantity":"100","Symbol":"AAPL","Type":"MARKET","X":{deep}}}}}"#
            ),
        ),
        (
            "half a pair in data",
            format!(
                r#"{start},"data":{{"Side":"BUY","Quantity":"100","Symbol":"AAPL","Type":"MARKET","Account":"\ud800"}}}}"#
            ),
        ),
        (
            "a member of data twice",
            format!(
                r#"{start},"data":{{"Side":"BUY","Side":"BUY","Quantity":"100","Symbol":"AAPL","Type":"MARKET"}}}}"#
            ),
        ),
    ]
}

fn ask(name: &str, event: &Map<String, Value>, questions: &mut Vec<Question>) {
    let mut whole = event.clone();
    let data: Value = serde_json::from_str(DATA).unwrap_or_default();
    whole.entry("data").or_insert(data);
    let body = Value::Object(whole).to_string();
    let header = [["Content-Type".to_owned(), super::STRUCTURED.to_owned()]];
    let binary = headers(event);
    for (view_name, view) in VIEWS {
        let structured = format!("structured, {name}");
        questions.push(receive(
            &structured,
            &header,
            body.as_bytes(),
            view_name,
            view,
        ));
        if let Some(headers) = &binary {
            let name = format!("binary, {name}");
            questions.push(receive(&name, headers, DATA.as_bytes(), view_name, view));
        }
    }
}

/// The event's attributes as headers, as they are: nobody encodes here. None where some value is no text, or would end
/// the header.
fn headers(event: &Map<String, Value>) -> Option<Vec<[String; 2]>> {
    let mut headers = Vec::new();
    for (name, value) in event {
        let text = value.as_str()?;
        if text.chars().any(|c| matches!(c, '\r' | '\n' | '\0')) {
            return None;
        }
        // A header's value is bytes; the characters of the protocol are these.
        let value = text.bytes().map(char::from).collect();
        headers.push(match name.as_str() {
            "datacontenttype" => ["Content-Type".to_owned(), value],
            _ => [format!("ce-{name}"), value],
        });
    }
    Some(headers)
}
