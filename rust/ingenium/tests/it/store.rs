//! The component store refuses what is not its own.

use std::fs;

use ingenium::store::Store;

#[test]
fn a_foreign_file_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text.db");
    fs::write(
        &text,
        "this is no database, but long enough to have a header of its own",
    )
    .expect("write");
    let message = Store::open(Some(&text)).expect_err("refused").to_string();
    assert!(
        message.contains("text.db") && message.contains("not a database"),
        "{message}"
    );

    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other)
        .expect("open")
        .execute_batch("CREATE TABLE t (x)")
        .expect("create");
    let message = Store::open(Some(&other)).expect_err("refused").to_string();
    assert!(
        message.contains("another application's database"),
        "{message}"
    );

    let newer = folder.path().join("newer.db");
    drop(Store::open(Some(&newer)).expect("a new store"));
    rusqlite::Connection::open(&newer)
        .expect("open")
        .execute_batch("PRAGMA user_version = 99")
        .expect("set");
    let message = Store::open(Some(&newer)).expect_err("refused").to_string();
    assert!(message.contains("layout 99"), "{message}");

    let missing = folder.path().join("missing/state.db");
    let message = Store::open(Some(&missing))
        .expect_err("refused")
        .to_string();
    assert!(message.contains("missing/state.db"), "{message}");
}
