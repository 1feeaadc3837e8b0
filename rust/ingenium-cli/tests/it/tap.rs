//! `ingenium tap`, between a client and a server that know nothing of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::program::command;

const SIGNAL: &str = r#"{"Symbol":"AAPL","Timestamp":"2020-01-03T00:00:00Z","Signal":"LONG"}"#;

/// A tap that runs, and what it said where it listens.
struct Tap {
    child: Child,
    address: String,
    control: String,
    folder: tempfile::TempDir,
}

/// How it ended.
struct Ended {
    code: Option<i32>,
    said: String,
    peak_kib: u64,
}

impl Tap {
    fn start(forward: SocketAddr, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = command()
            .args(["tap", "--listen", "127.0.0.1:0", "--forward"])
            .arg(format!("http://{forward}"))
            .arg("--dir")
            .arg(folder.path())
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stderr = child.stderr.as_mut().expect("a pipe");
        let mut line = Vec::new();
        let mut byte = [0];
        while byte != [b'\n'] {
            stderr.read_exact(&mut byte).expect("it says where it is");
            line.push(byte[0]);
        }
        let line = String::from_utf8(line).expect("UTF-8");
        let mut urls = line
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("http://"));
        let (address, _, control) = (urls.next(), urls.next(), urls.next());
        Self {
            child,
            address: address.expect("an address").to_owned(),
            control: control.expect("an address").to_owned(),
            folder,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("the tap takes connections")
    }

    /// Asks the control, and gives back the whole answer.
    fn ask(&self, request: &str) -> String {
        let mut control = TcpStream::connect(&self.control).expect("the control answers");
        control
            .write_all(
                format!("{request} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n").as_bytes(),
            )
            .expect("written");
        let mut answer = String::new();
        control.read_to_string(&mut answer).expect("UTF-8");
        answer
    }

    fn end(self) -> Ended {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let peak_kib = status
            .unwrap_or_default()
            .lines()
            .find_map(|line| {
                line.strip_prefix("VmHWM:")?
                    .split_whitespace()
                    .next()?
                    .parse()
                    .ok()
            })
            .unwrap_or_default();
        let output = self.child.wait_with_output().expect("it ends");
        drop(self.folder);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ended {
            code: output.status.code(),
            said: text(output.stdout) + &text(output.stderr),
            peak_kib,
        }
    }

    fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &process]).status();
        assert!(sent.expect("kill runs").success());
    }
}

/// A server that gives each connection to a function.
fn serve(each: fn(TcpStream)) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    thread::Builder::new()
        .spawn(move || {
            for connection in listener.incoming().flatten() {
                thread::Builder::new()
                    .spawn(move || each(connection))
                    .expect("a thread");
            }
        })
        .expect("a thread");
    address
}

