//! What a subscriber gets, and what its answers lead to.

use std::time::Duration;

use ingenium_broker::Mode;
use ingenium_broker::trigger::Delivery;
use ingenium_runtime::http::Response;

use crate::rig::{Sender, Subscriber, broker, trigger, until};

fn quick(retry: u32) -> Delivery {
    Delivery {
        retry,
        delay: Duration::from_millis(1),
        timeout: Some(Duration::from_millis(300)),
        ..Delivery::default()
    }
}

fn header(request: &ingenium_runtime::http::Request, name: &str) -> Option<String> {
    request
        .header(name)
        .map(|value| String::from_utf8_lossy(value).into_owned())
}

#[tokio::test]
async fn the_attributes_text_and_the_datas_bytes_arrive() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::start().await;
    broker
        .apply_trigger(trigger("t", &subscriber).with_type("wanted"))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    let sender = Sender::to(&broker);
    sender.accepted("other", &[], "{}").await;
    let data = "{ \"Price\" : 1.10 }";
    let extra = [
        ("ce-type", "wanted"),
        ("ce-time", "2020-01-01T00:00:00.120Z"),
        ("ce-subject", "a%20%C3%BC%25"),
    ];
    sender.accepted("1", &extra, data).await;
    let structured =
        r#"{"specversion":"1.0","id":"2","source":"/s","type":"wanted","n":7,"data":{"a":1.0 }}"#;
    let headers = [("content-type", "application/cloudevents+json")];
    assert_eq!(
        sender
            .request("POST", "/ns/b", &headers, structured)
            .await
            .status,
        202
    );
    subscriber.wait(2).await;
    let delivered = subscriber.delivered();
    let find = |id: &str| {
        delivered
            .iter()
            .find(|one| one.id == id)
            .expect("delivered")
            .request
            .clone()
    };
    let first = find("1");
    assert_eq!(first.body, data);
    for (name, value) in [
        ("ce-time", "2020-01-01T00:00:00.120Z"),
        ("ce-subject", "a%20%C3%BC%25"),
        ("content-type", "application/json"),
        ("prefer", "reply"),
        ("kn-namespace", "ns"),
    ] {
        assert_eq!(header(&first, name).as_deref(), Some(value), "{name}");
    }
    let second = find("2");
    assert_eq!(second.body, r#"{"a":1.0 }"#);
    assert_eq!(header(&second, "ce-n").as_deref(), Some("7"));
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn retriable_answers_are_retried_and_others_given_up_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    // The id says what to answer first.
    let subscriber = Subscriber::acting(|delivered, before| async move {
        match delivered.id.as_str() {
            _ if before == 2 => Response::empty(202),
            "silence" => std::future::pending().await,
            "text" => Response::with_body(200, "text/plain", "done"),
            status => Response::empty(status.parse().expect("a status")),
        }
    })
    .await;
    broker
        .apply_trigger(trigger("t", &subscriber).with_delivery(quick(2)))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    let sender = Sender::to(&broker);
    let retried = ["404", "408", "409", "429", "500", "503", "silence"];
    let given_up = [
        "400", "401", "403", "413", "415", "422", "301", "303", "307", "text",
    ];
    for id in retried.iter().chain(&given_up).chain(&["200", "204"]) {
        sender.accepted(id, &[("ce-subject", id)], "{}").await;
    }
    broker.end_input();
    tokio::time::timeout(crate::rig::PATIENCE, broker.wait_done())
        .await
        .expect("all is settled");
    let ids = subscriber.ids();
    let attempts = |id: &str| ids.iter().filter(|other| *other == id).count();
    for id in retried {
        assert_eq!(attempts(id), 3, "{id}");
    }
    for id in given_up {
        assert_eq!(attempts(id), 1, "{id}");
    }
    let letters = broker.dead_letters().await.expect("readable");
    let mut dead: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
    dead.sort_unstable();
    let mut expected = given_up;
    expected.sort_unstable();
    assert_eq!(dead, expected);
    let letter = letters
        .iter()
        .find(|letter| letter.id == "422")
        .expect("given up");
    assert_eq!(
        (letter.trigger.as_str(), letter.status, letter.attempts),
        ("t", Some(422), 1)
    );
    let counts = broker.counts();
    assert_eq!(
        (counts.delivered, counts.dead_letters, counts.open),
        (9, 10, 0)
    );
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_dead_letter_sink_is_told_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber =
        Subscriber::answering(|_, _| Response::with_body(422, "text/plain", "x".repeat(2000)))
            .await;
    let sink = Subscriber::start().await;
    let delivery = Delivery {
        dead_letter_sink: Some(sink.url()),
        ..quick(0)
    };
    broker
        .apply_trigger(trigger("t", &subscriber).with_delivery(delivery))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    Sender::to(&broker).accepted("1", &[], r#"{"a":1}"#).await;
    sink.wait(1).await;
    let letter = sink.delivered().remove(0).request;
    assert_eq!(header(&letter, "ce-id").as_deref(), Some("1"));
    assert_eq!(
        header(&letter, "ce-knativeerrordest"),
        Some(subscriber.url())
    );
    assert_eq!(
        header(&letter, "ce-knativeerrorcode").as_deref(),
        Some("422")
    );
    // The first 1024 bytes in base64.
    assert_eq!(
        header(&letter, "ce-knativeerrordata").map(|data| data.len()),
        Some(1368)
    );
    assert_eq!(letter.body, r#"{"a":1}"#);
    broker.shutdown().await;
    subscriber.stop().await;
    sink.stop().await;
}

#[tokio::test]
async fn replies_come_back_and_conflicting_ones_fail_the_delivery() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::answering(|delivered, _| {
        let id = if delivered.id == "conflict" {
            "taken"
        } else {
            "reply"
        };
        Response::with_body(200, "application/json", "{\"reply\":true}")
            .header("ce-specversion", "1.0")
            .header("ce-id", id)
            .header("ce-source", "/replies")
            .header("ce-type", "reply")
    })
    .await;
    let listener = Subscriber::start().await;
    broker
        .apply_trigger(trigger("asked", &subscriber).with_type("test.event"))
        .await
        .expect("a trigger");
    broker
        .apply_trigger(trigger("told", &listener).with_type("reply"))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    let sender = Sender::to(&broker);
    sender.accepted("1", &[], "{}").await;
    listener.wait(1).await;
    assert_eq!(listener.delivered()[0].request.body, "{\"reply\":true}");
    sender
        .accepted(
            "taken",
            &[("ce-source", "/replies"), ("ce-type", "x")],
            "{}",
        )
        .await;
    sender.accepted("conflict", &[], "{}").await;
    until("the reply is refused", async || {
        broker.counts().dead_letters == 1
    })
    .await;
    let letters = broker.dead_letters().await.expect("readable");
    assert!(letters[0].reason.contains("taken"), "{}", letters[0]);
    broker.shutdown().await;
    subscriber.stop().await;
    listener.stop().await;
}
