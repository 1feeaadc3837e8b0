//! Profile `kafka` beside what Knative's Kafka data plane was seen to do: the same requests, byte for byte.
//!
//! `tests/knative/README.md` says where the records come from. What differs on purpose stands in `differences.json`
//! with its reason; a difference that is not listed fails, and so does a listed one that is none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ingenium_broker::Mode;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::rig::{PATIENCE, Sender, Subscriber, broker, trigger};

/// The records of one subject.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    row: String,
    #[serde(rename = "title")]
    _title: String,
    cases: Vec<Case>,
}

/// One request, and what came of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    #[serde(default)]
    request: String,
    /// Where the request is no UTF-8.
    request_base64: Option<String>,
    status: u16,
    delivered: Option<Delivered>,
    /// It was acknowledged and never delivered.
    #[serde(default)]
    lost: bool,
    /// It was acknowledged, and nobody looked at what was delivered.
    #[serde(default)]
    unrecorded: bool,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Delivered {
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    body_base64: Option<String>,
}

/// What this broker does otherwise, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    /// Reasons by name.
    reasons: BTreeMap<String, String>,
    /// By row and case: the reason's name, and what happens here.
    cases: BTreeMap<String, BTreeMap<String, (String, String)>>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/knative")
}

/// Headers of a delivery that belong to the connection or are the same in each.
///
/// A real data plane names a span of its own in `traceparent`.
const NOT_COMPARED: [&str; 8] = [
    "traceparent",
    "host",
    "user-agent",
    "content-length",
    "prefer",
    "kn-namespace",
    "ce-knativekafkapartition",
    "ce-knativekafkaoffset",
];

impl Case {
    fn bytes(&self) -> Vec<u8> {
        match &self.request_base64 {
            Some(text) => STANDARD.decode(text).expect("base64"),
            None => self.request.clone().into_bytes(),
        }
    }
}

/// Sends bytes on a connection of their own; the status of the answer.
async fn exchange(broker: &ingenium_broker::Handle, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(broker.address()).await.expect("listens");
    stream.write_all(bytes).await.expect("written");
    let mut head = Vec::new();
    let reading = async {
        let mut chunk = [0; 1024];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut chunk).await.expect("readable");
            assert_ne!(read, 0, "the connection ends without an answer");
            head.extend_from_slice(&chunk[..read]);
        }
    };
    timeout(PATIENCE, reading).await.expect("an answer");
    let status = String::from_utf8_lossy(&head[9..12]).into_owned();
    status.parse().expect("a status")
}

/// What happens here where the record says something else; `None` where it is the same.
fn difference(case: &Case, status: u16, delivered: Option<&Delivered>) -> Option<String> {
    if status != case.status {
        return Some(format!("{status} rather than {}", case.status));
    }
    match (&case.delivered, delivered) {
        (Some(recorded), Some(found)) if recorded == found => None,
        (Some(recorded), Some(found)) if recorded.headers != found.headers => {
            let other: Vec<String> = found
                .headers
                .iter()
                .filter(|(name, value)| recorded.headers.get(*name) != Some(value))
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let gone = recorded
                .headers
                .keys()
                .filter(|name| !found.headers.contains_key(*name));
            let gone = gone.map(|name| format!("no {name}"));
            Some(other.into_iter().chain(gone).collect::<Vec<_>>().join(", "))
        }
        (Some(_), Some(found)) => Some(format!("body {}", found.body)),
        (None, Some(_)) if case.lost => Some("delivered".to_owned()),
        (None, _) => None,
        (Some(_), None) => Some("not delivered".to_owned()),
    }
}

fn found(request: &ingenium_runtime::http::Request) -> Delivered {
    let headers = request
        .headers
        .iter()
        .filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()))
        .collect();
    match String::from_utf8(request.body.to_vec()) {
        Ok(body) => Delivered {
            headers,
            body,
            body_base64: None,
        },
        Err(_) => Delivered {
            headers,
            body: String::new(),
            body_base64: Some(STANDARD.encode(&request.body)),
        },
    }
}

/// Plays the cases of a row; what differs.
async fn play(row: &Row) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    assert_eq!(Sender::to(&broker).class("Kafka").await, 200);
    let subscriber = Subscriber::start().await;
    broker
        .apply_trigger(trigger("all", &subscriber))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    let mut differences = BTreeMap::new();
    let mut deliveries = 0;
    for case in &row.cases {
        let stored = broker.counts().stored;
        let status = exchange(&broker, &case.bytes()).await;
        let mut delivered = None;
        if broker.counts().stored > stored {
            deliveries += 1;
            subscriber.wait(deliveries).await;
            delivered = subscriber.delivered().pop().map(|one| found(&one.request));
        }
        let is_told = case.delivered.is_some() || case.lost || case.unrecorded;
        assert_eq!(is_told, case.status == 202, "{}, {}", row.row, case.case);
        if let Some(differs) = difference(case, status, delivered.as_ref()) {
            let old = differences.insert(case.case.clone(), differs);
            assert_eq!(old, None, "`{}` stands twice in {}", case.case, row.row);
        }
    }
    broker.shutdown().await;
    subscriber.stop().await;
    differences
}

#[tokio::test]
async fn the_kafka_profile_does_what_was_seen_or_says_why_not() {
    let differences = std::fs::read(folder().join("differences.json")).expect("there");
    let differences: Differences = serde_json::from_slice(&differences).expect("differences");
    let (mut cases, mut found) = (0, BTreeMap::new());
    for entry in std::fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_row = path
            .extension()
            .is_some_and(|extension| extension == "json")
            && !path.ends_with("differences.json");
        if !is_row {
            continue;
        }
        let row: Row = serde_json::from_slice(&std::fs::read(&path).expect("readable"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        cases += row.cases.len();
        let differs = play(&row).await;
        if !differs.is_empty() {
            found.insert(row.row, differs);
        }
    }
    let flat = |rows: &BTreeMap<String, BTreeMap<String, String>>| -> BTreeSet<String> {
        let cases = rows.iter().flat_map(|(row, cases)| {
            cases
                .iter()
                .map(move |(case, what)| format!("{row}, {case}: {what}"))
        });
        cases.collect()
    };
    let listed = differences.cases.into_iter().map(|(row, cases)| {
        let cases = cases.into_iter().map(|(case, (reason, what))| {
            assert!(
                differences.reasons.contains_key(&reason),
                "{row}, {case}: no reason `{reason}`"
            );
            (case, what)
        });
        let cases = cases.collect();
        (row, cases)
    });
    let (found, listed) = (flat(&found), flat(&listed.collect()));
    let unlisted: Vec<&String> = found.difference(&listed).collect();
    assert_eq!(unlisted, [""; 0], "differ, and are not listed");
    let gone: Vec<&String> = listed.difference(&found).collect();
    assert_eq!(gone, [""; 0], "are listed, and do not differ");
    assert_eq!((cases, found.len()), (328, 125), "records, differences");
}
