//! What is collected, read by a strict reader of the format, against what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use ingenium_broker::trigger::Delivery;
use ingenium_broker::{Broker, Config, Handle, Limits, Mode, Retention};
use ingenium_runtime::environment::Environment;
use ingenium_runtime::http::Response;

use crate::rig::{BROKER, NAMESPACE, Sender, Subscriber, trigger, until};

/// A family: its type, its help, and its samples by name and labels.
#[derive(Debug, Default)]
struct Family {
    type_: String,
    help: String,
    samples: BTreeMap<(String, BTreeMap<String, String>), f64>,
}

/// Reads the text format 0.0.4: a family is a HELP line, a TYPE line and its samples, each once and together.
fn read(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n') && !text.contains('\r'), "{text}");
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help");
            let next = lines.next().expect("a type");
            let type_ = next
                .strip_prefix("# TYPE ")
                .and_then(|rest| rest.strip_prefix(name))
                .and_then(|rest| rest.strip_prefix(' '))
                .unwrap_or_else(|| panic!("`{next}` is no type of `{name}`"));
            assert!(["counter", "gauge", "histogram"].contains(&type_), "{next}");
            name.clone_into(&mut current);
            let family = Family {
                type_: type_.to_owned(),
                help: help.to_owned(),
                samples: BTreeMap::new(),
            };
            let before = families.insert(current.clone(), family);
            assert!(before.is_none(), "`{name}` comes twice");
            continue;
        }
        let (name, labels, value) = sample(line);
        let family = families.get_mut(&current).expect("a family");
        let suffixes: &[&str] = match family.type_.as_str() {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        let is_of_it = name
            .strip_prefix(&current)
            .is_some_and(|suffix| suffixes.contains(&suffix));
        assert!(is_of_it, "`{line}` is not of `{current}`");
        if family.type_ != "gauge" {
            assert!(value >= 0.0, "{line}");
        }
        let before = family.samples.insert((name, labels), value);
        assert!(before.is_none(), "`{line}` comes twice");
    }
    families
}

/// Reads `name{label="value",…} number`.
fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let end = line
        .find(|character: char| !(character.is_ascii_alphanumeric() || "_:".contains(character)))
        .expect("a value");
    let (name, mut rest) = line.split_at(end);
    assert!(!name.is_empty(), "{line}");
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once("=\"").expect("a label");
            let mut value = String::new();
            let mut characters = after.char_indices();
            let end = loop {
                match characters.next().expect("the value ends") {
                    (at, '"') => break at,
                    (_, '\\') => match characters.next().expect("an escape").1 {
                        'n' => value.push('\n'),
                        escaped @ ('\\' | '"') => value.push(escaped),
                        other => panic!("`\\{other}` in {line}"),
                    },
                    (_, character) => value.push(character),
                }
            };
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            rest = &after[end + 1..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        rest = &rest[1..];
    }
    let number = rest.strip_prefix(' ').expect("a space");
    let value = number.parse().unwrap_or_else(|_| panic!("{line}"));
    (name.to_owned(), labels, value)
}

struct Scrape(BTreeMap<String, Family>);

impl Scrape {
    async fn of(sender: &Sender) -> Self {
        let answer = sender.request("GET", "/metrics", &[], "").await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("content-type"),
            Some(&b"text/plain; version=0.0.4; charset=utf-8"[..])
        );
        Self(read(std::str::from_utf8(&answer.body).expect("UTF-8")))
    }

    /// A sample of `ingenium_broker_…`, 0 when it is not there.
    fn get(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let name = format!("ingenium_broker_{name}");
        let labels: BTreeMap<String, String> = labels
            .iter()
            .map(|(label, value)| ((*label).to_owned(), (*value).to_owned()))
            .collect();
        let samples = self.0.values().flat_map(|family| &family.samples);
        let mut found = samples.filter(|((other, set), _)| *other == name && *set == labels);
        found.next().map_or(0.0, |(_, value)| *value)
    }

    fn triggers(&self) -> BTreeSet<&str> {
        let samples = self.0.values().flat_map(|family| family.samples.keys());
        samples
            .filter_map(|(_, labels)| labels.get("trigger"))
            .map(String::as_str)
            .collect()
    }
}

