//! Order per key, under failures, and positions.

use std::collections::BTreeMap;
use std::time::Duration;

use ingenium_broker::Mode;
use ingenium_broker::trigger::Delivery;
use ingenium_runtime::http::Response;

use crate::rig::{PATIENCE, Sender, Subscriber, broker, trigger, until};

fn impatient() -> Delivery {
    Delivery {
        retry: 50,
        delay: Duration::from_micros(10),
        ..Delivery::default()
    }
}

#[tokio::test]
async fn each_key_stays_in_order_under_a_failing_subscriber() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    // Every third event fails twice first.
    let subscriber = Subscriber::answering(|delivered, before| {
        let number: u32 = delivered
            .id
            .rsplit('-')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a number");
        Response::empty(if number.is_multiple_of(3) && before < 2 {
            503
        } else {
            202
        })
    })
    .await;
    broker
        .apply_trigger(trigger("t", &subscriber).with_delivery(impatient()))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    let sender = Sender::to(&broker);
    let (keys, events) = (20, 15);
    for number in 0..events {
        for key in 0..keys {
            let key = format!("k{key}");
            sender
                .accepted(
                    &format!("{key}-{number}"),
                    &[("ce-partitionkey", &key)],
                    "{}",
                )
                .await;
        }
    }
    broker.end_input();
    tokio::time::timeout(PATIENCE, broker.wait_done())
        .await
        .expect("all is settled");
    let mut first: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for id in subscriber.ids() {
        let (key, number) = id.split_once('-').expect("a key");
        let numbers = first.entry(key.to_owned()).or_default();
        let number = number.parse().expect("a number");
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    assert_eq!(first.len(), keys);
    for (key, numbers) in first {
        assert_eq!(numbers, (0..events).collect::<Vec<u32>>(), "{key}");
    }
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_sick_key_leaves_the_others_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let subscriber = Subscriber::answering(|delivered, _| {
        Response::empty(if delivered.id.starts_with("sick") {
            503
        } else {
            202
        })
    })
    .await;
    broker
        .apply_trigger(trigger("t", &subscriber))
        .await
        .expect("a trigger");
    broker.start_dispatch();
    let sender = Sender::to(&broker);
    for number in 0..100 {
        sender
            .accepted(
                &format!("sick-{number}"),
                &[("ce-partitionkey", &format!("sick{}", number % 50))],
                "{}",
            )
            .await;
    }
    for number in 0..20 {
        sender
            .accepted(
                &format!("well-{number}"),
                &[("ce-partitionkey", "well")],
                "{}",
            )
            .await;
    }
    until("the other key is served", async || {
        broker.counts().delivered == 20
    })
    .await;
    assert!(
        subscriber
            .ids()
            .iter()
            .all(|id| !id.starts_with("sick") || id.len() <= 7)
    );
    broker.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_subscriber_that_comes_back_elsewhere_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    let before = Subscriber::start().await;
    first
        .apply_trigger(trigger("t", &before).with_delivery(impatient()))
        .await
        .expect("a trigger");
    first.start_dispatch();
    let sender = Sender::to(&first);
    sender.accepted("1", &[], "{}").await;
    until("the first is settled", async || {
        first.counts().delivered == 1
    })
    .await;
    assert_eq!(before.ids(), ["1"]);
    before.stop().await;
    sender.accepted("2", &[], "{}").await;
    first.shutdown().await;

    let second = broker(folder.path(), Mode::Fifo).await;
    let after = Subscriber::start().await;
    second
        .apply_trigger(trigger("t", &after).with_delivery(impatient()))
        .await
        .expect("a trigger");
    second.start_dispatch();
    Sender::to(&second).accepted("3", &[], "{}").await;
    second.end_input();
    tokio::time::timeout(PATIENCE, second.wait_done())
        .await
        .expect("all is settled");
    assert_eq!(after.ids(), ["2", "3"]);
    assert_eq!(second.counts().delivered, 3);
    second.shutdown().await;
    after.stop().await;
}
