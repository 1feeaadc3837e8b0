//! Backups and what comes back from them.

use std::fs;

use ingenium_broker::{Error, Mode, backup, check, restore};
use rusqlite::Connection;

use crate::rig::{Sender, broker};

#[tokio::test]
async fn a_copy_is_the_log_and_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&first);
    for id in 0..20 {
        sender.accepted(&id.to_string(), &[], "{}").await;
    }
    first.shutdown().await;
    let path = folder.path().join("broker.db");
    let copy = folder.path().join("copy.db");
    backup(&path, &copy).expect("copied");
    assert_eq!(check(&copy, 1).expect("readable").events, 20);

    // SQLite's header: 1 and 1 where no write-ahead log belongs to the file, which read-only media have no place for.
    let bytes = fs::read(&copy).expect("readable");
    assert_eq!(bytes[18..20], [1, 1]);

    // Neither overwrites anything.
    for (done, what) in [
        (backup(&path, &copy), &copy),
        (restore(&copy, &path), &path),
    ] {
        let error = done.expect_err("it exists");
        assert!(
            matches!(&error, Error::Exists { path } if path == what),
            "{error}"
        );
    }

    // A log whose file is gone may still be saved from what is beside it.
    fs::remove_file(&path).expect("removed");
    let beside = folder.path().join("broker.db-wal");
    fs::write(&beside, "frames").expect("written");
    let error = restore(&copy, &path).expect_err("something is left");
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
    fs::remove_file(&beside).expect("removed");

    restore(&copy, &path).expect("restored");
    let again = broker(folder.path(), Mode::Fifo).await;
    assert_eq!(again.counts().stored, 20);
    Sender::to(&again).accepted("19", &[], "{}").await;
    assert_eq!(again.counts().stored, 20, "what was known is known");
    again.shutdown().await;
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["broker.db", "broker.db.lock", "copy.db"]);
}

#[tokio::test]
async fn damage_is_not_copied_either_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    Sender::to(&first).accepted("1", &[], "{}").await;
    first.shutdown().await;
    let path = folder.path().join("broker.db");
    let file = Connection::open(&path).expect("a database");
    file.execute("UPDATE events SET body = x'5b5d'", [])
        .expect("changed");
    drop(file);
    let copy = folder.path().join("copy.db");
    for error in [
        backup(&path, &copy).expect_err("it is damaged"),
        restore(&path, &copy).expect_err("it is damaged"),
    ] {
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("ING-S02 /events/1"), "{error}");
    }
    fs::write(&path, "no log").expect("written");
    let error = backup(&path, &copy).expect_err("it is no log");
    assert!(matches!(error, Error::Foreign { .. }), "{error}");
    fs::remove_file(&path).expect("removed");
    let error = backup(&path, &copy).expect_err("it is not there");
    assert!(matches!(error, Error::File { .. }), "{error}");
    assert!(!copy.exists() && !folder.path().join("copy.db.part").exists());
}
