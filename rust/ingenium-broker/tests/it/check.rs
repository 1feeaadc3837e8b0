//! Damage, and whether a check finds it.

use std::fs;
use std::path::Path;

use ingenium_broker::{Error, Mode, Rule, check};
use ingenium_runtime::http::Response;
use rusqlite::Connection;

use crate::rig::{Sender, Subscriber, broker, trigger};

/// A log with text and binary data, a trigger that has got all of it, and a price.
async fn log(folder: &Path) -> Vec<u8> {
    let subscriber = Subscriber::answering(|delivered, _| {
        Response::empty(if delivered.id == "3" { 422 } else { 202 })
    })
    .await;
    let whole = broker(folder, Mode::Fifo).await;
    let trigger = trigger("t/1", &subscriber);
    let added = whole.apply_trigger(trigger).await;
    assert!(added.is_err(), "no name of Kubernetes");
    whole
        .apply_trigger(crate::rig::trigger("t", &subscriber))
        .await
        .expect("a trigger");
    whole.start_dispatch();
    let sender = Sender::to(&whole);
    for id in 1..=60 {
        let (media_type, data) = if id % 3 == 0 {
            ("application/octet-stream", format!("binary {id}"))
        } else {
            ("application/json", format!(r#"{{"price":"1234{id}.10"}}"#))
        };
        let headers = [("content-type", media_type), ("ce-subject", "ACME")];
        sender.accepted(&id.to_string(), &headers, &data).await;
    }
    subscriber.wait(60).await;
    whole.shutdown().await;
    subscriber.stop().await;
    fs::read(folder.join("broker.db")).expect("readable")
}

#[tokio::test]
async fn every_kind_of_damage_is_found_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = log(folder.path()).await;
    let path = folder.path().join("broker.db");
    let sound = check(&path, 10).expect("readable");
    assert!(
        sound.is_sound() && sound.events == 60 && sound.bad == 0,
        "{sound:?}"
    );
    for (sql, rule, place, problem) in [
        (
            "DELETE FROM events WHERE offset = 7",
            Rule::Offset,
            "/events/7",
            "offset 7 is missing",
        ),
        (
            "DELETE FROM events WHERE offset <= 5",
            Rule::Offset,
            "/events/1",
            "offsets 1 to 5 are missing",
        ),
        (
            "DELETE FROM events WHERE offset BETWEEN 8 AND 9",
            Rule::Offset,
            "/events/8",
            "offsets 8 to 9",
        ),
        (
            "DELETE FROM events WHERE offset = 60",
            Rule::Delivery,
            "/deliveries/t/60",
            "no such event",
        ),
        (
            "UPDATE retention SET first = 3",
            Rule::Offset,
            "/events/1",
            "offset 1 lies before 3",
        ),
        (
            "UPDATE events SET body = x'7b7d' WHERE offset = 7",
            Rule::Event,
            "/events/7",
            "checksum",
        ),
        (
            "UPDATE events SET mode = 'structured' WHERE offset = 7",
            Rule::Event,
            "/events/7",
            "checksum",
        ),
        (
            "UPDATE events SET subject = NULL WHERE offset = 7",
            Rule::Event,
            "/events/7",
            "`subject`",
        ),
        (
            "UPDATE events SET time = '2026' WHERE offset = 7",
            Rule::Event,
            "/events/7",
            "`time`",
        ),
        (
            "UPDATE events SET attributes = '[]' WHERE offset = 7",
            Rule::Event,
            "/events/7",
            "no CloudEvent",
        ),
        (
            "DELETE FROM base64_data WHERE offset = 6",
            Rule::Base64,
            "/base64_data/6",
            "is missing",
        ),
        (
            "UPDATE base64_data SET text = 'AAAA' WHERE offset = 6",
            Rule::Base64,
            "/base64_data/6",
            "other data",
        ),
        (
            "INSERT INTO base64_data VALUES (7, 'AAAA')",
            Rule::Base64,
            "/base64_data/7",
            "data that is none",
        ),
        (
            "INSERT INTO base64_data VALUES (700, 'AAAA')",
            Rule::Base64,
            "/base64_data/700",
            "no such event",
        ),
        (
            "UPDATE deliveries SET trigger = 'a/b' WHERE offset = 7",
            Rule::Delivery,
            "/deliveries/a~1b/7",
            "no such trigger",
        ),
        (
            "UPDATE triggers SET position = 61",
            Rule::Position,
            "/triggers/t",
            "is 61, the log ends at 60",
        ),
        (
            "UPDATE triggers SET object = '{}'",
            Rule::Object,
            "/triggers/t",
            "missing field",
        ),
        (
            "UPDATE triggers SET name = 'u'; UPDATE deliveries SET trigger = 'u'",
            Rule::Object,
            "/triggers/u",
            "calls it `t`",
        ),
        (
            "INSERT INTO brokers VALUES ('b', '[]')",
            Rule::Object,
            "/brokers/b",
            "",
        ),
        (
            "DROP TABLE deliveries",
            Rule::File,
            "/deliveries",
            "no such table",
        ),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'meta'",
            Rule::File,
            "",
            "",
        ),
    ] {
        fs::write(&path, &bytes).expect("written");
        let other = Connection::open(&path).expect("a database");
        other
            .pragma_update(None, "foreign_keys", false)
            .expect("set");
        other.execute_batch(sql).expect("changed");
        drop(other);
        let report = check(&path, 1000).expect("readable");
        let found = report.damage.iter().any(|damage| {
            damage.rule == rule && damage.place == place && damage.problem.contains(problem)
        });
        assert!(found, "{sql}: {report:#?}");
        // Nothing else is accused: what follows from it is about the same thing or about what refers to it.
        let kinds: std::collections::BTreeSet<Rule> =
            report.damage.iter().map(|damage| damage.rule).collect();
        assert!(kinds.len() <= 3, "{sql}: {report:#?}");
    }
}

