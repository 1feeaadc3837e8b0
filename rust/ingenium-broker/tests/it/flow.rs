//! Subscribers that are slow or dead, and the others beside them.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use ingenium_broker::{Broker, Config, Handle, Limits, Mode};

use crate::rig::{BROKER, NAMESPACE, Sender, Subscriber, broker, trigger, until};

/// Publishes events with a key each, many at a time.
async fn publish(broker: &Handle, count: usize) {
    let sender = Sender::to(broker);
    let senders = (0..16).map(|first| {
        let sender = sender.clone();
        tokio::spawn(async move {
            for number in (first..count).step_by(16) {
                let id = number.to_string();
                sender
                    .accepted(&id, &[("ce-partitionkey", &id)], "{}")
                    .await;
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("no panic");
    }
}

/// A broker with a subscriber that never answers, `stuck`, and one that does, `good`.
async fn stuck_and_good(
    folder: &Path,
    in_flight: usize,
    window: usize,
) -> (Handle, Subscriber, Subscriber) {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let limits = Limits {
        in_flight,
        window,
        drain: Duration::from_millis(50),
        ..Limits::default()
    };
    let path = folder.join("broker.db");
    let config = Config {
        limits,
        ..Config::new(path, listen, NAMESPACE, BROKER, Mode::Fifo)
    };
    let broker = Broker::open(config).await.expect("the broker opens");
    let stuck = Subscriber::acting(|_, _| std::future::pending()).await;
    let good = Subscriber::start().await;
    for (name, subscriber) in [("stuck", &stuck), ("good", &good)] {
        let trigger = trigger(name, subscriber);
        broker.apply_trigger(trigger).await.expect("a trigger");
    }
    broker.start_dispatch();
    (broker, stuck, good)
}

#[tokio::test]
async fn a_subscriber_that_never_answers_harms_no_other() {
    const EVENTS: usize = 1500;
    const IN_FLIGHT: usize = 8;
    let folder = tempfile::tempdir().expect("a folder");
    let (broker, stuck, good) = stuck_and_good(folder.path(), IN_FLIGHT, 64).await;
    publish(&broker, EVENTS).await;
    good.wait(EVENTS).await;
    until("the good one is done", async || broker.lag()["good"] == 0).await;
    assert_eq!(broker.lag()["stuck"], EVENTS as u64);
    assert_eq!(stuck.ids().len(), IN_FLIGHT, "attempts that are open");
    broker.shutdown().await;
    good.stop().await;
}

#[tokio::test]
async fn large_events_that_wait_are_few_in_memory() {
    const EVENTS: usize = 40;
    /// So many have 8 MiB together, each with what its attributes take.
    const IN_MEMORY: usize = 17;
    let folder = tempfile::tempdir().expect("a folder");
    let (broker, stuck, good) = stuck_and_good(folder.path(), EVENTS, 1024).await;
    let sender = Sender::to(&broker);
    let data = format!("\"{}\"", "x".repeat(500 * 1024));
    for number in 0..EVENTS {
        let id = number.to_string();
        sender
            .accepted(&id, &[("ce-partitionkey", &id)], &data)
            .await;
    }
    good.wait(EVENTS).await;
    until("the good one is done", async || broker.lag()["good"] == 0).await;
    assert_eq!(stuck.ids().len(), IN_MEMORY, "attempts that are open");
    broker.shutdown().await;
    good.stop().await;
}

#[tokio::test]
async fn a_long_log_that_a_trigger_takes_little_of_holds_up_none_of_its_deliveries() {
    const OTHERS: usize = 40_000;
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    let wanted = async |id: &str, key: &str| {
        let headers = [("ce-type", "wanted"), ("ce-partitionkey", key)];
        sender.accepted(id, &headers, "{}").await;
    };
    let ids: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    for id in &ids {
        wanted(id, "one").await;
    }
    for batch in 0..OTHERS / 5_000 {
        let events: Vec<_> = (0..5_000)
            .map(|number| {
                serde_json::json!({"specversion": "1.0", "id": format!("{batch}-{number}"), "source": "/test", "type": "other"})
            })
            .collect();
        let batch = [("content-type", "application/cloudevents-batch+json")];
        let path = format!("/{NAMESPACE}/{BROKER}");
        let body = serde_json::Value::from(events).to_string();
        let answer = sender.request("POST", &path, &batch, &body).await;
        assert_eq!(answer.status, 202);
    }
    wanted("last", "other").await;
    let subscriber = Subscriber::start().await;
    let trigger = trigger("t", &subscriber)
        .with_type("wanted")
        .with_annotation(ingenium_broker::trigger::START, "earliest");
    broker.apply_trigger(trigger).await.expect("a trigger");
    broker.start_dispatch();
    subscriber.wait(ids.len() + 1).await;
    // The next of a key comes when the one before it is settled, not when the end of the log is reached.
    assert_eq!(subscriber.ids()[..ids.len()], ids);
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn triggers_that_are_behind_catch_up_side_by_side() {
    const EVENTS: usize = 600;
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let (one, other) = (Subscriber::start().await, Subscriber::start().await);
    for (name, subscriber) in [("one", &one), ("other", &other)] {
        let trigger = trigger(name, subscriber);
        broker.apply_trigger(trigger).await.expect("a trigger");
    }
    publish(&broker, EVENTS).await;
    broker.start_dispatch();
    one.wait(EVENTS / 2).await;
    let behind = other.ids().len();
    assert!(behind > EVENTS / 10, "only {behind} beside {}", EVENTS / 2);
    other.wait(EVENTS).await;
    broker.shutdown().await;
    one.stop().await;
    other.stop().await;
}
