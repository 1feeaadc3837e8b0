//! Files that earlier versions have written.

use std::fs;
use std::path::Path;

use ingenium_broker::{Broker, Config, Error, Mode, check};
use rusqlite::Connection;

use crate::rig::{BROKER, NAMESPACE, Sender, Subscriber, broker};

/// What version 1 put into a new file.
const TABLES: &str = include_str!("data/v1.sql");

/// A log of version 1: three events, of which the trigger `t` has got two, and the trace of a trigger that is gone.
fn version_1(path: &Path, subscriber: &Subscriber) {
    let file = Connection::open(path).expect("a database");
    file.execute_batch("PRAGMA application_id = 0x494e4742; PRAGMA user_version = 1;")
        .expect("written");
    file.execute_batch(TABLES).expect("tables");
    for offset in 1..=3 {
        let attributes = format!(
            r#"{{"specversion":"1.0","id":"{offset}","source":"/test","type":"test.event","datacontenttype":"application/json"}}"#
        );
        file.execute(
            "INSERT INTO events (offset, source, id, type, attributes, mode, headers, data, body)
             VALUES (?1, '/test', ?1, 'test.event', ?2, 'binary', '{}', 'json', CAST('{\"price\":\"1.10\"}' AS BLOB))",
            rusqlite::params![offset, attributes],
        )
        .expect("written");
    }
    let object = format!(
        r#"{{"apiVersion":"eventing.knative.dev/v1","kind":"Trigger","metadata":{{"name":"t","namespace":"{NAMESPACE}"}},
           "spec":{{"broker":"{BROKER}","subscriber":{{"uri":"{}"}}}}}}"#,
        subscriber.url()
    );
    file.execute("INSERT INTO triggers VALUES ('t', ?1, 2)", [object])
        .expect("written");
    file.execute_batch(
        "INSERT INTO deliveries VALUES
         ('t', 1, 'settled', 1, 202, ''), ('t', 2, 'dead_letter', 1, 422, 'no'), ('gone', 1, 'settled', 1, 202, '');
         PRAGMA journal_mode = WAL;",
    )
    .expect("written");
}

fn version(path: &Path) -> u32 {
    let file = Connection::open(path).expect("a database");
    file.pragma_query_value(None, "user_version", |row| row.get(0))
        .expect("a version")
}

#[tokio::test]
async fn a_file_of_version_1_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broker.db");
    let kept = folder.path().join("broker.db.v1.bak");
    let subscriber = Subscriber::start().await;
    version_1(&path, &subscriber);
    let report = check(&path, 10).expect("readable");
    assert!(report.is_sound() && report.events == 3, "{report:?}");

    let migrated = broker(folder.path(), Mode::Fifo).await;
    let counts = migrated.counts();
    assert_eq!(
        (counts.stored, counts.delivered, counts.dead_letters),
        (3, 1, 1)
    );
    migrated.start_dispatch();
    subscriber.wait(1).await;
    let delivered = &subscriber.delivered()[0];
    assert_eq!(delivered.id, "3");
    assert_eq!(&delivered.request.body[..], br#"{"price":"1.10"}"#);
    Sender::to(&migrated).accepted("4", &[], "{}").await;
    subscriber.wait(2).await;
    migrated.shutdown().await;
    let report = check(&path, 10).expect("readable");
    assert!(report.is_sound() && report.events == 4, "{report:?}");

    // What it was is kept as it was, and is not made again.
    assert_eq!((version(&path), version(&kept)), (2, 1));
    assert_eq!(check(&kept, 10).expect("readable").events, 3);
    fs::remove_file(&kept).expect("removed");
    broker(folder.path(), Mode::Fifo).await.shutdown().await;
    assert!(!kept.exists());
    subscriber.stop().await;
}

#[tokio::test]
async fn a_migration_that_was_interrupted_behind_its_commit_is_not_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    broker(folder.path(), Mode::Fifo).await.shutdown().await;
    let path = folder.path().join("broker.db");
    let file = Connection::open(&path).expect("a database");
    file.execute_batch(
        "PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 7; PRAGMA user_version = 2;",
    )
    .expect("written");
    // The file of version 1, and the newer header in its write-ahead log.
    let left = tempfile::tempdir().expect("a folder");
    let mut bytes = fs::read(&path).expect("readable");
    bytes[60..64].copy_from_slice(&1_u32.to_be_bytes());
    fs::write(left.path().join("broker.db"), bytes).expect("written");
    let log = fs::read(folder.path().join("broker.db-wal")).expect("readable");
    fs::write(left.path().join("broker.db-wal"), log).expect("written");
    drop(file);
    broker(left.path(), Mode::Fifo).await.shutdown().await;
    assert_eq!(version(&left.path().join("broker.db")), 2);
    assert!(!left.path().join("broker.db.v1.bak").exists());
}

#[tokio::test]
async fn without_a_copy_nothing_is_migrated() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broker.db");
    let subscriber = Subscriber::start().await;
    version_1(&path, &subscriber);
    fs::create_dir(folder.path().join("broker.db.v1.bak.part")).expect("in the way");
    let listen = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
    let config = Config::new(&path, listen, NAMESPACE, BROKER, Mode::Fifo);
    let error = Broker::open(config).await.expect_err("no copy");
    assert!(
        matches!(&error, Error::File { path, .. } if path.ends_with("broker.db.v1.bak.part")),
        "{error}"
    );
    assert_eq!(version(&path), 1);
    subscriber.stop().await;
}
