//! Events of a log once more: exported, imported, traced, replayed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::events::{events, good};
use crate::program::{Called, command, ingenium, root};
use crate::running::Running;

fn send(broker: &Running, lines: &[&str]) {
    let sent = events(
        broker,
        &["send", "--no-validate", "--quiet"],
        &lines.join("\n"),
    );
    assert_eq!(sent.code, 0, "{sent:?}");
}

/// Data in each form that it may have.
fn forms() -> Vec<String> {
    let mut forms = vec![good("1"), good("2").replace(":{\"Sy", ": {  \"Sy")];
    for (number, rest) in [
        r#""datacontenttype":"text/plain","data":"a\nb\u001b""#,
        r#""datacontenttype":"application/octet-stream","data_base64":"AP8N""#,
        r#""datacontenttype":"application/json","data_base64":"eyJhIjoKMX0=""#,
        r#""data":[1.0e1,"\u00e9é"]"#,
        r#""subject":"\"\\é\u20ac","aninteger":7,"aboolean":true"#,
    ]
    .iter()
    .enumerate()
    {
        forms.push(format!(
            r#"{{"specversion":"1.0","id":"f{number}","source":"/s","type":"t",{rest}}}"#
        ));
    }
    forms
}

fn export(broker: &Running, to: &Path, words: &[&str]) -> Called {
    let to = to.display().to_string();
    events(broker, &[&["export", "-o", &to], words].concat(), "")
}

