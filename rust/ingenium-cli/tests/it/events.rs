//! Events of a running broker: watched and sent.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::program::{Called, command, with_stdin};
use crate::running::Running;

const GOOD: &str = r#"{"specversion":"1.0","id":"1","source":"/ingenium/strategy/rsi","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-09-30T00:00:00Z","datacontenttype":"application/json","dataschema":"https://schemas.ingenium.example/1/strategy.signal.json","partitionkey":"AAPL","data":{"Symbol":"AAPL","Signal":"LONG"}}"#;

pub(crate) fn good(id: &str) -> String {
    GOOD.replace("\"id\":\"1\"", &format!("\"id\":\"{id}\""))
}

/// `ingenium events` at a broker.
pub(crate) fn events(broker: &Running, words: &[&str], stdin: &str) -> Called {
    let url = format!("http://{}", broker.address);
    let words = [&["events"], words, &["--broker", &url]].concat();
    with_stdin(&words, stdin.as_bytes())
}

#[test]
fn what_becomes_of_each_event_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    let bad = good("bad").replace("\"LONG\"", "\"long\"");
    let other = good("1").replace("LONG", "SHORT");
    let input = [&good("1"), "", &bad, &good("2"), &good("1"), &other, "{"].join("\n");
    let sent = events(&broker, &["send", "-"], &input);
    assert_eq!(sent.code, 1, "{sent:?}");
    let lines: Vec<&str> = sent.stdout.lines().collect();
    for (line, expected) in lines.iter().zip([
        "stdin:1: accepted",
        "stdin:3: refused: ING-P-ENUM /data/Signal",
        "stdin:4: accepted",
        "stdin:5: known",
        "stdin:6: refused: 422 event_conflict: the event at offset 1",
        "stdin:7: refused: ING-J-SYNTAX",
    ]) {
        assert!(line.starts_with(expected), "{expected}: {line}");
    }
    assert_eq!(lines.len(), 6, "{sent:?}");
    assert!(sent.stderr.contains("2 accepted, 1 known, 3 refused"));

    let sent = events(&broker, &["send", "--no-validate", "--quiet"], &bad);
    assert_eq!((sent.code, sent.stdout.as_str()), (0, ""), "{sent:?}");
    let file = folder.path().join("array.json");
    fs::write(&file, format!("[{},\n {}]", good("3"), good("4"))).expect("written");
    let file = file.display().to_string();
    let sent = events(&broker, &["send", &file, "--batch", "10"], "");
    let expected = format!("{file}:1: accepted\n{file}:2: accepted\n");
    assert_eq!((sent.code, &sent.stdout), (0, &expected), "{sent:?}");
    // A batch is taken whole or not at all: which event it is about is found out.
    let input = [good("5"), other, good("6")].join("\n");
    let sent = events(&broker, &["send", "--batch", "2"], &input);
    assert_eq!(sent.code, 1, "{sent:?}");
    let told: Vec<&str> = sent.stdout.lines().collect();
    assert_eq!(
        (told[0], told[2]),
        ("stdin:1: accepted", "stdin:3: accepted")
    );
    assert!(told[1].starts_with("stdin:2: refused: 422"), "{sent:?}");

    let seen = events(
        &broker,
        &["tail", "--from=1", "--follow=false", "--output=id"],
        "",
    );
    assert_eq!(
        (seen.code, seen.stdout.as_str()),
        (0, "1\n2\nbad\n3\n4\n5\n6\n"),
        "{seen:?}"
    );
    assert_eq!(broker.stop(), Some(0));
}

#[test]
fn wrong_calls_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    for (words, stdin, code, named) in [
        (&["send"][..], "", 2, "there is no event in the input"),
        (&["send", "/nowhere.json"], "", 2, "/nowhere.json"),
        (&["send", "--name", "none"], GOOD, 2, "events go to"),
        (&["import", "-"], "", 2, "there is no event in the file"),
        (&["tail", "--name", "none"], "", 2, "--namespace and --name"),
        (&["tail", "--from", "0"], "", 2, "`0` is no start"),
        (&["tail", "--filter", "a ="], "", 2, "filter[0].cesql"),
        (&["trace", "none"], "", 5, "there is no event `none`"),
        (&["trace"], "", 2, "<ID>"),
        (
            &["trace", "--correlation", "none"],
            "",
            5,
            "there is no correlation `none`",
        ),
        (&["export", "-o", "/nowhere/x"], "", 2, "/nowhere/x.part"),
        (
            &["export", "-o", "x", "--data", "/nowhere"],
            "",
            2,
            "/nowhere/broker.db",
        ),
        (
            &["replay", "--from=1", "--to=none"],
            "",
            2,
            "neither a URL nor a Trigger",
        ),
        (
            &["replay", "--from=1", "--to=ftp://h/"],
            "",
            2,
            "spec.subscriber.uri",
        ),
        (
            &["replay", "--from=1", "--to=http://h/", "--until=9"],
            "",
            2,
            "last event has offset 0",
        ),
    ] {
        let called = events(&broker, words, stdin);
        assert_eq!(called.code, code, "{words:?}: {called:?}");
        assert!(called.stderr.contains(named), "{words:?}: {called:?}");
    }
    assert_eq!(broker.stop(), Some(0));
    for words in [
        &["tail"][..],
        &["send"],
        &["trace", "x"],
        &["replay", "--to=x", "--from=1"],
    ] {
        let words = [&["events"], words, &["--broker", "http://127.0.0.1:1"]].concat();
        let called = with_stdin(&words, GOOD.as_bytes());
        assert_eq!(called.code, 3, "{called:?}");
        assert!(
            called.stderr.contains("is a broker running there?"),
            "{called:?}"
        );
    }
}

