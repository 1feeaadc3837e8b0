//! The log read along, as server-sent events.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use ingenium_broker::{Broker, Config, Handle, Mode, Recording, Retention};
use ingenium_contract::{SpecVersions, envelope};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::http::opened::Opened;

use crate::rig::{BROKER, NAMESPACE, PATIENCE, Sender, broker, until};

/// One block of the stream: id, type, data; the latter two where it is an event.
type Block = (String, Option<(String, String)>);

/// A reader of the log.
struct Along {
    opened: Opened,
    text: String,
}

impl Along {
    async fn open(broker: SocketAddr, query: &str, headers: &[(&str, &str)]) -> Self {
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let url = format!("http://{broker}{}{query}", path());
        let opened = Client::new().open("GET", &url, &headers, PATIENCE).await;
        Self {
            opened: opened.expect("a head"),
            text: String::new(),
        }
    }

    /// The next block; `None` at the end of the stream.
    async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let mut read = (String::new(), None);
                let mut type_ = String::new();
                for line in block.lines() {
                    match line.split_once(": ") {
                        Some(("id", id)) => id.clone_into(&mut read.0),
                        Some(("event", name)) => name.clone_into(&mut type_),
                        Some(("data", data)) => read.1 = Some((type_.clone(), data.to_owned())),
                        _ => assert!(line.starts_with(':'), "{line}"),
                    }
                }
                self.text = rest.to_owned();
                return Some(read);
            }
            let piece = self.opened.next(PATIENCE).await.expect("no error")?;
            self.text += std::str::from_utf8(&piece).expect("UTF-8");
        }
    }

    /// The next event: its offset and what it is.
    async fn event(&mut self) -> Option<(u64, StoredData)> {
        loop {
            if let (id, Some((type_, data))) = self.block().await? {
                let read =
                    envelope::read_structured(&data.into_bytes().into(), SpecVersions::V03AndV1);
                let event = read.expect("an event").event;
                assert_eq!(event.type_, type_);
                let data = event.data.map(|data| data.bytes().clone());
                return Some((id.parse().expect("an offset"), (event.id, data)));
            }
        }
    }

    /// The offsets of all events up to the end of the stream.
    async fn offsets(mut self) -> Vec<u64> {
        let mut offsets = Vec::new();
        while let Some((offset, _)) = self.event().await {
            offsets.push(offset);
        }
        offsets
    }
}

type StoredData = (String, Option<Bytes>);

fn path() -> String {
    format!("/apis/ingenium.example/v1/namespaces/{NAMESPACE}/brokers/{BROKER}/events")
}

async fn with(folder: &Path, set: impl FnOnce(&mut Config)) -> Handle {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let path = folder.join("broker.db");
    let mut config = Config::new(path, listen, NAMESPACE, BROKER, Mode::Fifo);
    set(&mut config);
    Broker::open(config).await.expect("the broker opens")
}

/// Five events, a minute apart, every second of type `even`.
async fn five(broker: &Handle) {
    let sender = Sender::to(broker);
    for number in 1..=5 {
        let time = format!("2026-01-02T03:0{number}:00Z");
        let type_ = if number % 2 == 0 { "even" } else { "odd" };
        let headers = [("ce-time", time.as_str()), ("ce-type", type_)];
        let data = format!("{{ \"n\":\t{number} }}");
        sender.accepted(&number.to_string(), &headers, &data).await;
    }
}

