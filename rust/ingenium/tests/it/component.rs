//! A served component: acknowledged means done, known means known, and nothing is lost on the way.

use crate::stage::{Running, Sink, bar};

#[tokio::test]
async fn effects_carry_their_cause_and_arrive_before_the_acknowledgement() {
    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    assert_eq!(component.give(&bar("1", "A")).await, 202);
    assert_eq!(
        sink.accepted().len(),
        2,
        "both signals are there when the answer is"
    );
    let last = sink.last();
    let header =
        |name: &str| String::from_utf8_lossy(last.header(name).unwrap_or_default()).into_owned();
    assert_eq!(last.path, "/ingenium/broker");
    assert_eq!(header("ce-type"), "ingenium.strategy.signal");
    assert_eq!(header("ce-source"), "/ingenium/strategy/twice");
    assert_eq!(header("ce-subject"), "A");
    assert_eq!(header("ce-partitionkey"), "A");
    assert_eq!(
        (header("ce-causationid"), header("ce-correlationid")),
        ("1".to_owned(), "1".to_owned())
    );
    assert_eq!(header("ce-ingeniumrun"), "run-1");
    assert_eq!(header("ce-time"), "2020-01-02T00:00:00Z");
    let trace = header("ce-traceparent");
    assert!(
        trace.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && trace.ends_with("-01"),
        "{trace}"
    );
    assert!(!trace.contains("00f067aa0ba902b7"), "the parent is new");
    component.stop().await;
}

#[tokio::test]
async fn a_known_event_has_no_second_effect() {
    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    for _ in 0..3 {
        assert_eq!(component.give(&bar("1", "A")).await, 202);
    }
    assert_eq!(sink.accepted().len(), 2);
    component.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_findings() {
    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    let json = [(
        "content-type".to_owned(),
        "application/cloudevents+json".to_owned(),
    )];
    let broken = component.post(&json, "{\"specversion\":\"1.0\"").await;
    assert_eq!(broken.status, 400);
    let number = r#"{"specversion":"1.0","id":"1","source":"/x","type":"ingenium.ingestor.data","data":{"Type":"data.type.ohlc","Symbol":"A","Timestamp":"2020-01-01T00:00:00Z","Data":{"Open":1,"High":"1","Low":"1","Close":"1","Volume":"1"}}}"#;
    let answer = component.post(&json, number).await;
    let problem = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 400);
    assert!(
        problem.contains("\"code\":\"ING-P-TYPE\"") && problem.contains("/data/Data/Open"),
        "{problem}"
    );
    let batch = [(
        "content-type".to_owned(),
        "application/cloudevents-batch+json".to_owned(),
    )];
    assert_eq!(component.post(&batch, "[]").await.status, 415);
    let unknown =
        r#"{"specversion":"1.0","id":"1","source":"/x","type":"somebody.elses","data":{}}"#;
    assert_eq!(
        component.post(&json, unknown).await.status,
        202,
        "acknowledged, no effect"
    );
    assert_eq!(component.get("").await, Some(405));
    assert_eq!(sink.count(), 0);
    component.stop().await;
}

#[tokio::test]
async fn a_sick_sink_gets_the_same_event_again() {
    let sink = Sink::start(|n| if n < 2 { 503 } else { 202 }).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    assert_eq!(component.give(&bar("1", "A")).await, 202);
    assert_eq!(sink.count(), 4, "two refusals, two events");
    assert_eq!(sink.accepted().len(), 2);
    component.stop().await;
}

#[tokio::test]
async fn a_final_refusal_is_kept_and_does_not_block() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.db");
    let sink = Sink::start(|n| if n == 0 { 422 } else { 202 }).await;
    let component = Running::start(&sink.url, Some(&state)).await.ready().await;
    assert_eq!(component.give(&bar("1", "A")).await, 202);
    assert_eq!(sink.count(), 2, "the refused one is not sent again");
    component.stop().await;
    let store = rusqlite::Connection::open(&state).expect("the store");
    let refused: String = store
        .query_row(
            "SELECT refused FROM outbox WHERE refused IS NOT NULL",
            [],
            |row| row.get(0),
        )
        .expect("one row");
    assert!(refused.starts_with("422"), "{refused}");
}

#[tokio::test]
async fn what_a_crash_left_unsent_is_sent_before_anything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.db");
    let sick = Sink::start(|_| 503).await;
    let component = Running::start(&sick.url, Some(&state)).await.ready().await;
    {
        let event = bar("1", "A");
        let given = component.give(&event);
        let early = tokio::time::timeout(std::time::Duration::from_millis(300), given).await;
        assert!(early.is_err(), "not acknowledged while the sink is down");
    }
    component.kill().await;

    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, Some(&state)).await.ready().await;
    assert_eq!(sink.accepted().len(), 2, "ready only after the flush");
    assert_eq!(component.give(&bar("1", "A")).await, 202);
    assert_eq!(sink.accepted().len(), 2, "and the event is known");
    assert_eq!(component.give(&bar("2", "A")).await, 202);
    assert_eq!(sink.accepted().len(), 4);
    component.stop().await;
}

#[tokio::test]
async fn a_panic_changes_nothing() {
    let sink = Sink::start(|_| 202).await;
    let component = Running::start(&sink.url, None).await.ready().await;
    assert_eq!(component.give(&bar("1", "PANIC")).await, 500);
    assert_eq!(component.give(&bar("2", "A")).await, 202);
    assert_eq!(sink.accepted().len(), 2);
    component.stop().await;
}
