//! Old events leave, and what is not settled stays.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use ingenium_broker::trigger::{Delivery, START};
use ingenium_broker::{Broker, Config, Error, Handle, Mode, Retention, check};
use ingenium_runtime::http::Response;
use rusqlite::Connection;

use crate::rig::{BROKER, NAMESPACE, Sender, Subscriber, trigger, until};

const LIMIT: u64 = 1024 * 1024;

async fn keeping(folder: &Path, retention: Retention) -> Handle {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut config = Config::new(
        folder.join("broker.db"),
        listen,
        NAMESPACE,
        BROKER,
        Mode::Fifo,
    );
    config.retention = retention;
    let broker = Broker::open(config).await.expect("the broker opens");
    broker.start_dispatch();
    broker
}

fn size() -> Retention {
    Retention {
        age: None,
        size: Some(LIMIT),
    }
}

fn age(milliseconds: u64) -> Retention {
    Retention {
        age: Some(Duration::from_millis(milliseconds)),
        size: None,
    }
}

/// What another process reads from the file.
fn number(folder: &Path, sql: &str) -> u64 {
    let file = Connection::open(folder.join("broker.db")).expect("a database");
    let number: i64 = file.query_row(sql, [], |row| row.get(0)).expect("a number");
    u64::try_from(number).expect("not negative")
}

const USED: &str = "SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()";

#[tokio::test]
async fn a_file_keeps_its_size_and_starts_at_the_oldest_event_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let subscriber = Subscriber::answering(|delivered, _| {
        Response::empty(if delivered.id == "5" { 422 } else { 202 })
    })
    .await;
    let keeping_size = keeping(folder.path(), size()).await;
    let first = trigger("t", &subscriber);
    keeping_size.apply_trigger(first).await.expect("a trigger");
    let sender = Sender::to(&keeping_size);
    let data = format!("\"{}\"", "x".repeat(8000));
    for id in 0..500 {
        sender.accepted(&id.to_string(), &[], &data).await;
    }
    subscriber.wait(500).await;
    until("the file is small", async || {
        number(folder.path(), USED) <= LIMIT
    })
    .await;
    let counts = keeping_size.counts();
    assert_eq!(counts.stored, 500);
    let kept = 500 - counts.removed;
    assert!(
        kept > 60 && kept < 130,
        "{kept} events of 8 KB are kept of 1 MiB"
    );

    // A trigger that starts at the earliest starts at the oldest that is kept.
    let late = Subscriber::start().await;
    let earliest = trigger("late", &late).with_annotation(START, "earliest");
    keeping_size
        .apply_trigger(earliest)
        .await
        .expect("a trigger");
    late.wait(usize::try_from(kept).expect("few")).await;
    let ids: Vec<String> = (counts.removed..500).map(|id| id.to_string()).collect();
    let mut delivered = late.ids();
    delivered.sort_by_key(|id| id.parse::<u64>().expect("a number"));
    assert_eq!(delivered, ids);

    // Totals are those of all that ever was, also in the next process, which goes on counting.
    keeping_size.shutdown().await;
    let path = folder.path().join("broker.db");
    assert!(check(&path, 10).expect("readable").is_sound());
    let again = keeping(folder.path(), size()).await;
    let counts = again.counts();
    assert_eq!((counts.stored, counts.removed), (500, 500 - kept));
    assert_eq!((counts.delivered, counts.dead_letters), (499 + kept, 1));
    Sender::to(&again).accepted("500", &[], "1").await;
    assert_eq!(number(folder.path(), "SELECT max(offset) FROM events"), 501);
    again.shutdown().await;
    let bytes = std::fs::metadata(&path).expect("there").len();
    assert!(
        bytes < 5 * LIMIT,
        "pages are used again: {bytes} bytes for 4 MB"
    );
    subscriber.stop().await;
    late.stop().await;
}

#[tokio::test]
async fn an_event_that_a_trigger_has_not_settled_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let sound = Subscriber::start().await;
    let sick = Subscriber::answering(|_, _| Response::empty(503)).await;
    let keeping_age = keeping(folder.path(), age(1)).await;
    let patient = Delivery {
        retry: 1000,
        delay: Duration::from_secs(60),
        ..Delivery::default()
    };
    for trigger in [
        trigger("sound", &sound),
        trigger("sick", &sick)
            .with_filter("id", "3")
            .with_delivery(patient),
    ] {
        keeping_age.apply_trigger(trigger).await.expect("a trigger");
    }
    let sender = Sender::to(&keeping_age);
    for id in 1..=6 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    until("the first two are gone", async || {
        keeping_age.counts().removed == 2
    })
    .await;
    until("it is said who is waited for", async || {
        keeping_age.retention_blocked_by().as_deref() == Some("sick")
    })
    .await;
    assert_eq!(number(folder.path(), "SELECT min(offset) FROM events"), 3);

    keeping_age.delete_trigger("sick").await.expect("deleted");
    until("all but the last are gone", async || {
        keeping_age.counts().removed == 5
    })
    .await;
    // That is said once the events are gone.
    until("nobody is waited for", async || {
        keeping_age.retention_blocked_by().is_none()
    })
    .await;

    let mut kept = Vec::new();
    keeping_age
        .for_each_event(|event| kept.push(event.offset))
        .await
        .expect("readable");
    assert_eq!(kept, [6], "what is removed is in memory neither");

    // What comes again after it was removed is new; the last event is still known.
    sender.accepted("6", &[], "{}").await;
    assert_eq!(keeping_age.counts().stored, 6);
    sender.accepted("1", &[], "{}").await;
    assert_eq!(keeping_age.counts().stored, 7);
    keeping_age.shutdown().await;
    let report = check(&folder.path().join("broker.db"), 10).expect("readable");
    assert!(report.is_sound(), "{report:?}");
    sound.stop().await;
    sick.stop().await;
}

#[tokio::test]
async fn young_events_and_small_files_are_kept_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let retention = Retention {
        age: Some(Duration::from_secs(3600)),
        size: Some(LIMIT),
    };
    let keeping_both = keeping(folder.path(), retention).await;
    let sender = Sender::to(&keeping_both);
    for id in 0..1100 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    let old = Connection::open(folder.path().join("broker.db")).expect("a database");
    assert_eq!(keeping_both.counts().removed, 0);
    // As if an hour had passed for the first thousand: more than go in one piece.
    old.execute(
        "UPDATE events SET stored = stored - 3600000 WHERE offset <= 1000",
        [],
    )
    .expect("changed");
    until("the old are gone", async || {
        keeping_both.counts().removed == 1000
    })
    .await;
    assert_eq!(number(folder.path(), "SELECT count(*) FROM events"), 100);
    keeping_both.shutdown().await;
}

#[tokio::test]
async fn a_run_in_step_order_keeps_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mode = Mode::Step {
        input_source: "/in".to_owned(),
    };
    let mut config = Config::new(
        folder.path().join("broker.db"),
        listen,
        NAMESPACE,
        BROKER,
        mode,
    );
    config.retention = age(1);
    let error = Broker::open(config).await.expect_err("refused");
    assert!(matches!(error, Error::Retention), "{error}");
}
