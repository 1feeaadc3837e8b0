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
                known: 2,
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
async fn formats_that_were_never_written_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    broker(folder.path(), Mode::Fifo).await.shutdown().await;
    let path = folder.path().join("broker.db");
    set(&path, "PRAGMA user_version = 0");
    let error = refused(&path).await;
    assert!(
        matches!(
            error,
            Error::Older {
                found: 0,
                oldest: 1,
                ..
            }
        ),
        "{error}"
    );
}

/// Changes a file as somebody with the shell would.
fn set(path: &Path, sql: &str) {
    let other = Connection::open(path).expect("a database");
    other.execute_batch(sql).expect("written");
    other
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("written");
}

/// The bytes of a log of 200 events.
async fn whole() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&whole);
    for id in 0..200 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    whole.shutdown().await;
    fs::read(folder.path().join("broker.db")).expect("readable")
}

#[tokio::test]
async fn damaged_files_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = whole().await;
    let garbled = |from: usize, with: u8| {
        let mut garbled = bytes.clone();
        garbled[from..].fill(with);
        garbled
    };
    let damages = [
        ("garbled tables", garbled(4096, 0xa5)),
        ("garbled half", garbled(bytes.len() / 2, 0xa5)),
        ("zeros behind the half", garbled(bytes.len() / 2, 0)),
        ("header only", bytes[..100].to_vec()),
    ];
    // At, before and behind each page's end, and within the first page.
    let cuts = (1..bytes.len() / 4096)
        .flat_map(|page| [page * 4096 - 1, page * 4096, page * 4096 + 1])
        .chain((101..4096).step_by(333))
        .map(|length| ("cut", bytes[..length].to_vec()));
    for (name, damaged) in damages.into_iter().chain(cuts) {
        let path = folder.path().join(name);
        let length = damaged.len();
        fs::write(&path, damaged).expect("written");
        let error = refused(&path).await;
        assert!(
            matches!(error, Error::Corrupt { .. }),
            "{name} {length}: {error}"
        );
        if name == "cut" {
            assert!(error.to_string().contains("is cut: it has"), "{error}");
        }
    }
    for length in 1..100 {
        let path = folder.path().join("no header");
        fs::write(&path, &bytes[..length]).expect("written");
        let error = refused(&path).await;
        assert!(matches!(error, Error::Foreign { .. }), "{length}: {error}");
    }
}

#[tokio::test]
async fn zeros_behind_the_end_are_no_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bytes = whole().await;
    bytes.resize(bytes.len() + 10_000, 0);
    fs::write(folder.path().join("broker.db"), bytes).expect("written");
    let broker = broker(folder.path(), Mode::Fifo).await;
    assert_eq!(broker.counts().stored, 200);
    Sender::to(&broker).accepted("200", &[], "{}").await;
    assert_eq!(broker.counts().stored, 201);
    broker.shutdown().await;
}

#[tokio::test]
async fn the_newest_rows_are_held_against_themselves_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = whole().await;
    for (sql, problem) in [
        (
            "DELETE FROM events WHERE offset = 150",
            "offset 150 is missing, the next is 151",
        ),
        (
            "UPDATE events SET body = x'7b207d' WHERE offset = 7",
            "the event at offset 7: its checksum is",
        ),
        (
            "UPDATE events SET headers = '' WHERE offset = 7",
            "the event at offset 7: its checksum is",
        ),
        (
            "UPDATE events SET stored = 1 WHERE offset = 7",
            "the event at offset 7: its checksum is",
        ),
        (
            "UPDATE events SET id = 'x' WHERE offset = 8",
            "the event at offset 8: the column `id` says",
        ),
        (
            "UPDATE events SET attributes = '{}' WHERE offset = 9",
            "the event at offset 9: ",
        ),
        (
            "UPDATE events SET checksum = NULL, body = x'7b' WHERE offset = 9",
            "its data is no JSON",
        ),
        ("DELETE FROM events", "the events from offset 2 on are gone"),
        ("DROP TABLE deliveries", "no such table: deliveries"),
    ] {
        let path = folder.path().join("broker.db");
        fs::write(&path, &bytes).expect("written");
        if sql == "DELETE FROM events" {
            set(&path, "UPDATE retention SET first = 2");
        }
        set(&path, sql);
        let error = refused(&path).await;
        assert!(matches!(error, Error::Corrupt { .. }), "{sql}: {error}");
        assert!(error.to_string().contains(problem), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_write_ahead_log_that_is_cut_is_recovered_to_a_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&running);
    for id in 0..8 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    let path = folder.path().join("broker.db");
    let left = (
        fs::read(&path).expect("readable"),
        fs::read(folder.path().join("broker.db-wal")).expect("readable"),
    );
    running.shutdown().await;
    let mut counts = std::collections::BTreeSet::new();
    for cut in (0..=left.1.len()).rev().step_by(1021) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("broker.db"), &left.0).expect("written");
        fs::write(folder.path().join("broker.db-wal"), &left.1[..cut]).expect("written");
        let recovered = broker(folder.path(), Mode::Fifo).await;
        let mut ids = Vec::new();
        recovered
            .for_each_event(|event| ids.push(event.event.id.clone()))
            .await
            .expect("readable");
        let wanted: Vec<String> = (0..ids.len()).map(|id| id.to_string()).collect();
        assert_eq!(ids, wanted, "cut at {cut}");
        counts.insert(ids.len());
        recovered.shutdown().await;
    }
    assert!(counts.contains(&8) && counts.len() > 4, "{counts:?}");
}

#[tokio::test]
async fn a_write_ahead_log_without_its_file_is_not_thrown_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broker.db");
    let log = folder.path().join("broker.db-wal");
    fs::write(&log, "frames").expect("written");
    for empty in [false, true] {
        if empty {
            fs::write(&path, "").expect("written");
        }
        let error = refused(&path).await;
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        assert_eq!(fs::read(&log).expect("readable"), b"frames");
    }
}

#[tokio::test]
async fn links_lead_to_the_lock_of_their_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(folder.path().join("broker.db"), &link).expect("a link");
    let error = refused(&link).await;
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    first.shutdown().await;

    let nowhere = folder.path().join("nowhere.db");
    std::os::unix::fs::symlink(folder.path().join("gone.db"), &nowhere).expect("a link");
    let error = refused(&nowhere).await;
    assert!(
        error.to_string().contains("the link points nowhere"),
        "{error}"
    );
    assert!(!folder.path().join("gone.db").exists());
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
