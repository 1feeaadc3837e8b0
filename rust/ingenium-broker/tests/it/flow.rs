//! Subscribers that are slow or dead, and the others beside them.

use std::net::{Ipv4Addr, SocketAddr};

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

#[tokio::test]
async fn a_subscriber_that_never_answers_harms_no_other() {
    const EVENTS: usize = 1500;
    const IN_FLIGHT: usize = 8;
    let folder = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let path = folder.path().join("broker.db");
    let limits = Limits {
        in_flight: IN_FLIGHT,
        window: 64,
        drain: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
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
    publish(&broker, EVENTS).await;
    good.wait(EVENTS).await;
    until("the good one is done", async || broker.lag()["good"] == 0).await;
    assert_eq!(broker.lag()["stuck"], EVENTS as u64);
    assert_eq!(stuck.ids().len(), IN_FLIGHT, "attempts that are open");
    broker.shutdown().await;
    good.stop().await;
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