async fn broker(folder: &Path, limits: Limits, retention: Retention) -> Handle {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let path = folder.join("broker.db");
    let mut config = Config::new(path, listen, NAMESPACE, BROKER, Mode::Fifo);
    config.limits = limits;
    config.retention = retention;
    let broker = Broker::open(config).await.expect("the broker opens");
    broker.start_dispatch();
    broker
}

#[tokio::test]
async fn what_was_sent_is_what_is_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let retention = Retention {
        age: Some(Duration::from_millis(1)),
        size: None,
    };
    let measured = broker(folder.path(), Limits::default(), retention).await;
    let sender = Sender::to(&measured);
    let empty = Scrape::of(&sender).await;
    assert_eq!(empty.get("log_last_offset", &[]), 0.0);
    assert_eq!(empty.get("log_first_offset", &[]), 1.0);

    let sound = Subscriber::start().await;
    // Fails twice, then takes it; refuses number 4; never takes number 7.
    let sick = Subscriber::answering(|delivered, before| {
        Response::empty(match (delivered.id.as_str(), before) {
            ("4", _) => 422,
            ("7", _) | (_, 0 | 1) => 503,
            _ => 202,
        })
    })
    .await;
    let patient = Delivery {
        retry: 1000,
        delay: Duration::from_millis(1),
        policy: ingenium_runtime::backoff::Policy::Linear,
        ..Delivery::default()
    };
    for trigger in [
        trigger("sound", &sound),
        trigger("sick", &sick).with_delivery(patient),
    ] {
        measured.apply_trigger(trigger).await.expect("a trigger");
    }
    for id in 1..=10 {
        let (id, key) = (id.to_string(), format!("key-{id}"));
        sender
            .accepted(&id, &[("ce-partitionkey", &key)], "{}")
            .await;
        sender
            .accepted(&id, &[("ce-partitionkey", &key)], "{}")
            .await;
    }
    assert_eq!(sender.event("1", &[], "{\"other\":1}").await.status, 422);
    assert_eq!(sender.event("", &[], "{}").await.status, 400);
    until("all but one are over", async || {
        let counts = measured.counts();
        (counts.delivered, counts.dead_letters) == (18, 1)
    })
    .await;
    until("retention waits", async || {
        measured.retention_blocked_by().is_some()
    })
    .await;
    until("the sound one is through", async || {
        measured.lag()["sound"] == 0
    })
    .await;

    // Eight that were settled and one that was given up had sixteen together: the one that is open counts as well.
    until("retries of an open delivery are counted", async || {
        let scrape = Scrape::of(&sender).await;
        scrape.get("delivery_retries_total", &[("trigger", "sick")]) > 16.0
    })
    .await;
    let scrape = Scrape::of(&sender).await;
    let count = |name: &str, labels: &[(&str, &str)]| scrape.get(name, labels);
    for (name, labels, value) in [
        (
            "ingress_requests_total",
            &[("result", "accepted")][..],
            20.0,
        ),
        ("ingress_requests_total", &[("result", "refused")], 2.0),
        ("ingress_requests_total", &[("result", "unavailable")], 0.0),
        ("events_stored_total", &[], 10.0),
        ("events_known_total", &[], 10.0),
        (
            "deliveries_total",
            &[("trigger", "sound"), ("result", "settled")],
            10.0,
        ),
        (
            "deliveries_total",
            &[("trigger", "sick"), ("result", "settled")],
            8.0,
        ),
        (
            "deliveries_total",
            &[("trigger", "sick"), ("result", "dead_letter")],
            1.0,
        ),
        ("delivery_retries_total", &[("trigger", "sound")], 0.0),
        ("deliveries_open", &[], 1.0),
        ("trigger_lag_events", &[("trigger", "sound")], 0.0),
        ("trigger_lag_events", &[("trigger", "sick")], 4.0),
        (
            "trigger_oldest_unsettled_seconds",
            &[("trigger", "sound")],
            0.0,
        ),
        ("queue_length", &[], 0.0),
        ("queue_limit", &[], 1024.0),
        ("log_readers", &[], 0.0),
        ("log_readers_limit", &[], 100.0),
        ("commit_failures_total", &[], 0.0),
        ("store_failed", &[], 0.0),
        ("log_first_offset", &[], 7.0),
        ("log_last_offset", &[], 10.0),
        ("retention_removed_events_total", &[], 6.0),
        ("retention_blocked", &[], 1.0),
    ] {
        assert_eq!(count(name, labels), value, "{name} {labels:?}");
    }
    let age = count("trigger_oldest_unsettled_seconds", &[("trigger", "sick")]);
    assert!(age > 0.0 && age < 60.0, "{age}");
    let (used, file) = (
        count("store_used_bytes", &[]),
        count("store_file_bytes", &[]),
    );
    assert!(used > 0.0 && used <= file, "{used} of {file}");
    let commits = count("commit_seconds_count", &[]);
    assert_eq!(commits, 10.0, "one each: the sender waits");
    assert_eq!(commits, count("commit_seconds_bucket", &[("le", "+Inf")]));
    let mut below = 0.0;
    for le in ["0.0001", "0.001", "0.01", "0.1", "1", "2.5", "+Inf"] {
        let bucket = count("commit_seconds_bucket", &[("le", le)]);
        assert!(bucket >= below, "{le}");
        below = bucket;
    }
    assert!(count("commit_seconds_sum", &[]) > 0.0);
    page(&scrape);
    let refused = sender.request("POST", "/metrics", &[], "").await;
    assert_eq!(refused.status, 405);
    measured.shutdown().await;
    sound.stop().await;
    sick.stop().await;
}