#[test]
fn an_export_of_an_import_of_an_export_is_the_export() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let broker = Running::start(&path("one"));
    let forms = forms();
    send(
        &broker,
        &forms.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    // Loose JSON in binary mode: its bytes are no one line.
    for (id, body) in [("b1", "{\r\n \"a\" : 1\n}"), ("b2", " [1] ")] {
        let mut socket = TcpStream::connect(&broker.address).expect("it listens");
        let head = format!(
            "POST /default/default HTTP/1.1\r\nHost: h\r\nConnection: close\r\nce-specversion: 1.0\r\nce-id: {id}\r\nce-source: /s\r\nce-type: t\r\n"
        );
        let length = body.len();
        let rest =
            format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
        socket
            .write_all((head + &rest).as_bytes())
            .expect("written");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("UTF-8");
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }
    let first = path("first.ndjson");
    let exported = export(&broker, &first, &[]);
    let bytes = fs::read(&first).expect("the file");
    let digest: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let expected = format!("{}: 9 events, sha256:{digest}\n", first.display());
    assert_eq!(
        (exported.code, exported.stdout),
        (0, expected),
        "{}",
        exported.stderr
    );
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    assert!(
        text.contains(r#""data":{  "Symbol":"AAPL","Signal":"LONG"}"#),
        "{text}"
    );
    assert!(text.contains(r#""data_base64":"IFsxXSA=""#), "{text}");

    let other = Running::start(&path("two"));
    let name = first.display().to_string();
    // What is there already is skipped.
    for batch in ["--batch=4", "--batch=1"] {
        let imported = events(&other, &["import", &name, batch], "");
        assert_eq!(imported.code, 0, "{imported:?}");
        assert!(
            imported.stderr.contains("9 events are there"),
            "{imported:?}"
        );
    }
    let second = path("second.ndjson");
    assert_eq!(export(&other, &second, &[]).code, 0);
    assert_eq!(fs::read(&second).expect("the file"), bytes);

    // The same from the file, while the broker runs and when it does not.
    let part = path("part.ndjson");
    let data = path("two").display().to_string();
    let check_file = || {
        for (words, expected) in [
            (&[][..], text.clone()),
            (
                &["--from=2", "--to=3"],
                text.lines()
                    .skip(1)
                    .take(2)
                    .fold(String::new(), |all, line| all + line + "\n"),
            ),
            (
                &["--filter-type=t", "--filter=id = 'f1'"],
                text.lines()
                    .nth(3)
                    .map(|line| line.to_owned() + "\n")
                    .unwrap_or_default(),
            ),
            (&["--from=latest"], String::new()),
        ] {
            let to = part.display().to_string();
            let words = [&["events", "export", "--data", &data, "-o", &to], words].concat();
            let called = ingenium(&words);
            assert_eq!(called.code, 0, "{called:?}");
            assert_eq!(
                fs::read_to_string(&part).expect("the file"),
                expected,
                "{words:?}"
            );
        }
    };
    check_file();
    assert_eq!(other.stop(), Some(0));
    check_file();
    assert!(!path("part.ndjson.part").exists());
    let other = Running::start(&path("two"));

    // A conflict ends an import, and nothing after it is sent.
    let conflict = text
        .lines()
        .nth(2)
        .expect("a line")
        .replace("a\\nb", "c")
        .replace("YQpiGw==", "Yw==");
    let input = format!("{}\n{conflict}\n{}\n", good("8"), good("9"));
    for batch in ["--batch=1", "--batch=9"] {
        let imported = events(&other, &["import", "-", batch], &input);
        assert_eq!(imported.code, 1, "{imported:?}");
        assert!(
            imported
                .stderr
                .contains("stdin:2: refused: 422 event_conflict"),
            "{imported:?}"
        );
    }
    let seen = events(
        &other,
        &["tail", "--from=10", "--follow=false", "--output=id"],
        "",
    );
    assert_eq!(seen.stdout, "8\n", "{seen:?}");
    assert_eq!((broker.stop(), other.stop()), (Some(0), Some(0)));
}

#[test]
fn what_led_to_what_is_a_tree() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    let story = root().join("conformance/tests/fixtures/trade.ndjson");
    let story = story.display().to_string();
    let imported = events(&broker, &["import", &story], "");
    assert_eq!(imported.code, 0, "{imported:?}");
    let order = "5fca1f67-800f-53b5-a5aa-20be1a18385e";
    let correlation = "58ef4610-9e79-5578-a79a-cb40387e1534";
    let expected = "\
2000-10-25T00:00:00Z  ingenium.ingestor.data  58ef4610-9e79-5578-a79a-cb40387e1534  IBM
└─ 2000-10-25T00:00:00Z  ingenium.strategy.signal  60216e9d-aa1d-592b-98c0-841d03b7f6a3  IBM
   └─ 2000-10-25T00:00:00Z  ingenium.portfolio.order  5fca1f67-800f-53b5-a5aa-20be1a18385e  IBM  <--
      ├─ 2000-10-25T00:00:00Z  ingenium.executor.execution  4520f164-01c4-5ae9-856d-195312eafad9  IBM
      └─ 2000-10-25T00:00:00Z  ingenium.executor.execution  513fedf1-e6c0-5d17-9f06-768936588f01  IBM
";
    let traced = events(&broker, &["trace", order], "");
    assert_eq!(
        (traced.code, traced.stdout.as_str()),
        (0, expected),
        "{traced:?}"
    );
    let traced = events(&broker, &["trace", "--correlation", correlation], "");
    assert_eq!(traced.stdout, expected.replace("  <--", ""), "{traced:?}");
    let root_first = events(&broker, &["trace", correlation], "");
    assert_eq!(
        root_first.stdout.matches("<--").count(),
        1,
        "{root_first:?}"
    );

    let data = folder.path().display().to_string();
    let traced = ingenium(&["events", "trace", order, "--output=json", "--data", &data]);
    assert_eq!(traced.code, 0, "{traced:?}");
    let traced: Value = serde_json::from_str(&traced.stdout).expect("JSON");
    assert_eq!(traced["events"].as_array().map(Vec::len), Some(5));
    assert_eq!(traced["events"][0]["cause"], Value::Null);
    assert_eq!(traced["events"][3]["cause"], order);
    assert_eq!(
        traced["events"][2]["effects"][1],
        "513fedf1-e6c0-5d17-9f06-768936588f01"
    );
    assert_eq!(broker.stop(), Some(0));
}

/// A subscriber that says what it gets, and answers with this status line; none leaves it waiting.
fn subscriber(status: Option<&'static str>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let (sender, heard) = mpsc::channel();
    let serving = std::thread::Builder::new().spawn(move || {
        let mut open = Vec::new();
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { return };
            let mut head = String::new();
            let mut reader = BufReader::new(socket.try_clone().expect("a socket"));
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).expect("text") > 0 {}
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().expect("a number"));
            reader.read_exact(&mut vec![0; length]).expect("a body");
            if sender.send(head).is_err() {
                return; // the test is over
            }
            match status {
                Some(status) => {
                    let answer = format!(
                        "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    );
                    socket.write_all(answer.as_bytes()).expect("written");
                }
                None => open.push(socket),
            }
        }
    });
    drop(serving.expect("a thread"));
    (url, heard)
}

