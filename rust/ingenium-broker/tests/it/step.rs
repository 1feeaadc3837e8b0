//! Step order: the worked example, lateness, and a run that goes on after its process ended.

use std::sync::{Arc, Mutex};

use ingenium_broker::{Error, Handle, Mode};
use ingenium_runtime::http::Response;

use crate::rig::{PATIENCE, Sender, Subscriber, broker, trigger, until};

const INPUT: &str = "/ingenium/ingestor/csv";

fn mode() -> Mode {
    Mode::Step {
        input_source: INPUT.to_owned(),
    }
}

async fn bar(sender: &Sender, symbol: &str, step: u32) {
    let time = format!("2020-01-0{step}T00:00:00Z");
    let data = format!(r#"{{"Symbol":"{symbol}","Type":"ohlc","Period":"P1D"}}"#);
    let headers = [
        ("ce-source", INPUT),
        ("ce-type", "bar"),
        ("ce-time", time.as_str()),
        ("ce-subject", symbol),
    ];
    sender
        .accepted(&format!("{symbol}{step}"), &headers, &data)
        .await;
}

type Journal = Arc<Mutex<Vec<String>>>;

/// A component that writes down what it gets and posts what `emits` says (type and id) before it answers.
async fn component(
    name: &'static str,
    journal: &Journal,
    sender: &Sender,
    emits: impl Fn(&str) -> Vec<(&'static str, String)> + Send + Sync + 'static,
) -> Subscriber {
    let (journal, sender) = (Arc::clone(journal), sender.clone());
    Subscriber::acting(move |delivered, _| {
        journal
            .lock()
            .expect("not poisoned")
            .push(format!("{name}:{}", delivered.id));
        let (sender, emitted) = (sender.clone(), emits(&delivered.id));
        async move {
            let source = format!("/ingenium/{name}");
            for (type_, id) in emitted {
                sender
                    .accepted(
                        &id,
                        &[("ce-source", source.as_str()), ("ce-type", type_)],
                        "{}",
                    )
                    .await;
            }
            Response::empty(202)
        }
    })
    .await
}

async fn wire(broker: &Handle, name: &str, rank: &str, types: &[&str], subscriber: &Subscriber) {
    for type_ in types {
        let trigger = trigger(&format!("{name}-{type_}"), subscriber)
            .with_type(*type_)
            .with_annotation("ingenium.example/rank", rank)
            .with_annotation("ingenium.example/source", format!("/ingenium/{name}"));
        broker.apply_trigger(trigger).await.expect("a trigger");
    }
}

/// Executor, portfolio and two strategies, as in the worked example: rsi sees a signal in A1, which becomes order
/// o1; the executor acknowledges it, and in the next step fills it and cancels another.
async fn components(broker: &Handle, journal: &Journal) -> [Subscriber; 4] {
    let sender = Sender::to(broker);
    let executor = component("executor", journal, &sender, |id| match id {
        "o1" => vec![("execution", "x1-new".to_owned())],
        "A2" => vec![
            ("execution", "x2-trade".to_owned()),
            ("execution", "x3-canceled".to_owned()),
        ],
        _ => vec![],
    })
    .await;
    let portfolio = component("portfolio", journal, &sender, |id| match id {
        "s1-long" => vec![("order", "o1".to_owned())],
        _ => vec![],
    })
    .await;
    let rsi = component("rsi", journal, &sender, |id| match id {
        "A1" => vec![("signal", "s1-long".to_owned())],
        _ => vec![],
    })
    .await;
    let sma = component("sma", journal, &sender, |id| match id {
        "A1" => vec![("signal", "s2-long".to_owned())],
        _ => vec![],
    })
    .await;
    wire(broker, "executor", "10", &["bar", "order"], &executor).await;
    wire(
        broker,
        "portfolio",
        "20",
        &["bar", "signal", "execution"],
        &portfolio,
    )
    .await;
    wire(broker, "rsi", "30", &["bar"], &rsi).await;
    wire(broker, "sma", "30", &["bar"], &sma).await;
    [executor, portfolio, rsi, sma]
}

const EXPECTED: [&str; 22] = [
    "executor:A1",
    "executor:B1",
    "portfolio:A1",
    "portfolio:B1",
    "rsi:A1",
    "portfolio:s1-long",
    "executor:o1",
    "portfolio:x1-new",
    "rsi:B1",
    "sma:A1",
    "portfolio:s2-long",
    "sma:B1",
    "executor:A2",
    "portfolio:x2-trade",
    "portfolio:x3-canceled",
    "executor:B2",
    "portfolio:A2",
    "portfolio:B2",
    "rsi:A2",
    "rsi:B2",
    "sma:A2",
    "sma:B2",
];

#[tokio::test]
async fn the_worked_example_runs_in_step_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), mode()).await;
    let journal = Journal::default();
    let components = components(&broker, &journal).await;
    let sender = Sender::to(&broker);
    broker.start_dispatch();
    // Stored in another order than that of delivery, and the second step early.
    for (symbol, step) in [("B", 1), ("A", 1), ("B", 2), ("A", 2)] {
        bar(&sender, symbol, step).await;
    }
    until(
        "the first step runs, the second is not closed",
        async || {
            let counts = broker.counts();
            counts.delivered == 12 && counts.open == 0
        },
    )
    .await;
    assert_eq!(broker.counts().input_delivered, 2);
    broker.end_input();
    tokio::time::timeout(PATIENCE, broker.wait_done())
        .await
        .expect("the run ends");
    assert_eq!(*journal.lock().expect("not poisoned"), EXPECTED);
    let counts = broker.counts();
    assert_eq!(
        (
            counts.stored,
            counts.delivered,
            counts.late,
            counts.input_delivered
        ),
        (10, 22, 0, 4)
    );
    assert!(
        broker.lag().values().all(|lag| *lag == 0),
        "{:?}",
        broker.lag()
    );
    broker.shutdown().await;
    for component in components {
        component.stop().await;
    }
}