#[tokio::test]
async fn a_part_of_the_log_is_read_by_place_time_and_filter() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = broker(folder.path(), Mode::Fifo).await;
    five(&running).await;
    let even = "&filter=%5B%7B%22exact%22%3A%7B%22type%22%3A%22even%22%7D%7D%5D";
    let cesql = "&filter=[{%22cesql%22:%22type+=+'odd'+AND+id+%3C%3E+'3'%22}]";
    for (query, after, expected) in [
        ("?from=earliest&to=head", "", &[1, 2, 3, 4, 5][..]),
        ("?from=3&to=head", "", &[3, 4, 5]),
        ("?from=2&to=4", "", &[2, 3, 4]),
        ("?from=4&to=2", "", &[]),
        ("?to=head", "", &[]),
        ("?from=2026-01-02T03:04:00Z&to=head", "", &[4, 5]),
        ("?from=2026-01-02T03%3A04%3A00Z&to=5", "", &[4, 5]),
        ("?from=2027-01-01T00:00:00Z&to=head", "", &[]),
        (&format!("?from=1&to=head{even}"), "", &[2, 4]),
        (&format!("?from=1&to=head{cesql}"), "", &[1, 5]),
        ("?from=1&to=head&filter=[]", "", &[1, 2, 3, 4, 5]),
        ("?from=1&to=head", "3", &[4, 5]),
        ("?to=head", "0", &[1, 2, 3, 4, 5]),
        ("?to=head", "7", &[]),
    ] {
        let after = ("last-event-id", after);
        let headers = if after.1.is_empty() {
            vec![]
        } else {
            vec![after]
        };
        let along = Along::open(running.address(), query, &headers).await;
        assert_eq!(along.opened.status, 200, "{query}");
        let media_type = along.opened.header("content-type");
        assert_eq!(media_type, Some(&b"text/event-stream"[..]));
        assert!(along.opened.header("ingenium-to").is_some(), "{query}");
        assert_eq!(along.offsets().await, expected, "{query} {after:?}");
    }
    // What no event told of, the last block does: it was read to the end.
    let query = "?from=1&to=5&filter=[{%22exact%22:{%22type%22:%22none%22}}]";
    let mut along = Along::open(running.address(), query, &[]).await;
    assert_eq!(along.block().await, Some(("0".to_owned(), None)));
    assert_eq!(along.block().await, Some(("5".to_owned(), None)));
    assert_eq!(along.block().await, None);
    running.shutdown().await;

    let file = folder.path().join("broker.db");
    let recording = Recording::open(&file).expect("a file");
    for (from, expected) in [
        ("earliest", &[1, 2, 3, 4, 5][..]),
        ("latest", &[]),
        ("4", &[4, 5]),
        ("2026-01-02T03:04:00Z", &[4, 5]),
        ("2027-01-02T03:04:00Z", &[]),
    ] {
        let from = from.parse().expect("a start");
        let position = recording.position(&from).expect("read");
        let mut offsets = Vec::new();
        let each = |offset, _: &_| {
            offsets.push(offset);
            Ok::<(), ingenium_broker::Error>(())
        };
        let head = recording.head().expect("read");
        recording.for_each(position, head, each).expect("read");
        assert_eq!(offsets, expected, "{from:?}");
    }
}

#[tokio::test]
async fn data_comes_byte_by_byte_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&running);
    let datas: &[(&str, &[(&str, &str)])] = &[
        ("{ \"a\":1.0e0,\"a\\u0062\":\"\\n\" }", &[]),
        ("{\r\n\t\"a\": [\n1\n]\r}\n", &[]),
        (
            "id: 7\n\ndata: no\r\n\r\n",
            &[("content-type", "text/plain")],
        ),
        ("", &[]),
    ];
    for (number, (data, headers)) in datas.iter().enumerate() {
        sender.accepted(&number.to_string(), headers, data).await;
    }
    let mut along = Along::open(running.address(), "?from=1", &[]).await;
    for (number, (data, _)) in datas.iter().enumerate() {
        let (_, (id, found)) = along.event().await.expect("an event");
        assert_eq!(id, number.to_string());
        assert_eq!(found.unwrap_or_default(), data.as_bytes(), "{data}");
    }
    drop(along);
    running.shutdown().await;
}

#[tokio::test]
async fn a_reader_hears_of_what_comes_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&running);
    sender.accepted("old", &[], "1").await;
    let mut along = Along::open(running.address(), "", &[]).await;
    // The place comes before any event: nothing that is stored between two connections is lost.
    let (id, event) = along.block().await.expect("a place");
    assert_eq!((id.as_str(), event), ("1", None));
    sender.accepted("new", &[], "2").await;
    assert_eq!(along.event().await.expect("an event").0, 2);
    drop(along);
    sender.accepted("between", &[], "3").await;
    let after = [("last-event-id", id.as_str())];
    let mut along = Along::open(running.address(), "", &after).await;
    assert_eq!(along.event().await.expect("an event").0, 2);
    assert_eq!(along.event().await.expect("an event").0, 3);
    // A stream ends with its broker.
    let (ended, ()) = tokio::join!(along.block(), running.shutdown());
    assert_eq!(ended, None);
}

#[tokio::test]
async fn a_reader_that_is_slow_gets_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = with(folder.path(), |config| config.limits.recent = 4).await;
    let slow = Along::open(running.address(), "?from=1&to=1000", &[]).await;
    let mut quick = Along::open(running.address(), "?from=1&to=1000", &[]).await;
    let sender = Sender::to(&running);
    // More than a socket and a server hold back: it is read from the disk.
    let data = format!("\"{}\"", "x".repeat(16 * 1024));
    for number in 1..=1000_u64 {
        sender.accepted(&number.to_string(), &[], &data).await;
        assert_eq!(quick.event().await.expect("an event").0, number);
    }
    let expected: Vec<u64> = (1..=1000).collect();
    assert_eq!(slow.offsets().await, expected);
    running.shutdown().await;
}