fn id(head: &str) -> &str {
    let id = head.lines().find_map(|line| line.strip_prefix("ce-id: "));
    id.expect("an id")
}

fn triggers(broker: &Running) -> Value {
    let url = format!("http://{}", broker.address);
    let list = ingenium(&["trigger", "list", "--output=json", "--broker", &url]);
    let list: Value = serde_json::from_str(&list.stdout).expect("JSON");
    list["items"].clone()
}

#[test]
fn a_subscriber_gets_events_once_more_and_no_trigger_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    let lines: Vec<String> = (1..=4).map(|id| good(&id.to_string())).collect();
    send(
        &broker,
        &lines.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    send(
        &broker,
        &[&good("5").replace("strategy.signal\"", "strategy.other\"")],
    );
    let (url, heard) = subscriber(Some("202 Accepted"));
    let trigger = format!(
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {{ name: audit }}\nspec:\n  broker: default\n  filter: {{ attributes: {{ type: ingenium.strategy.signal, subject: '' }} }}\n  subscriber: {{ uri: '{url}' }}\n"
    );
    let at = format!("http://{}", broker.address);
    let words = ["trigger", "apply", "-", "--broker", &at];
    let applied = crate::program::with_stdin(&words, trigger.as_bytes());
    assert_eq!(applied.code, 0, "{applied:?}");
    for (words, expected) in [
        (
            vec!["--to", &url, "--from=earliest"],
            &["1", "2", "3", "4", "5"][..],
        ),
        (vec!["--to=audit", "--from=2"], &["2", "3", "4"]),
        (vec!["--to=audit", "--from=1", "--filter=id > '3'"], &["4"]),
        (
            vec![
                "--to",
                &url,
                "--from=1",
                "--filter-type=ingenium.strategy.other",
            ],
            &["5"],
        ),
        (vec!["--to", &url, "--from=latest"], &[]),
    ] {
        let replayed = events(&broker, &[&["replay"], &words[..]].concat(), "");
        assert_eq!(replayed.code, 0, "{words:?}: {replayed:?}");
        assert_eq!(replayed.stdout, "replayed up to offset 5\n");
        let mut got: Vec<String> = heard.try_iter().collect();
        assert!(
            got.iter()
                .all(|head| head.contains("ce-ingeniumreplay: true")),
            "{got:?}"
        );
        got.iter_mut().for_each(|head| *head = id(head).to_owned());
        assert_eq!(got, expected, "{words:?}");
        let left = triggers(&broker);
        assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    }
    assert_eq!(broker.stop(), Some(0));
}

#[test]
fn a_replay_that_is_interrupted_leaves_no_trigger() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    send(&broker, &[&good("1")]);
    let (url, heard) = subscriber(None);
    let mut replaying = command()
        .args(["events", "replay", "--from=1", "--to", &url, "--broker"])
        .arg(format!("http://{}", broker.address))
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary starts");
    assert_eq!(id(&heard.recv().expect("a delivery")), "1");
    assert_eq!(triggers(&broker).as_array().map(Vec::len), Some(1));
    let process = replaying.id().to_string();
    let sent = Command::new("kill").args(["-s", "INT", &process]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(replaying.wait().expect("it ends").code(), Some(130));
    assert_eq!(triggers(&broker), serde_json::json!([]));
    drop(broker);
}