#[tokio::test]
async fn a_run_whose_process_ends_at_any_delivery_goes_on_in_the_same_order() {
    for stop_after in [1, 4, 5, 7, 8, 13, 14, 21] {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::default();
        let first = broker(folder.path(), mode()).await;
        let halted = Arc::clone(&journal);
        let wired = components(&first, &journal).await;
        first.start_dispatch();
        let sender = Sender::to(&first);
        for (symbol, step) in [("A", 1), ("B", 1), ("A", 2), ("B", 2)] {
            bar(&sender, symbol, step).await;
        }
        first.end_input();
        until("some deliveries", async || {
            halted.lock().expect("not poisoned").len() >= stop_after
        })
        .await;
        first.shutdown().await;
        for component in wired {
            component.stop().await;
        }

        let second = broker(folder.path(), mode()).await;
        let wired = components(&second, &journal).await;
        second.start_dispatch();
        let sender = Sender::to(&second);
        for (symbol, step) in [("A", 1), ("B", 1), ("A", 2), ("B", 2)] {
            bar(&sender, symbol, step).await;
        }
        second.end_input();
        tokio::time::timeout(PATIENCE, second.wait_done())
            .await
            .expect("the run ends");
        let mut order = journal.lock().expect("not poisoned").clone();
        order.dedup(); // a delivery that was open when the process ended is made again
        assert_eq!(order, EXPECTED, "stopped after {stop_after}");
        assert_eq!(second.counts().late, 0);
        assert_eq!(second.counts().delivered, 22);
        second.shutdown().await;
        for component in wired {
            component.stop().await;
        }
    }
}

#[tokio::test]
async fn late_events_are_counted_and_the_count_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), mode()).await;
    let sender = Sender::to(&first);
    let subscriber = Subscriber::start().await;
    wire(&first, "executor", "10", &["bar"], &subscriber).await;
    // Before dispatch starts components flush what an earlier process left.
    sender
        .accepted("flushed", &[("ce-source", "/ingenium/executor")], "{}")
        .await;
    first.start_dispatch();
    bar(&sender, "A", 1).await;
    first.end_input();
    tokio::time::timeout(PATIENCE, first.wait_done())
        .await
        .expect("the run ends");
    assert_eq!(first.counts().late, 0);
    sender
        .accepted("late", &[("ce-source", "/ingenium/executor")], "{}")
        .await;
    sender
        .accepted("late", &[("ce-source", "/ingenium/executor")], "{}")
        .await;
    assert_eq!(first.counts().late, 1, "known events are not late again");
    first.shutdown().await;
    let second = broker(folder.path(), mode()).await;
    assert_eq!(second.counts().late, 1);
    second.shutdown().await;
    subscriber.stop().await;
}

#[tokio::test]
async fn a_running_order_cannot_be_changed_but_addresses_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), mode()).await;
    let (before, after) = (Subscriber::start().await, Subscriber::start().await);
    wire(&broker, "executor", "10", &["bar"], &before).await;
    broker.start_dispatch();
    let same = trigger("executor-bar", &after)
        .with_type("bar")
        .with_annotation("ingenium.example/rank", "10")
        .with_annotation("ingenium.example/source", "/ingenium/executor");
    broker
        .apply_trigger(same.clone())
        .await
        .expect("another address");
    for changed in [
        same.clone().with_annotation("ingenium.example/rank", "20"),
        same.with_type("x"),
        trigger("new", &after),
    ] {
        let error = broker
            .apply_trigger(changed)
            .await
            .expect_err("another order");
        assert!(matches!(error, Error::Running { .. }), "{error}");
    }
    bar(&Sender::to(&broker), "A", 1).await;
    broker.end_input();
    tokio::time::timeout(PATIENCE, broker.wait_done())
        .await
        .expect("the run ends");
    assert_eq!((before.ids().len(), after.ids().len()), (0, 1));
    broker.shutdown().await;
    before.stop().await;
    after.stop().await;
}