#[test]
fn a_broker_that_cannot_just_now_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let busy = "429 Too Many Requests\r\nretry-after: 0";
    let answers = [
        "503 Service Unavailable",
        busy,
        "",
        "202 Accepted",
        busy,
        busy,
    ];
    let server = std::thread::Builder::new().spawn(move || {
        for answer in answers {
            let (mut socket, _) = listener.accept().expect("a connection");
            let mut request = vec![0; 4096];
            assert!(socket.read(&mut request).expect("a request") > 0);
            if !answer.is_empty() {
                let answer =
                    format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                socket.write_all(answer.as_bytes()).expect("written");
            }
        }
    });
    let server = server.expect("a thread");
    let words = ["events", "send", "--broker", &url];
    let sent = with_stdin(&words, GOOD.as_bytes());
    assert_eq!(
        (sent.code, sent.stdout.as_str()),
        (0, "stdin:1: accepted\n"),
        "{sent:?}"
    );
    let sent = with_stdin(&[&words[..], &["--retries", "1"]].concat(), GOOD.as_bytes());
    assert_eq!(sent.code, 3, "{sent:?}");
    assert!(sent.stderr.contains("stdin:1: status 429"), "{sent:?}");
    server.join().expect("all answers were asked for");
}

#[test]
fn what_a_terminal_shows_cannot_steer_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    let text = r#"{"specversion":"1.0","id":"a\"b","source":"/s","type":"t","data":"\u001b[2J\n\u202e","datacontenttype":"text/plain"}"#;
    let bytes = r#"{"specversion":"1.0","id":"b","source":"/s","type":"t","time":"2020-01-03T00:00:00Z","data_base64":"AP8="}"#;
    let long = good(&"x".repeat(40)).replace(
        "\"data\":{",
        &format!("\"data\":{{\"A\":\"{}\",", "é".repeat(90)),
    );
    let input = [text, bytes, &long].join("\n");
    let sent = events(&broker, &["send", "--no-validate"], &input);
    assert_eq!(sent.code, 0, "{sent:?}");
    let seen = events(
        &broker,
        &["tail", "--from=earliest", "-n3", "--output=pretty"],
        "",
    );
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{seen:?}");
    assert_eq!(lines[0], r#"-  t  -  a"b  /s  \u{1b}[2J\n\u{202e}"#);
    assert_eq!(lines[1], "2020-01-03T00:00:00Z  t  -  b  /s  (2 bytes)");
    assert!(
        lines[2].ends_with(&format!("{{\"A\":\"{}…", "é".repeat(74))),
        "{seen:?}"
    );
    // On no terminal: the events themselves.
    let passing = ["--filter-type=t", "--filter=id = 'b'"];
    let words = [&["tail", "--from=1", "--follow=false"][..], &passing].concat();
    let seen = events(&broker, &words, "");
    assert_eq!(seen.stdout, format!("{bytes}\n"), "{seen:?}");
    assert_eq!(broker.stop(), Some(0));
}

#[test]
fn a_watcher_outlives_the_broker_and_misses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    let port = broker
        .address
        .rsplit(':')
        .next()
        .expect("a port")
        .to_owned();
    let mut watching = command()
        .args([
            "events",
            "tail",
            "--from=earliest",
            "--output=id",
            "--broker",
        ])
        .arg(format!("http://{}", broker.address))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut seen = BufReader::new(watching.stdout.take().expect("a pipe")).lines();
    let mut next = || seen.next().expect("a line").expect("text");
    assert_eq!(broker.publish("1"), 202);
    assert_eq!(next(), "1");
    assert_eq!(broker.stop(), Some(0));
    let broker = Running::start_with(folder.path(), ["--port", &port]);
    for id in ["2", "3"] {
        assert_eq!(broker.publish(id), 202);
    }
    assert_eq!([next(), next()], ["2", "3"]);
    let process = watching.id().to_string();
    let sent = Command::new("kill").args(["-s", "INT", &process]).status();
    assert!(sent.expect("kill runs").success());
    let ended = watching.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130));
    let said = String::from_utf8(ended.stderr).expect("UTF-8");
    assert!(
        said.starts_with("the broker has ended the stream; connecting again\n"),
        "{said}"
    );
    assert!(said.ends_with("connected again\n"), "{said}");

    // Whoever reads no more ends it without a word.
    let line = format!(
        "{} events tail --from 1 --follow=false --broker http://{} | head -n 1",
        env!("CARGO_BIN_EXE_ingenium"),
        broker.address
    );
    let output = Command::new("sh")
        .args(["-c", &line])
        .output()
        .expect("it ends");
    assert!(output.stdout.starts_with(b"{\"specversion\""), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    assert_eq!(broker.stop(), Some(0));
}

#[test]
fn a_token_opens_the_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    fs::write(&token, "0123456789abcdef0123456789abcdef\n").expect("written");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("set");
    let token = token.display().to_string();
    let broker = Running::start_with(folder.path(), ["--port", "0", "--token-file", &token]);
    let url = format!("http://{}", broker.address);
    let shown = ["--token-file", &token, "--broker", &url];
    for words in [&["send"][..], &["tail", "--from=1", "--follow=false"]] {
        let words = [&["events"], words].concat();
        let called = with_stdin(&[&words[..], &shown].concat(), GOOD.as_bytes());
        assert_eq!(called.code, 0, "{called:?}");
        let called = with_stdin(&[&words[..], &shown[2..]].concat(), GOOD.as_bytes());
        assert_eq!(called.code, 2, "{called:?}");
        assert!(called.stderr.contains("status 401"), "{called:?}");
    }
    assert_eq!(broker.stop(), Some(0));
}
