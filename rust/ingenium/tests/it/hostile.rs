//! A served component under stress: ids used twice, a full outbox, a store that fails, an end at a bad moment.

use std::time::Duration;

use ingenium_contract::{Time, envelope};

use crate::stage::{Running, Sink, bar};

async fn rows(state: &std::path::Path) -> Vec<Option<String>> {
    let store = rusqlite::Connection::open(state).expect("the store");
    let mut statement = store
        .prepare("SELECT refused FROM outbox ORDER BY seq")
        .expect("a statement");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

#[tokio::test]
async fn an_id_stands_for_one_event_for_ever() {
    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    assert_eq!(component.give(&bar("1", "A")).await, 202);
    let mut resent = bar("1", "A");
    resent.set_extension("recordedtime", "2020-01-03T00:00:00Z");
    resent.time = Time::parse("2020-01-02T01:00:00+01:00");
    assert_eq!(component.give(&resent).await, 202, "the same instant");
    assert_eq!(component.give(&bar("1", "B")).await, 422);
    let mut redated = bar("1", "A");
    redated.time = Time::parse("2020-01-03T00:00:00Z");
    assert_eq!(component.give(&redated).await, 422);
    assert_eq!(sink.accepted().len(), 2);
    component.stop().await;
}

#[tokio::test]
async fn a_refused_event_is_kept_even_when_its_mark_fails_at_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.db");
    drop(ingenium::store::Store::open(Some(&state)).expect("a new store"));
    rusqlite::Connection::open(&state)
        .expect("open")
        .execute_batch(
            "CREATE TABLE attempts (n);
             CREATE TRIGGER full BEFORE UPDATE OF refused ON outbox
             WHEN (SELECT count(*) FROM attempts) = 0
             BEGIN INSERT INTO attempts VALUES (1); SELECT RAISE(FAIL, 'disk full'); END;",
        )
        .expect("a trigger");
    let sink = Sink::start(|n| if n == 0 { 422 } else { 202 }).await;
    let component = Running::start(&sink.url, Some(&state)).await.ready().await;
    assert_eq!(component.give(&bar("1", "A")).await, 202);
    assert_eq!(component.give(&bar("2", "A")).await, 202);
    component.stop().await;
    let rows = rows(&state).await;
    let [Some(refused)] = rows.as_slice() else {
        panic!("the refused event is kept: {rows:?}")
    };
    assert!(refused.starts_with("422"), "{refused}");
}

#[tokio::test]
async fn a_clean_end_finishes_what_is_open_and_leaves_nothing_to_resend() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.db");
    let sink = Sink::start(|n| if n < 3 { 503 } else { 202 }).await;
    let component = Running::start(&sink.url, Some(&state)).await.ready().await;
    let event = bar("1", "A");
    let open = component.give(&event);
    let stop = async {
        while sink.count() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        component.request_stop();
    };
    let (status, ()) = tokio::join!(open, stop);
    assert_eq!(status, 202, "the sink recovered within the drain");
    component.stop().await;
    assert_eq!(sink.accepted().len(), 2);
    assert_eq!(rows(&state).await, Vec::<Option<String>>::new());
}

#[tokio::test]
async fn a_sink_that_is_down_does_not_fill_the_memory() {
    let sink = Sink::start(|_| 503).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    let (many, one) = (bar("1", "MANY"), bar("2", "A"));
    let given = component.give(&many);
    let early = tokio::time::timeout(Duration::from_millis(500), given).await;
    assert!(early.is_err(), "not acknowledged while the sink is down");
    assert_eq!(component.give(&one).await, 429);
    component.kill().await;
}

#[tokio::test]
async fn findings_point_into_the_body_that_was_sent() {
    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    let body = String::from_utf8(envelope::to_structured(&bar("1", "A"))).expect("text");
    let body = body.replace("\"High\":\"10\"", "\"High\":\"1e1\"");
    let at = body.find("\"1e1\"").expect("the broken price");
    let json = [(
        "content-type".to_owned(),
        "application/cloudevents+json".to_owned(),
    )];
    let answer = component.post(&json, body).await;
    let problem = String::from_utf8_lossy(&answer.body).into_owned();
    let span = format!("\"span\":{{\"start\":{at},\"end\":{}}}", at + 5);
    assert!(
        answer.status == 400 && problem.contains(&span),
        "expected {span} in {problem}"
    );
    component.stop().await;
}

#[tokio::test]
async fn a_source_that_every_sink_would_refuse_is_refused_at_the_start() {
    let sink = Sink::start(|_| 202).await;
    for source in ["", "not a uri", "/new\nline"] {
        let component = Running::start_as(source, &sink.url, None).await;
        let message = component.end().await.expect_err("refused").to_string();
        assert!(message.contains("`source`"), "{message}");
    }
}
