//! What is stored, and what is said about it.

use std::net::{Ipv4Addr, SocketAddr};

use ingenium_broker::{Broker, Config, Limits, Mode};
use rusqlite::Connection;

use crate::rig::{Sender, broker};

#[tokio::test]
async fn a_202_is_on_disk_and_readable_by_others_while_the_broker_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    let data = "{ \"Price\" : \"1.10\",\n \"n\": 1.10 }";
    sender
        .accepted(
            "1",
            &[
                ("ce-subject", "A%20B"),
                ("ce-time", "2020-01-01T00:00:00.120Z"),
            ],
            data,
        )
        .await;
    let other = Connection::open(folder.path().join("broker.db")).expect("a second connection");
    let row = other
        .query_row(
            "SELECT offset, source, id, type, subject, time, mode, headers, body FROM events",
            [],
            |row| {
                Ok((
                    (
                        row.get::<_, i64>(0)?,
                        row.get::<_, String>(1)?,
                        row.get::<_, String>(2)?,
                        row.get::<_, String>(3)?,
                    ),
                    (
                        row.get::<_, String>(4)?,
                        row.get::<_, String>(5)?,
                        row.get::<_, String>(6)?,
                    ),
                    (row.get::<_, String>(7)?, row.get::<_, Vec<u8>>(8)?),
                ))
            },
        )
        .expect("one event");
    assert_eq!(
        row.0,
        (
            1,
            "/test".to_owned(),
            "1".to_owned(),
            "test.event".to_owned()
        )
    );
    assert_eq!(
        row.1,
        (
            "A B".to_owned(),
            "2020-01-01T00:00:00.120Z".to_owned(),
            "binary".to_owned()
        )
    );
    assert!(row.2.0.contains(r#""ce-subject":"A%20B""#), "{}", row.2.0);
    assert_eq!(row.2.1, data.as_bytes());
    let json: String = other
        .query_row("SELECT json FROM event_json", [], |row| row.get(0))
        .expect("one event");
    assert!(
        json.ends_with(&format!(",\"data\":{data}}}")),
        "the data's bytes are untouched: {json}"
    );
    broker.shutdown().await;
}

#[tokio::test]
async fn event_json_is_the_structured_form_of_every_kind_of_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    sender.accepted("json", &[], "{}").await;
    sender
        .accepted("text", &[("content-type", "text/plain")], "hello")
        .await;
    sender.accepted("none", &[], "").await;
    let structured =
        r#"{"specversion":"1.0","id":"s","source":"/s","type":"t","n":7,"data":{"a":1.0}}"#;
    let headers = [("content-type", "application/cloudevents+json")];
    assert_eq!(
        sender
            .request("POST", "/ns/b", &headers, structured)
            .await
            .status,
        202
    );
    broker.shutdown().await;
    let other = Connection::open(folder.path().join("broker.db")).expect("a second connection");
    let mut statement = other
        .prepare("SELECT json FROM event_json ORDER BY offset")
        .expect("a view");
    let rows: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("texts");
    assert_eq!(
        rows,
        [
            r#"{"specversion":"1.0","id":"json","source":"/test","type":"test.event","datacontenttype":"application/json","data":{}}"#,
            r#"{"specversion":"1.0","id":"text","source":"/test","type":"test.event","datacontenttype":"text/plain","data_base64":"aGVsbG8="}"#,
            r#"{"specversion":"1.0","id":"none","source":"/test","type":"test.event","datacontenttype":"application/json"}"#,
            r#"{"specversion":"1.0","id":"s","source":"/s","type":"t","n":7,"data":{"a":1.0}}"#,
        ]
    );
}

