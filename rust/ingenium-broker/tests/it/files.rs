//! Files that are not ours, not whole, or somebody else's at the moment.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use ingenium_broker::{Broker, Config, Error, Mode};
use rusqlite::Connection;

use crate::rig::{Sender, broker};

async fn refused(path: &Path) -> Error {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config::new(path, listen, "ns", "b", Mode::Fifo);
    match Broker::open(config).await {
        Ok(_) => panic!("`{}` opens", path.display()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn foreign_files_are_refused_and_not_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text");
    fs::write(&text, "These are somebody's notes.").expect("written");
    let database = folder.path().join("database");
    let other = Connection::open(&database).expect("a database");
    other
        .execute_batch("CREATE TABLE notes (note TEXT)")
        .expect("a table");
    drop(other);
    for path in [text, database] {
        let before = fs::read(&path).expect("readable");
        let error = refused(&path).await;
        assert!(matches!(error, Error::Foreign { .. }), "{error}");
        assert_eq!(fs::read(&path).expect("readable"), before);
    }
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        2,
        "nothing is left beside them"
    );
}

#[tokio::test]
async fn newer_read_only_and_unreachable_files_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    broker(folder.path(), Mode::Fifo).await.shutdown().await;
    let path = folder.path().join("broker.db");
    let other = Connection::open(&path).expect("a database");
    other
        .pragma_update(None, "user_version", 99)
        .expect("written");
    other
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("written");
    drop(other);
    let error = refused(&path).await;
    assert!(
        matches!(
            error,
            Error::Newer {
                found: 99,
                known: 1,
                ..
            }
        ),
        "{error}"
    );

    let read_only = folder.path().join("read-only.db");
    fs::copy(&path, &read_only).expect("copied");
    let mut permissions = fs::metadata(&read_only).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&read_only, permissions).expect("set");
    let error = refused(&read_only).await;
    assert!(matches!(error, Error::ReadOnly { .. }), "{error}");

    for path in [
        folder.path().to_owned(),
        folder.path().join("no/such/folder.db"),
    ] {
        let error = refused(&path).await;
        assert!(matches!(error, Error::File { .. }), "{error}");
        assert!(
            error.to_string().contains(&path.display().to_string()),
            "{error}"
        );
    }
}

#[tokio::test]
async fn damaged_files_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&whole);
    for id in 0..200 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    whole.shutdown().await;
    let bytes = fs::read(folder.path().join("broker.db")).expect("readable");
    let garbled = |from: usize| {
        let mut garbled = bytes.clone();
        garbled[from..].fill(0xa5);
        garbled
    };
    for (name, damaged) in [
        ("cut", bytes[..bytes.len() / 2].to_vec()),
        ("garbled tables", garbled(4096)),
        ("garbled half", garbled(bytes.len() / 2)),
        ("header only", bytes[..100].to_vec()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, damaged).expect("written");
        let error = refused(&path).await;
        assert!(matches!(error, Error::Corrupt { .. }), "{name}: {error}");
    }
}

#[tokio::test]
async fn a_file_has_one_broker_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    let error = refused(&folder.path().join("broker.db")).await;
    let holder = format!("used by process {};", std::process::id());
    assert!(error.to_string().contains(&holder), "{error}");
    first.shutdown().await;
    broker(folder.path(), Mode::Fifo).await.shutdown().await;
}

#[tokio::test]
async fn the_owners_values_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    assert_eq!(first.meta_get("run").await.expect("readable"), None);
    first.meta_set("run", "7").await.expect("written");
    first
        .meta_set("late", "not the broker's")
        .await
        .expect("written");
    first.shutdown().await;
    let second = broker(folder.path(), Mode::Fifo).await;
    assert_eq!(
        second.meta_get("run").await.expect("readable").as_deref(),
        Some("7")
    );
    assert_eq!(second.counts().late, 0);
    second.shutdown().await;
}
