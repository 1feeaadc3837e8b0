//! What the three profiles do otherwise, and what all of them do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ingenium_broker::Mode;
use ingenium_broker::trigger::{Delivery, Format};
use ingenium_runtime::http::{Request, Response};
use tokio::sync::{Mutex, Semaphore};

use crate::rig::{PATIENCE, Sender, Subscriber, broker, trigger, until};

const CLASSES: [&str; 3] = ["Ingenium", "Kafka", "MTChannelBasedBroker"];

/// A broker of a class, and who sends to it.
struct Fixture {
    _folder: tempfile::TempDir,
    broker: ingenium_broker::Handle,
    sender: Sender,
}

impl Fixture {
    async fn of(class: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let broker = broker(folder.path(), Mode::Fifo).await;
        let sender = Sender::to(&broker);
        assert_eq!(sender.class(class).await, 200, "{class}");
        broker.start_dispatch();
        Self {
            _folder: folder,
            broker,
            sender,
        }
    }

    async fn trigger(&self, subscriber: &Subscriber, delivery: Delivery) {
        let trigger = trigger("t", subscriber).with_delivery(delivery);
        self.broker.apply_trigger(trigger).await.expect("a trigger");
    }

    /// Waits until every event is settled.
    async fn settled(&self) {
        self.broker.end_input();
        tokio::time::timeout(PATIENCE, self.broker.wait_done())
            .await
            .expect("all is settled");
    }
}

fn quick(retry: u32) -> Delivery {
    Delivery {
        retry,
        delay: Duration::from_millis(1),
        ..Delivery::default()
    }
}

fn header(request: &Request, name: &str) -> Option<String> {
    request
        .header(name)
        .map(|value| String::from_utf8_lossy(value).into_owned())
}

#[tokio::test]
async fn requests_are_answered_as_each_broker_does() {
    let batch = [("content-type", "application/cloudevents-batch+json")];
    let probe = [("k-network-probe", "probe"), ("k-network-hash", "abc")];
    let worn_out = [
        ("ce-specversion", "1.0"),
        ("ce-id", "w"),
        ("ce-source", "/s"),
        ("ce-type", "t"),
        ("ce-knativebrokerttl", "0"),
    ];
    for (method, path, headers, statuses) in [
        ("OPTIONS", "/ns/b", &[][..], [200, 405, 200]),
        ("OPTIONS", "/ns/x", &[], [404, 405, 404]),
        ("GET", "/ns/b", &[], [405, 405, 405]),
        ("GET", "/ns/b", &probe, [200, 200, 200]),
        ("GET", "/ns/x", &probe, [404, 404, 404]),
        ("POST", "/ns/b", &batch, [202, 400, 400]),
        ("POST", "/ns", &[], [404, 404, 400]),
        ("POST", "/ns/b/x", &[], [404, 404, 400]),
        ("POST", "/ns/b/", &batch, [404, 400, 400]),
        ("POST", "/", &[], [404, 404, 404]),
        ("POST", "/ns/b?a=b", &batch, [202, 400, 404]),
        ("POST", "/ns/b", &worn_out, [400, 202, 400]),
    ] {
        for (class, status) in CLASSES.into_iter().zip(statuses) {
            let fixture = Fixture::of(class).await;
            let answer = fixture.sender.request(method, path, headers, "[]").await;
            assert_eq!(answer.status, status, "{class}: {method} {path}");
            if status == 200 && method == "OPTIONS" {
                assert_eq!(answer.header("webhook-allowed-rate"), Some(&b"*"[..]));
            }
            if status == 200 && method == "GET" {
                assert_eq!(answer.header("k-network-hash"), Some(&b"abc"[..]));
            }
            fixture.broker.shutdown().await;
        }
    }
}