#[tokio::test]
async fn readers_are_as_many_as_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = with(folder.path(), |config| config.limits.readers = 2).await;
    let sender = Sender::to(&running);
    let first = Along::open(running.address(), "", &[]).await;
    let second = Along::open(running.address(), "", &[]).await;
    assert_eq!((first.opened.status, second.opened.status), (200, 200));
    let refused = sender.request("GET", &path(), &[], "").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some(&b"5"[..]));
    assert!(String::from_utf8_lossy(&refused.body).contains("limits.readers"));
    // A mistake takes no place.
    assert_eq!(
        sender
            .request("GET", &format!("{}?from=0", path()), &[], "")
            .await
            .status,
        400
    );
    drop(first);
    until("a place is free", async || {
        let query = format!("{}?to=0", path());
        sender.request("GET", &query, &[], "").await.status == 200
    })
    .await;
    drop(second);
    running.shutdown().await;
}

#[tokio::test]
async fn what_is_removed_is_not_passed_over_in_silence() {
    let folder = tempfile::tempdir().expect("a folder");
    let retention = Retention {
        age: Some(Duration::from_millis(1)),
        size: None,
    };
    let running = with(folder.path(), |config| config.retention = retention).await;
    five(&running).await;
    until("all but the last event are removed", async || {
        running.counts().removed == 4
    })
    .await;
    let sender = Sender::to(&running);
    let query = format!("{}?to=head", path());
    let gone = sender
        .request("GET", &query, &[("last-event-id", "2")], "")
        .await;
    assert_eq!(gone.status, 410);
    let detail = String::from_utf8_lossy(&gone.body).into_owned();
    assert!(
        detail.contains("after offset 2 are removed up to 4"),
        "{detail}"
    );
    for (query, after) in [("?from=2&to=head", None), ("?to=head", Some("4"))] {
        let headers: Vec<_> = after.map(|id| ("last-event-id", id)).into_iter().collect();
        let along = Along::open(running.address(), query, &headers).await;
        assert_eq!(along.offsets().await, [5], "{query}");
    }
    running.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&running);
    for (query, named) in [
        ("?from=0", "`from`: `0` is no start; set `latest`"),
        ("?from=yesterday", "`yesterday` is no start"),
        ("?from=", "`` is no start"),
        ("?from", "`` is no start"),
        ("?to=tail", "`to`: `tail` is no end; send `head`"),
        ("?to=-1", "`-1` is no end"),
        (
            "?From=1",
            "`query`: `From` is not known here; did you mean `from`?",
        ),
        ("?from=1&from=2", "`from`: it stands twice"),
        ("?filter=%FF", "`filter`: it is not UTF-8"),
        ("?filter={", "`filter`: it is no JSON"),
        ("?filter={}", "`filter`: "),
        ("?filter=[{%22exakt%22:{}}]", "`filter[0].exakt`"),
        ("?filter=[{%22cesql%22:%22a+LIKE%22}]", "`filter[0].cesql"),
    ] {
        let answer = sender
            .request("GET", &format!("{}{query}", path()), &[], "")
            .await;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 400, "{query}: {body}");
        assert!(body.contains("\"invalid_query\""), "{query}: {body}");
        assert!(body.contains(named), "{query}: {body}");
    }
    for id in ["", "x", "-1", "1.0"] {
        let answer = sender
            .request("GET", &path(), &[("last-event-id", id)], "")
            .await;
        assert_eq!(answer.status, 400, "{id}");
    }
    let other = path().replace(&format!("/{BROKER}/"), "/other/");
    for (method, path, status) in [
        ("POST", path(), 405),
        ("HEAD", path(), 405),
        ("GET", other, 404),
        ("GET", path().replace(NAMESPACE, "elsewhere"), 404),
    ] {
        let answer = sender.request(method, &path, &[], "").await;
        assert_eq!(answer.status, status, "{method} {path}");
    }
    running.shutdown().await;
}

/// Whoever waits behind a proxy has to see that the connection lives; and an operator, that somebody waits.
#[tokio::test]
async fn a_reader_of_a_quiet_log_hears_that_it_is_quiet() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    five(&broker).await;
    let mut along = Along::open(broker.address(), "?from=latest", &[]).await;
    assert_eq!(
        along.block().await,
        Some(("5".to_owned(), None)),
        "where it starts"
    );
    let scrape = async || {
        let answer = Sender::to(&broker)
            .request("GET", "/metrics", &[], "")
            .await;
        String::from_utf8(answer.body.to_vec()).expect("UTF-8")
    };
    assert!(scrape().await.contains("\ningenium_broker_log_readers 1\n"));
    let quiet = tokio::time::Instant::now();
    assert_eq!(
        along.block().await,
        Some(("5".to_owned(), None)),
        "a heartbeat"
    );
    let waited = quiet.elapsed().as_secs();
    assert!((10..25).contains(&waited), "after {waited} s");
    drop(along);
    until("its place is free", async || {
        scrape().await.contains("\ningenium_broker_log_readers 0\n")
    })
    .await;
    broker.shutdown().await;
}
