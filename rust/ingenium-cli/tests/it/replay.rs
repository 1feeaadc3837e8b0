//! `ingenium run ingestor/replay`: what a broker has stored, or a recording of it, said once more.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use ingenium_contract::{CloudEvent, SpecVersions, envelope};
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::fingerprint::{Line, fingerprint};
use serde_json::{Value, json};

use crate::program::{Called, command, ingenium};

const ALL: [&str; 5] = [
    "ingenium.ingestor.data",
    "ingenium.strategy.signal",
    "ingenium.portfolio.order",
    "ingenium.portfolio.cancel",
    "ingenium.executor.execution",
];

/// Runs `ingestor/replay` with `config` before a sink that takes everything, and gives back what it took.
fn replayed(folder: &Path, config: &Value) -> (Called, Vec<CloudEvent>) {
    let file = folder.join("replay.json");
    fs::write(&file, config.to_string()).expect("write");
    let taken: Arc<Mutex<Vec<CloudEvent>>> = Arc::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .expect("a port");
    let sink = format!("http://{}/", listener.local_addr().expect("an address"));
    let record = Arc::clone(&taken);
    let handle = move |request: Request| {
        let record = Arc::clone(&record);
        async move {
            let headers = request.header_slices();
            let read = envelope::read(&headers, &request.body, SpecVersions::V1);
            record
                .lock()
                .expect("lock")
                .push(read.expect("an event").event);
            Response::empty(202)
        }
    };
    let served = server::serve(listener, handle, Limits::default(), Shutdown::manual());
    runtime.spawn(served);
    let mut child = command();
    child
        .args(["run", "ingestor/replay", "--config"])
        .arg(&file)
        .env("K_SINK", sink);
    // On the same thread: the sink answers while the child is awaited.
    let output = runtime.block_on(async { tokio::process::Command::from(child).output().await });
    let output = output.expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let called = Called {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    };
    let taken = taken.lock().expect("lock").clone();
    (called, taken)
}

fn print(events: &[CloudEvent]) -> String {
    let lines = events.iter().map(|event| {
        let data = event.data.as_ref().expect("data").bytes().to_vec();
        let time = event
            .time
            .as_ref()
            .and_then(ingenium_contract::Time::instant);
        Line::new(&event.type_, event.subject.as_deref(), time, Some(&data)).expect("JSON")
    });
    fingerprint(lines.collect())
}

#[test]
fn a_store_and_its_recording_are_the_run_once_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("run").display().to_string();
    let fixed = ["up", "--exit-when-done", "--format", "jsonl", "--port", "0"];
    let run = ["--bars", "60", "--data-dir", &data];
    let called = ingenium(&[&fixed[..], &run].concat());
    assert_eq!(called.code, 0, "{called:?}");
    let last = called.stdout.lines().next_back().expect("a summary");
    let summary: Value = serde_json::from_str(last).expect("JSON");

    let store = folder.path().join("run/broker.db");
    let shell = Command::new("sqlite3")
        .arg(&store)
        .arg("select json from event_json order by offset")
        .output()
        .expect("sqlite3 runs: `cargo xtask setup` installs it");
    let recording = folder.path().join("run.ndjson");
    fs::write(&recording, &shell.stdout).expect("write");
    let recorded: Vec<CloudEvent> = shell
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let line = line.to_vec().into();
            let read = envelope::read_structured(&line, SpecVersions::V1);
            read.expect("an event").event
        })
        .collect();

    for file in [&store, &recording] {
        // Every event with every attribute, its data byte by byte.
        let (called, all) = replayed(folder.path(), &json!({"file": file, "types": ALL}));
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(all, recorded);
        assert_eq!(summary["fingerprint"], print(&all));
        // By default, what came from outside.
        let (called, roots) = replayed(folder.path(), &json!({"file": file}));
        assert_eq!(called.code, 0, "{called:?}");
        let mut expected = recorded.clone();
        expected.retain(|event| event.type_ == "ingenium.ingestor.data");
        assert_eq!(roots, expected);
        assert_eq!(roots.len(), 180);
    }
}

#[test]
fn nothing_is_posted_of_what_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let bar = |id: &str, symbol: &str| {
        json!({
            "specversion": "1.0", "id": id, "source": "/x", "type": "ingenium.ingestor.data",
            "datacontenttype": "application/json", "time": "2020-01-02T00:00:00Z",
            "data": {
                "Symbol": symbol, "Timestamp": "2020-01-01T00:00:00Z", "Type": "ohlc",
                "Data": {"Open": "1", "High": "1", "Low": "1", "Close": "1", "Volume": "1"},
            },
        })
    };
    let other = json!({"specversion": "1.0", "id": "o", "source": "/x", "type": "ingenium.strategy.signal"});
    let write = |text: String| {
        let file = folder.path().join("events.ndjson");
        fs::write(&file, text).expect("write");
        file
    };
    let good = bar("1", "A");
    // An event of another type is left out, whatever its data are.
    let file = write(format!("{good}\n\n{other}\n{}\n", bar("2", "A")));
    let (called, taken) = replayed(folder.path(), &json!({"file": file, "speed": "1000000"}));
    assert_eq!((called.code, taken.len()), (0, 2), "{called:?}");

    for (second, parts) in [
        ("{".to_owned(), &["line or offset 3", "events.ndjson"][..]),
        (r#"{"specversion":"1.0"}"#.to_owned(), &["line or offset 3"]),
        (bar("2", "A B").to_string(), &["line or offset 3", "A B"]),
    ] {
        let file = write(format!("{good}\n\n{second}\nnonsense\n"));
        let (called, taken) = replayed(folder.path(), &json!({"file": file}));
        assert_eq!((called.code, taken.len()), (2, 0), "{called:?}");
        for part in parts.iter().chain(&["and 1 more"]) {
            assert!(called.stderr.contains(part), "{part}: {called:?}");
        }
    }
    // No store of a broker.
    let file = folder.path().join("other.db");
    let made = Command::new("sqlite3")
        .arg(&file)
        .arg("create table t (x)")
        .status()
        .expect("sqlite3 runs");
    assert!(made.success());
    for (file, part) in [
        (json!(file), "event_json"),
        (json!(folder.path().join("none")), "none"),
        (Value::Null, "`file`"),
    ] {
        let (called, taken) = replayed(folder.path(), &json!({"file": file}));
        assert_eq!((called.code, taken.len()), (2, 0), "{called:?}");
        assert!(called.stderr.contains(part), "{part}: {called:?}");
    }
}