#[tokio::test]
async fn a_batch_is_stored_whole_or_not_at_all() {
    let fixture = Fixture::of("Ingenium").await;
    let event = |id: &str, data: &str| {
        format!(r#"{{"specversion":"1.0","id":"{id}","source":"/s","type":"t","data":{data}}}"#)
    };
    let post = async |events: &[String]| {
        let headers = [(
            "content-type",
            "application/cloudevents-batch+json; charset=utf-8",
        )];
        let body = format!("[{}]", events.join(","));
        fixture
            .sender
            .request("POST", "/ns/b", &headers, &body)
            .await
    };
    let many: Vec<String> = (0..10_001).map(|_| "{}".to_owned()).collect();
    for (events, status, stored, named) in [
        (vec![], 202, 0, ""),
        (
            vec![event("1", "1"), event("2", "2"), event("1", "1")],
            202,
            2,
            "",
        ),
        (
            vec![event("3", "3"), event("2", "other")],
            400,
            2,
            "/1/data",
        ),
        (
            vec![event("3", "3"), event("2", "0"), event("4", "4")],
            422,
            2,
            "offset 2",
        ),
        (vec![event("3", "3"), event("2", "2")], 202, 3, ""),
        (vec![event("4", "4"), event("", "5")], 400, 3, "/1/id"),
        (many, 413, 3, "10001"),
    ] {
        let answer = post(&events).await;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{body}");
        assert!(body.contains(named), "{body}");
        assert_eq!(fixture.broker.counts().stored, stored);
    }
    // What was rolled back has left no gap.
    let mut offsets = Vec::new();
    let read = fixture
        .broker
        .for_each_event(|event| offsets.push((event.offset, event.event.id.clone())));
    read.await.expect("readable");
    let expected = [(1, "1"), (2, "2"), (3, "3")].map(|(offset, id)| (offset, id.to_owned()));
    assert_eq!(offsets, expected);
    fixture.broker.shutdown().await;
}

#[tokio::test]
async fn the_class_stays_until_the_broker_is_deleted() {
    let fixture = Fixture::of("Kafka").await;
    assert_eq!(fixture.sender.class("Ingenium").await, 400);
    assert_eq!(fixture.sender.class("Kafka").await, 200);
    assert_eq!(fixture.sender.class("Kafk").await, 400);
    let path = "/apis/eventing.knative.dev/v1/namespaces/ns/brokers/b";
    let deleted = fixture.sender.request("DELETE", path, &[], "").await;
    assert_eq!(deleted.status, 200);
    assert_eq!(fixture.sender.class("Ingenium").await, 200);
    fixture.broker.shutdown().await;
}

#[tokio::test]
async fn deliveries_carry_what_each_broker_adds() {
    for (class, added) in [
        ("Ingenium", &[][..]),
        (
            "Kafka",
            &[
                ("ce-knativekafkapartition", "4"),
                ("ce-knativekafkaoffset", "0"),
            ],
        ),
        ("MTChannelBasedBroker", &[("ce-knativearrivaltime", "")]),
    ] {
        let fixture = Fixture::of(class).await;
        let subscriber = Subscriber::start().await;
        let delivery = Delivery {
            format: Some(Format::Json),
            ..quick(0)
        };
        fixture.trigger(&subscriber, quick(0)).await;
        fixture
            .sender
            .accepted("1", &[("ce-partitionkey", "key0")], r#"{"a":1.10}"#)
            .await;
        subscriber.wait(1).await;
        let one = subscriber.delivered().remove(0).request;
        let mut names: Vec<&str> = one
            .headers
            .iter()
            .filter_map(|(name, _)| name.starts_with("ce-knative").then_some(name.as_str()))
            .collect();
        names.sort_unstable();
        let mut expected: Vec<&str> = added.iter().map(|(name, _)| *name).collect();
        expected.sort_unstable();
        assert_eq!(names, expected, "{class}");
        for (name, value) in added.iter().filter(|(_, value)| !value.is_empty()) {
            assert_eq!(header(&one, name).as_deref(), Some(*value), "{class}");
        }

        // `format: json` has no effect on Kafka.
        fixture.trigger(&subscriber, delivery).await;
        fixture.sender.accepted("2", &[], r#"{"a":1.10}"#).await;
        subscriber.wait(2).await;
        let two = subscriber.delivered().remove(1).request;
        let structured =
            header(&two, "content-type").as_deref() == Some("application/cloudevents+json");
        assert_eq!(structured, class != "Kafka", "{class}");
        let body = String::from_utf8_lossy(&two.body).into_owned();
        assert!(body.contains(r#"{"a":1.10}"#), "{body}");
        assert_eq!(body.contains(r#""id":"2""#), class != "Kafka", "{body}");
        fixture.broker.shutdown().await;
        subscriber.stop().await;
    }
}

#[tokio::test]
async fn the_same_event_again_is_stored_again_by_knatives_brokers() {
    for (class, stored, conflict) in [
        ("Ingenium", 1, 422),
        ("Kafka", 4, 202),
        ("MTChannelBasedBroker", 4, 202),
    ] {
        let fixture = Fixture::of(class).await;
        let subscriber = Subscriber::start().await;
        fixture.trigger(&subscriber, quick(0)).await;
        for _ in 0..3 {
            fixture.sender.accepted("1", &[], "{}").await;
        }
        let other = fixture.sender.event("1", &[], "[]").await;
        assert_eq!(other.status, conflict, "{class}");
        fixture.settled().await;
        assert_eq!(fixture.broker.counts().stored, stored, "{class}");
        assert_eq!(subscriber.ids().len() as u64, stored, "{class}");
        fixture.broker.shutdown().await;
        subscriber.stop().await;
    }
}

#[tokio::test]
async fn a_body_that_is_no_event_is_tried_again_by_channels_only() {
    for (class, attempts) in CLASSES.into_iter().zip([1, 1, 3]) {
        let fixture = Fixture::of(class).await;
        let subscriber =
            Subscriber::answering(|_, _| Response::with_body(200, "text/plain", "done")).await;
        fixture.trigger(&subscriber, quick(2)).await;
        fixture.sender.accepted("1", &[], "{}").await;
        fixture.settled().await;
        assert_eq!(subscriber.ids().len(), attempts, "{class}");
        assert_eq!(fixture.broker.counts().dead_letters, 1, "{class}");
        fixture.broker.shutdown().await;
        subscriber.stop().await;
    }
}

#[tokio::test]
async fn dead_letters_say_why_as_each_broker_does() {
    for (class, type_, data, reason) in [
        ("Ingenium", "test.event", 1368, None),
        ("Kafka", "other.type", 1368, Some("risk")),
        ("MTChannelBasedBroker", "test.event", 1024, None),
    ] {
        let fixture = Fixture::of(class).await;
        let subscriber = Subscriber::answering(|_, _| {
            Response::with_body(422, "text/plain", "x".repeat(2000))
                .header("kne-reason", "risk")
                .header("kne-type", "other.type")
                .header("kne-not-a-name", "x")
                .header("kne-empty", "")
        })
        .await;
        let sink = Subscriber::start().await;
        let delivery = Delivery {
            dead_letter_sink: Some(sink.url()),
            format: Some(Format::Json),
            ..quick(0)
        };
        fixture.trigger(&subscriber, delivery).await;
        fixture.sender.accepted("1", &[], "{}").await;
        sink.wait(1).await;
        let letter = sink.delivered().remove(0).request;
        let attribute = |name: &str| {
            let body: serde_json::Value = serde_json::from_slice(&letter.body).expect("JSON");
            match header(&letter, &format!("ce-{name}")) {
                Some(text) => serde_json::Value::String(text),
                None => body[name].clone(),
            }
        };
        let is_number = class == "MTChannelBasedBroker";
        assert_eq!(
            attribute("knativeerrorcode").is_number(),
            is_number,
            "{class}"
        );
        assert_eq!(attribute("knativeerrordest"), subscriber.url(), "{class}");
        assert_eq!(attribute("type"), type_, "{class}");
        let written = attribute("knativeerrordata");
        assert_eq!(written.as_str().map(str::len), Some(data), "{class}");
        assert_eq!(attribute("reason").as_str(), reason, "{class}");
        assert!(attribute("empty").is_null(), "{class}");
        fixture.broker.shutdown().await;
        subscriber.stop().await;
        sink.stop().await;
    }
}

#[tokio::test]
async fn a_loop_of_replies_ends_where_passes_are_counted() {
    const PASSES: usize = 255;
    for class in CLASSES {
        let fixture = Fixture::of(class).await;
        let count = Arc::new(AtomicUsize::new(0));
        let replies = Arc::clone(&count);
        let subscriber = Subscriber::answering(move |_, _| {
            let number = replies.fetch_add(1, Ordering::Relaxed);
            if number > PASSES + 20 {
                return Response::empty(202); // nobody else ends it on Kafka
            }
            Response::with_body(200, "application/json", "{}")
                .header("ce-specversion", "1.0")
                .header("ce-id", &format!("reply-{number}"))
                .header("ce-source", "/loop")
                .header("ce-type", "test.event")
        })
        .await;
        fixture.trigger(&subscriber, quick(0)).await;
        fixture.sender.accepted("1", &[], "{}").await;
        let ended = if class == "Kafka" {
            PASSES + 22
        } else {
            PASSES
        };
        subscriber.wait(ended).await;
        fixture.settled().await;
        assert_eq!(subscriber.ids().len(), ended, "{class}");
        let shown = subscriber.delivered();
        let shown = shown
            .iter()
            .any(|one| one.request.header("ce-knativebrokerttl").is_some());
        assert!(!shown, "{class}: the count stays in the broker");
        let dead = u64::from(class != "Kafka");
        assert_eq!(fixture.broker.counts().dead_letters, dead, "{class}");
        fixture.broker.shutdown().await;
        subscriber.stop().await;
    }
}

#[tokio::test]
async fn a_recipient_may_ask_for_a_pause_where_the_trigger_allows_it() {
    const ASKED: Duration = Duration::from_secs(1);
    for (class, allowed, honoured) in [
        ("Ingenium", Some(Duration::from_secs(5)), true),
        ("Ingenium", None, false),
        ("Kafka", Some(Duration::from_secs(5)), false),
        (
            "MTChannelBasedBroker",
            Some(Duration::from_millis(300)),
            false,
        ),
        ("MTChannelBasedBroker", Some(ASKED), true),
    ] {
        let fixture = Fixture::of(class).await;
        let subscriber = Subscriber::answering(|_, before| match before {
            0 => Response::empty(429).header("retry-after", "1"),
            _ => Response::empty(202),
        })
        .await;
        let delivery = Delivery {
            retry_after_max: allowed,
            ..quick(1)
        };
        fixture.trigger(&subscriber, delivery).await;
        fixture.sender.accepted("1", &[], "{}").await;
        subscriber.wait(1).await;
        let soon = tokio::time::timeout(ASKED / 2, subscriber.wait(2)).await;
        assert_eq!(soon.is_err(), honoured, "{class}, {allowed:?}");
        subscriber.wait(2).await;
        fixture.broker.shutdown().await;
        subscriber.stop().await;
    }
}

/// Who waits for whom while the first event of `key0` fails.
#[tokio::test]
async fn lanes_are_those_of_each_broker() {
    // Partition 4 has `key0` and `key17`, partition 0 `key1`.
    let (first, same_key, same_partition, other) = ("first", "same-key", "same-partition", "other");
    let keys = [
        (first, "key0"),
        (same_key, "key0"),
        (same_partition, "key17"),
        (other, "key1"),
    ];
    for (class, order, pass) in [
        ("Ingenium", None, &[same_partition, other][..]),
        ("Ingenium", Some("ordered"), &[same_partition, other]),
        (
            "Ingenium",
            Some("unordered"),
            &[same_key, same_partition, other],
        ),
        ("Kafka", None, &[same_key, same_partition, other]),
        ("Kafka", Some("ordered"), &[other]),
        (
            "MTChannelBasedBroker",
            Some("ordered"),
            &[same_key, same_partition, other],
        ),
    ] {
        let fixture = Fixture::of(class).await;
        let gate = Arc::new(Semaphore::new(0));
        let passed = Arc::new(Mutex::new(Vec::new()));
        let (held, seen) = (Arc::clone(&gate), Arc::clone(&passed));
        let subscriber = Subscriber::acting(move |delivered, _| {
            let (held, seen) = (Arc::clone(&held), Arc::clone(&seen));
            async move {
                if delivered.id == first {
                    drop(held.acquire().await);
                }
                seen.lock().await.push(delivered.id);
                Response::empty(202)
            }
        })
        .await;
        let mut trigger = trigger("t", &subscriber).with_delivery(quick(0));
        if let Some(order) = order {
            trigger = trigger.with_annotation("kafka.eventing.knative.dev/delivery.order", order);
        }
        fixture
            .broker
            .apply_trigger(trigger)
            .await
            .expect("a trigger");
        for (id, key) in keys {
            fixture
                .sender
                .accepted(id, &[("ce-partitionkey", key)], "{}")
                .await;
        }
        until("those that need not wait have passed", async || {
            passed.lock().await.len() >= pass.len()
        })
        .await;
        let mut before = passed.lock().await.clone();
        before.sort_unstable();
        let mut expected = pass.to_vec();
        expected.sort_unstable();
        assert_eq!(before, expected, "{class}, {order:?}");
        gate.add_permits(1);
        fixture.settled().await;
        assert_eq!(passed.lock().await.len(), keys.len(), "{class}, {order:?}");
        fixture.broker.shutdown().await;
        subscriber.stop().await;
    }
}