#[tokio::test]
async fn the_same_event_again_is_stored_once_and_another_under_its_id_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    let time = ("ce-time", "2020-01-01T00:00:00Z");
    sender
        .accepted("1", &[time, ("ce-traceparent", "a")], r#"{"a":1,"b":"x"}"#)
        .await;
    // The same instant, the same data otherwise written, another trace, structured instead of binary.
    let same = [
        ("ce-time", "2020-01-01T01:00:00.0+01:00"),
        ("ce-traceparent", "b"),
    ];
    sender
        .accepted("1", &same, r#"{ "b":"\u0078", "a":1.0 }"#)
        .await;
    let structured = r#"{"specversion":"1.0","id":"1","source":"/test","type":"test.event","time":"2020-01-01T00:00:00Z","datacontenttype":"application/json","data":{"a":1,"b":"x"}}"#;
    let headers = [("content-type", "application/cloudevents+json")];
    assert_eq!(
        sender
            .request("POST", "/ns/b", &headers, structured)
            .await
            .status,
        202
    );
    assert_eq!(broker.counts().stored, 1);
    let other: [(&[(&str, &str)], &str); 4] = [
        (&[time], r#"{"a":2,"b":"x"}"#),
        (&[time, ("ce-type", "other")], r#"{"a":1,"b":"x"}"#),
        (&[time, ("ce-subject", "other")], r#"{"a":1,"b":"x"}"#),
        (&[("ce-time", "2020-01-01T00:00:01Z")], r#"{"a":1,"b":"x"}"#),
    ];
    for (headers, data) in other {
        let answer = sender.event("1", headers, data).await;
        assert_eq!(answer.status, 422);
        assert!(String::from_utf8_lossy(&answer.body).contains("event_conflict"));
    }
    assert_eq!(broker.counts().stored, 1);
    broker.shutdown().await;
}

#[tokio::test]
async fn requests_are_answered_as_knative_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    let batch = [("content-type", "application/cloudevents-batch+json")];
    let bare = [("content-type", "application/json")];
    let version = |version| {
        [
            ("ce-specversion", version),
            ("ce-id", version),
            ("ce-source", "/s"),
            ("ce-type", "t"),
        ]
    };
    for (method, path, headers, body, status) in [
        ("GET", "/healthz", &[][..], "", 200),
        ("GET", "/readyz", &[], "", 200),
        ("OPTIONS", "/ns/b", &[], "", 200),
        ("GET", "/ns/b", &[], "", 405),
        ("PUT", "/ns/b", &[], "", 405),
        ("post", "/ns/b", &[], "", 405),
        ("POST", "/ns/other", &bare, "{}", 404),
        ("POST", "/other/b", &bare, "{}", 404),
        ("POST", "/", &bare, "{}", 404),
        ("POST", "/ns/b/", &bare, "{}", 404),
        ("POST", "//ns/b", &bare, "{}", 404),
        ("POST", "/ns%2fb", &bare, "{}", 404),
        ("POST", "/ns/b", &bare, "{}", 400),
        ("POST", "/ns/b", &batch, "[]", 202),
        ("POST", "/ns/b", &version("0.3"), "", 202),
        ("POST", "/ns/b?query=ignored", &version("1.0"), "", 202),
        ("POST", "/ns/b", &version("9000.1"), "", 400),
    ] {
        let answer = sender.request(method, path, headers, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {answer:?}");
        if status == 405 || method == "OPTIONS" {
            assert_eq!(
                answer.header("allow"),
                Some(&b"POST, OPTIONS"[..]),
                "{method} {path}"
            );
        } else if status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                Some(&b"application/problem+json"[..]),
                "{method} {path}"
            );
        }
    }
    assert_eq!(broker.counts().stored, 2);
    broker.shutdown().await;
}

#[tokio::test]
async fn more_than_may_wait_is_429_and_what_is_202_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let limits = Limits {
        queue: 1,
        ..Limits::default()
    };
    let config = Config {
        limits,
        ..Config::new(
            folder.path().join("broker.db"),
            listen,
            "ns",
            "b",
            Mode::Fifo,
        )
    };
    let broker = Broker::open(config).await.expect("the broker opens");
    let sender = Sender::to(&broker);
    let requests = (0..200).map(|number| {
        let sender = sender.clone();
        tokio::spawn(async move { sender.event(&number.to_string(), &[], "{}").await })
    });
    let requests: Vec<_> = requests.collect();
    let mut taken = 0;
    let mut later = 0;
    for request in requests {
        let answer = request.await.expect("no panic");
        match answer.status {
            202 => taken += 1,
            429 => {
                later += 1;
                assert_eq!(answer.header("retry-after"), Some(&b"1"[..]));
            }
            status => panic!("status {status}"),
        }
    }
    assert!(later > 0, "nothing had to wait");
    assert_eq!(broker.counts().stored, taken);
    broker.shutdown().await;
}