/// The reference has each family with its type, its labels and its help, and no other.
fn page(scrape: &Scrape) {
    let mut page = String::from(
        "# What the broker measures\n\n`GET /metrics` of the embedded broker, in the text format 0.0.4 of Prometheus. Written by \
         the tests from what it says:\n`INGENIUM_BLESS=1 cargo test -p ingenium-broker metrics`.\n\nCounters begin at zero with \
         each process. The first 1,000 triggers have a label of their own, the others share\n`other`: their counters are summed, \
         of their states the worst counts. No label comes from an event.\n\n| Name | Type | Labels | What |\n|---|---|---|---|\n",
    );
    for (name, family) in &scrape.0 {
        let labels: BTreeSet<&str> = family
            .samples
            .keys()
            .flat_map(|(_, labels)| labels.keys().map(String::as_str))
            .filter(|label| *label != "le")
            .collect();
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = if labels.is_empty() {
            "–".to_owned()
        } else {
            labels.join(", ")
        };
        page += &format!(
            "| `{name}` | {} | {labels} | {} |\n",
            family.type_, family.help
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/broker-metrics.md");
    if Environment::of_process().get("INGENIUM_BLESS") == Some("1") {
        std::fs::write(&path, &page).expect("written");
    }
    let kept = std::fs::read_to_string(&path).expect("a page");
    assert_eq!(
        kept, page,
        "run `INGENIUM_BLESS=1 cargo test -p ingenium-broker metrics`"
    );
}

#[tokio::test]
async fn triggers_beyond_the_limit_share_a_label() {
    assert_eq!(Limits::default().trigger_labels, 1000);
    let folder = tempfile::tempdir().expect("a folder");
    let limits = Limits {
        trigger_labels: 2,
        ..Limits::default()
    };
    let measured = broker(folder.path(), limits, Retention::default()).await;
    let sender = Sender::to(&measured);
    let subscriber = Subscriber::start().await;
    for name in ["a", "b", "c", "d"] {
        let added = measured.apply_trigger(trigger(name, &subscriber)).await;
        added.expect("a trigger");
    }
    // The labels are those that came first.
    let scrape = Scrape::of(&sender).await;
    assert_eq!(scrape.triggers(), BTreeSet::from(["a", "b", "other"]));
    for id in 0..5 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    subscriber.wait(20).await;
    until("all are over", async || measured.counts().delivered == 20).await;
    let scrape = Scrape::of(&sender).await;
    assert_eq!(scrape.triggers(), BTreeSet::from(["a", "b", "other"]));
    for (trigger, settled) in [("a", 5.0), ("other", 10.0)] {
        let labels = [("trigger", trigger), ("result", "settled")];
        assert_eq!(scrape.get("deliveries_total", &labels), settled);
    }
    // A trigger that comes and goes does not make room for others.
    measured.delete_trigger("a").await.expect("deleted");
    let added = measured.apply_trigger(trigger("e", &subscriber)).await;
    added.expect("a trigger");
    let scrape = Scrape::of(&sender).await;
    assert_eq!(scrape.triggers(), BTreeSet::from(["a", "b", "other"]));
    measured.shutdown().await;
    subscriber.stop().await;
}
