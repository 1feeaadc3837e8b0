//! Where a new trigger starts, and how what it replays is marked.

use ingenium_broker::{Handle, Mode};
use ingenium_runtime::http::Request;

use crate::rig::{PATIENCE, Sender, Subscriber, broker, trigger, until};

const START: &str = "ingenium.example/start";

async fn settled(broker: &Handle) {
    broker.end_input();
    tokio::time::timeout(PATIENCE, broker.wait_done())
        .await
        .expect("all is settled");
}

fn is_marked(request: &Request) -> bool {
    request.header("ce-ingeniumreplay") == Some(b"true")
}

#[tokio::test]
async fn a_trigger_starts_where_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    broker.start_dispatch();
    let sender = Sender::to(&broker);
    for (id, time) in [
        ("1", "2026-01-02T10:00:00Z"),
        ("2", "2026-01-02T13:00:00.5+02:00"),
        ("3", "2026-01-02T10:30:00Z"), // late: the first that is not before the time begins
        ("4", "2026-01-02T12:00:00Z"),
    ] {
        sender.accepted(id, &[("ce-time", time)], "{}").await;
    }
    sender.accepted("5", &[], "{}").await;
    let cases = [
        (None, 5),
        (Some("latest"), 5),
        (Some("earliest"), 0),
        (Some("1"), 0),
        (Some("4"), 3),
        (Some("6"), 5),
        (Some("700"), 5),
        (Some("2026-01-02T00:00:00Z"), 0),
        (Some("2026-01-02T11:00:00.5Z"), 1),
        (Some("2026-01-02T11:00:00.6Z"), 3),
        (Some("2026-01-03T00:00:00Z"), 5),
    ];
    let mut subscribers = Vec::new();
    for (index, (start, _)) in cases.iter().enumerate() {
        let subscriber = Subscriber::start().await;
        let mut new = trigger(&format!("t{index}"), &subscriber);
        if let Some(start) = start {
            new = new.with_annotation(START, *start);
        }
        broker.apply_trigger(new).await.expect("a trigger");
        subscribers.push(subscriber);
    }
    sender.accepted("6", &[], "{}").await;
    settled(&broker).await;
    for (subscriber, (start, before)) in subscribers.iter().zip(cases) {
        let mut ids: Vec<usize> = subscriber
            .ids()
            .iter()
            .map(|id| id.parse().expect("a number"))
            .collect();
        ids.sort_unstable();
        let expected: Vec<usize> = (before + 1..=6).collect();
        assert_eq!(ids, expected, "{start:?}");
        for one in subscriber.delivered() {
            assert_eq!(
                is_marked(&one.request),
                one.id != "6",
                "{start:?}, {}",
                one.id
            );
        }
    }
    for start in ["", "0", "-1", "first", "2026-01-02", "1.5"] {
        let new = trigger("wrong", &subscribers[0]).with_annotation(START, start);
        let refused = broker.apply_trigger(new).await.expect_err("no start");
        assert!(
            refused.to_string().contains("set `latest`, `earliest`"),
            "{refused}"
        );
    }
    broker.shutdown().await;
    for subscriber in subscribers {
        subscriber.stop().await;
    }
}

/// What is replayed is what was delivered, byte by byte, but for its mark; also where the broker restarts in between.
#[tokio::test]
async fn a_replay_is_the_same_bytes_and_stays_one() {
    const EVENTS: usize = 400;
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    let live = Subscriber::start().await;
    first
        .apply_trigger(trigger("live", &live))
        .await
        .expect("a trigger");
    first.start_dispatch();
    let sender = Sender::to(&first);
    for number in 0..EVENTS {
        let data = format!("{{ \"Price\" : {number}.10 , \"t\": \"\u{20ac}\" }}");
        let key = [("ce-partitionkey", "k"), ("ce-subject", "a%20%C3%BC")];
        sender.accepted(&number.to_string(), &key, &data).await;
    }
    live.wait(EVENTS).await;
    let replay = Subscriber::start().await;
    let from_first = trigger("replay", &replay).with_annotation(START, "earliest");
    first
        .apply_trigger(from_first.clone())
        .await
        .expect("a trigger");
    until("some are replayed", async || replay.ids().len() > 20).await;
    first.shutdown().await;

    let second = broker(folder.path(), Mode::Fifo).await;
    // Put again, as a component does that starts again: it goes on, and does not begin anew.
    second.apply_trigger(from_first).await.expect("a trigger");
    second.start_dispatch();
    Sender::to(&second)
        .accepted("new", &[("ce-partitionkey", "k")], "{}")
        .await;
    settled(&second).await;

    let shown = |subscriber: &Subscriber| {
        let mut seen = Vec::new();
        for one in subscriber.delivered() {
            let headers: Vec<(String, Vec<u8>)> = one
                .request
                .headers
                .iter()
                .filter(|(name, _)| name.starts_with("ce-") && name != "ce-ingeniumreplay")
                .cloned()
                .collect();
            let delivered = (headers, one.request.body.clone());
            // The last of the first process may come once more.
            if seen.last() != Some(&delivered) {
                seen.push(delivered);
            }
        }
        seen
    };
    assert_eq!(shown(&replay), shown(&live));
    for one in replay.delivered() {
        assert_eq!(is_marked(&one.request), one.id != "new", "{}", one.id);
    }
    second.shutdown().await;
    live.stop().await;
    replay.stop().await;
}