/// Answers each request with 202, and with a reply where it is asked for one.
fn accept(connection: TcpStream) {
    let mut writer = connection.try_clone().expect("a second handle");
    let mut reader = BufReader::new(connection);
    loop {
        let (mut length, mut wants_reply) = (0, false);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a number");
            }
            wants_reply |= line.starts_with("x-reply");
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let answer = if wants_reply {
            format!("HTTP/1.1 200 OK\r\n{}", event("reply", "LONG", ""))
        } else {
            "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned()
        };
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The headers and the body of a signal in binary mode.
fn event(id: &str, signal: &str, more: &str) -> String {
    let body = SIGNAL.replace("LONG", signal);
    format!(
        "ce-specversion: 1.0\r\nce-id: {id}\r\nce-source: /ingenium/strategy/x\r\nce-type: ingenium.strategy.signal\r\n\
         ce-subject: AAPL\r\nce-time: 2020-01-03T00:00:00Z\r\nce-partitionkey: AAPL\r\ncontent-type: application/json\r\n\
         {more}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn post(connection: &mut TcpStream, event: &str) -> String {
    let request = format!("POST /ns/b HTTP/1.1\r\nhost: x\r\n{event}");
    connection.write_all(request.as_bytes()).expect("written");
    let mut answer = [0; 4096];
    let read = connection.read(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[test]
fn events_pass_and_are_judged() {
    let tap = Tap::start(serve(accept), &["--min-events", "3"]);
    let mut connection = tap.connect();
    assert!(post(&mut connection, &event("1", "LONG", "")).starts_with("HTTP/1.1 202"));
    let reply = post(&mut connection, &event("2", "SHORT", "x-reply: 1\r\n"));
    assert!(reply.contains("ce-id: reply"), "{reply}");
    drop(connection);
    let report = tap.ask("POST /stop");
    assert!(report.starts_with("HTTP/1.1 200"), "{report}");
    let ended = tap.end();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(report.contains("\"conformant\":true"), "{report}");
    assert!(
        ended
            .said
            .contains("3 events and 0 other messages on 1 connections"),
        "{}",
        ended.said
    );
}

/// Telemetry on the same line is no broken event; JSON where events go is one.
#[test]
fn what_is_no_event_is_counted_and_not_judged() {
    let tap = Tap::start(serve(accept), &[]);
    let other = |connection: &mut TcpStream, path: &str, media_type: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        connection.write_all(request.as_bytes()).expect("written");
        let mut answer = [0; 4096];
        assert!(connection.read(&mut answer).expect("an answer") > 0);
    };
    let mut connection = tap.connect();
    other(
        &mut connection,
        "/v1/traces",
        "application/x-protobuf",
        "abc",
    );
    other(&mut connection, "/v1/traces", "application/json", "{}");
    post(&mut connection, &event("1", "LONG", ""));
    drop(connection);
    let report = tap.ask("POST /stop");
    let ended = tap.end();
    assert_eq!(ended.code, Some(0), "{report} {}", ended.said);
    let counted = "1 events and 2 other messages on 1 connections";
    assert!(ended.said.contains(counted), "{}", ended.said);

    let tap = Tap::start(serve(accept), &[]);
    let mut connection = tap.connect();
    post(&mut connection, &event("1", "LONG", ""));
    other(&mut connection, "/ns/b", "application/json", SIGNAL);
    drop(connection);
    tap.ask("POST /stop");
    let ended = tap.end();
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(
        ended.said.contains("FAIL          ENV-01"),
        "{}",
        ended.said
    );
}

#[test]
fn what_is_wrong_is_told_while_it_runs() {
    let tap = Tap::start(serve(accept), &[]);
    let mut findings = TcpStream::connect(&tap.control).expect("the control answers");
    findings
        .write_all(b"GET /findings HTTP/1.1\r\nhost: x\r\n\r\n")
        .expect("written");
    let mut findings = BufReader::new(findings);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        findings.read_line(&mut line).expect("a head");
    }
    let mut connection = tap.connect();
    post(&mut connection, &event("1", "MAYBE", ""));
    let mut told = String::new();
    while !told.contains("PAY-04") {
        let mut line = String::new();
        let read = findings.read_line(&mut line).expect("a finding");
        assert!(read > 0, "{told}");
        told.push_str(&line);
    }
    assert!(
        told.contains("event: finding") && told.contains("MAYBE"),
        "{told}"
    );
    tap.signal("INT");
    let ended = tap.end();
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(
        ended.said.contains("FAIL          PAY-04"),
        "{}",
        ended.said
    );
}

#[test]
fn what_was_asked_for_must_pass() {
    let tap = Tap::start(serve(accept), &["--inactivity-timeout", "1"]);
    let ended = tap.end();
    assert_eq!(ended.code, Some(5), "{}", ended.said);
    let options = [
        "--require-types",
        "ingenium.strategy.signal,ingenium.portfolio.order",
        "--fail-on-coverage-below",
        "50",
        "--min-events",
        "2",
    ];
    let tap = Tap::start(serve(accept), &options);
    post(&mut tap.connect(), &event("1", "LONG", ""));
    let mut looks = 0;
    while !tap
        .ask("GET /healthz")
        .contains("\"ingenium.strategy.signal\":1")
    {
        looks += 1;
        assert!(looks < 600, "the signal is not counted");
        thread::sleep(Duration::from_millis(10));
    }
    tap.signal("TERM");
    let ended = tap.end();
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    for problem in [
        "no event of the type ingenium.portfolio.order passed",
        "1 events passed, expected at least 2",
        "% of the contract passed, expected at least 50 %",
    ] {
        assert!(ended.said.contains(problem), "{problem}: {}", ended.said);
    }
    let called = crate::program::ingenium(&[
        "tap",
        "--listen",
        "127.0.0.1:0",
        "--forward",
        "https://127.0.0.1:1",
    ]);
    assert_eq!(called.code, 2, "{called:?}");
    assert!(called.stderr.contains("TLS"), "{called:?}");
}

/// Whatever passes arrives as it was sent, both ways, also after one side has nothing more to say.
#[test]
fn every_byte_passes() {
    let echo = serve(|mut connection| {
        let mut all = Vec::new();
        connection.read_to_end(&mut all).expect("bytes");
        connection.write_all(&all).expect("written");
    });
    let tap = Tap::start(echo, &["--fail-on", "never"]);
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut connection = tap.connect();
    let mut writer = connection.try_clone().expect("a second handle");
    let sent = bytes.clone();
    let writing = thread::Builder::new()
        .spawn(move || {
            writer.write_all(&sent).expect("written");
            writer.shutdown(Shutdown::Write).expect("half closed");
        })
        .expect("a thread");
    let mut echoed = Vec::new();
    connection.read_to_end(&mut echoed).expect("bytes");
    writing.join().expect("written");
    assert!(echoed == bytes, "{} bytes came back", echoed.len());
    let mut looks = 0;
    while !tap.ask("GET /healthz").contains("\"opaque\":1") {
        looks += 1;
        assert!(looks < 600, "nothing strange was seen");
        thread::sleep(Duration::from_millis(10));
    }
    tap.signal("TERM");
    assert_eq!(tap.end().code, Some(5));
}

/// A judge that is slower than the line lets it pass, counts what it misses, and takes no more memory for it.
#[test]
fn what_is_not_judged_fails_the_run() {
    let tap = Tap::start(
        serve(|mut connection| {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(1..) = connection.read(&mut buffer) {}
        }),
        // Whatever is forgiven: half a stream is not.
        &["--fail-on", "never"],
    );
    let members: String = (0..30_000)
        .map(|n| format!("\"a{n}\":\"\\u00e9\","))
        .collect();
    let body = format!("{{{members}\"specversion\":\"1.0\"}}");
    let request = format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/cloudevents+json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = tap.connect();
    for _ in 0..400 {
        connection.write_all(request.as_bytes()).expect("it passes");
    }
    drop(connection);
    let mut looks = 0;
    while !tap.ask("GET /healthz").contains("\"lost\":1") {
        looks += 1;
        assert!(looks < 600, "nothing was lost");
        thread::sleep(Duration::from_millis(100));
    }
    tap.signal("TERM");
    thread::sleep(Duration::from_millis(50));
    let ended = tap.end();
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(
        ended.said.contains("were not judged to their end"),
        "{}",
        ended.said
    );
    assert!(ended.peak_kib < 256 * 1024, "{} KiB", ended.peak_kib);
}
