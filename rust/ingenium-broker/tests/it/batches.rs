//! Several events in one delivery, where the trigger asks for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ingenium_broker::trigger::Delivery;
use ingenium_broker::{Handle, Mode, Trigger};
use ingenium_runtime::http::Response;
use serde_json::Value;

use crate::rig::{Delivered, PATIENCE, Sender, Subscriber, broker, trigger};

const BATCH: &str = "ingenium.example/batch";

fn batched(subscriber: &Subscriber, size: &str) -> Trigger {
    trigger("t", subscriber)
        .with_annotation(BATCH, size)
        .with_annotation("ingenium.example/start", "earliest")
        .with_delivery(Delivery {
            retry: 1,
            delay: Duration::from_millis(1),
            ..Delivery::default()
        })
}

/// The ids that a delivery carries.
fn ids(one: &Delivered) -> Vec<String> {
    if one.request.header("content-type") != Some(b"application/cloudevents-batch+json") {
        return vec![one.id.clone()];
    }
    let events: Vec<Value> = serde_json::from_slice(&one.request.body).expect("a batch");
    let ids = events.iter().map(|event| {
        assert_eq!(event["ingeniumreplay"], "true");
        event["id"].as_str().expect("an id").to_owned()
    });
    ids.collect()
}

async fn settled(broker: &Handle) {
    broker.end_input();
    tokio::time::timeout(PATIENCE, broker.wait_done())
        .await
        .expect("all is settled");
}

async fn publish(broker: &Handle, count: usize, data: &str) {
    let sender = Sender::to(broker);
    for number in 0..count {
        let key = format!("key{}", number % 3);
        let id = number.to_string();
        sender
            .accepted(&id, &[("ce-partitionkey", &key)], data)
            .await;
    }
}

#[tokio::test]
async fn a_trigger_gets_as_many_as_it_asks_for_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::start().await;
    publish(&broker, 50, r#"{"price":"1.10"}"#).await;
    broker
        .apply_trigger(batched(&subscriber, "16"))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    settled(&broker).await;
    let delivered: Vec<Vec<String>> = subscriber.delivered().iter().map(ids).collect();
    let sizes: Vec<usize> = delivered.iter().map(Vec::len).collect();
    assert_eq!(sizes, [16, 16, 16, 2]);
    let expected: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    assert_eq!(delivered.concat(), expected);
    assert_eq!(broker.counts().delivered, 50);
    let body = String::from_utf8_lossy(&subscriber.delivered()[0].request.body).into_owned();
    assert!(body.contains(r#""data":{"price":"1.10"}"#), "{body}");
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_batch_has_no_more_than_a_recipient_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::start().await;
    publish(&broker, 6, &format!("\"{}\"", "x".repeat(200_000))).await;
    broker
        .apply_trigger(batched(&subscriber, "1000"))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    settled(&broker).await;
    let sizes: Vec<usize> = subscriber
        .delivered()
        .iter()
        .map(|one| ids(one).len())
        .collect();
    assert_eq!(sizes, [2, 2, 2]);
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_batch_that_is_refused_goes_one_by_one_and_one_that_fails_comes_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let subscriber = Subscriber::answering(move |one, _| {
        if down.swap(false, Ordering::Relaxed) {
            return Response::empty(503);
        }
        let refused = ids(one).iter().any(|id| id == "5");
        Response::empty(if refused { 422 } else { 202 })
    })
    .await;
    publish(&broker, 12, "{}").await;
    broker
        .apply_trigger(batched(&subscriber, "8"))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    settled(&broker).await;
    let sizes: Vec<usize> = subscriber
        .delivered()
        .iter()
        .map(|one| ids(one).len())
        .collect();
    assert_eq!(sizes, [8, 8, 1, 1, 1, 1, 1, 1, 1, 1, 4]);
    let letters = broker.dead_letters().await.expect("readable");
    let dead: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
    assert_eq!(dead, ["5"]);
    assert_eq!(broker.counts().delivered, 11);
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_batch_that_nobody_takes_is_given_up_event_by_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::answering(|_, _| Response::empty(500)).await;
    let sink = Subscriber::start().await;
    publish(&broker, 3, "{}").await;
    let mut trigger = batched(&subscriber, "8");
    if let Some(delivery) = &mut trigger.delivery {
        delivery.dead_letter_sink = Some(sink.url());
    }
    broker.apply_trigger(trigger).await.expect("a trigger");
    broker.start_dispatch();
    settled(&broker).await;
    assert_eq!(subscriber.delivered().len(), 2, "the batch, twice");
    assert_eq!(sink.ids(), ["0", "1", "2"]);
    for size in ["0", "1001", "-1", "many"] {
        let refused = broker.apply_trigger(batched(&subscriber, size)).await;
        let refused = refused.expect_err("no size").to_string();
        assert!(
            refused.contains("set an integer from 1 to 1000"),
            "{refused}"
        );
    }
    broker.shutdown().await;
    subscriber.stop().await;
    sink.stop().await;
}

#[tokio::test]
async fn a_reply_to_a_batch_has_the_fewest_passes_of_its_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::answering(|one, _| {
        let first = ids(one).first().cloned().unwrap_or_default();
        Response::with_body(200, "application/json", "{}")
            .header("ce-specversion", "1.0")
            .header("ce-id", &format!("reply-to-{first}"))
            .header("ce-source", "/loop")
            .header("ce-type", "a.reply")
    })
    .await;
    let sender = Sender::to(&broker);
    for (id, left) in [("0", "9"), ("1", "1"), ("2", "9"), ("3", "9")] {
        sender
            .accepted(id, &[("ce-knativebrokerttl", left)], "{}")
            .await;
    }
    let trigger = batched(&subscriber, "3").with_type("test.event");
    broker.apply_trigger(trigger).await.expect("a trigger");
    broker.start_dispatch();
    settled(&broker).await;
    // The reply to the first three has no pass left, that to the fourth has.
    let letters = broker.dead_letters().await.expect("readable");
    let dead: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
    assert_eq!(dead, ["1"]);
    let mut stored = Vec::new();
    let read = broker.for_each_event(|event| stored.push(event.event.id.clone()));
    read.await.expect("readable");
    assert_eq!(stored, ["0", "1", "2", "3", "reply-to-3"]);
    assert_eq!(broker.counts().delivered, 3);
    broker.shutdown().await;
    subscriber.stop().await;
}