/// Everything that events are made of.
fn dump(path: &Path) -> rusqlite::Result<Vec<String>> {
    let file = Connection::open(path)?;
    let mut all = Vec::new();
    for sql in [
        "SELECT json_array(offset, source, id, type, subject, time, attributes, mode, headers, data, hex(body),
         stored, checksum) FROM events ORDER BY offset",
        "SELECT json FROM event_json ORDER BY offset",
    ] {
        let mut statement = file.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        for row in rows {
            all.push(row?);
        }
    }
    Ok(all)
}

fn differing(now: &[String], whole: &[String]) -> Vec<String> {
    let changed = now.iter().zip(whole).filter(|(now, whole)| now != whole);
    changed.map(|(now, _)| now.clone()).take(2).collect()
}

#[tokio::test]
async fn no_flipped_byte_changes_an_event_unseen() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = log(folder.path()).await;
    let path = folder.path().join("broker.db");
    let whole = dump(&path).expect("readable");
    let (mut found, mut refused, mut harmless) = (0, 0, 0);
    for place in (0..bytes.len()).step_by(211) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x08;
        fs::write(&path, flipped).expect("written");
        match check(&path, 3) {
            Err(Error::Foreign { .. } | Error::Newer { .. } | Error::Older { .. }) => refused += 1,
            Err(error) => panic!("byte {place}: {error}"),
            Ok(report) if !report.is_sound() => found += 1,
            Ok(_) => {
                harmless += 1;
                let now = dump(&path);
                let same = now.as_ref().is_ok_and(|now| *now == whole);
                assert!(
                    same,
                    "byte {place}: {:?}",
                    now.map(|now| differing(&now, &whole))
                );
            }
        }
    }
    // Not each byte of a file says something: pages have free space.
    assert!(found > 100 && refused > 0, "{found} {refused} {harmless}");
}

#[tokio::test]
async fn cut_files_are_damaged_and_others_are_no_logs() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = log(folder.path()).await;
    let path = folder.path().join("broker.db");
    for length in [
        100,
        4096,
        8192,
        bytes.len() / 2,
        bytes.len() - 4096,
        bytes.len() - 1,
    ] {
        fs::write(&path, &bytes[..length]).expect("written");
        let report = check(&path, 10).expect("readable");
        assert_eq!(report.damage[0].rule, Rule::File, "{length}: {report:?}");
    }
    let mut zeros = bytes.clone();
    zeros[bytes.len() - 8192..].fill(0);
    fs::write(&path, zeros).expect("written");
    let report = check(&path, 10).expect("readable");
    assert!(
        report.damage.iter().any(|damage| damage.rule == Rule::File),
        "{report:?}"
    );
    assert!(report.damage.len() <= 10, "{report:?}");

    fs::write(&path, "no log").expect("written");
    assert!(matches!(check(&path, 10), Err(Error::Foreign { .. })));
    fs::remove_file(&path).expect("removed");
    assert!(matches!(check(&path, 10), Err(Error::File { .. })));
    let left: Vec<_> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["broker.db.lock"], "a check leaves nothing behind");
}
