//! The class of a Broker decides what its Triggers' filters let pass.

use ingenium_broker::trigger::Filter;
use ingenium_broker::trigger::filter::cesql::Expression;
use ingenium_broker::{Error, Mode, Trigger};
use serde_json::{Value, json};

use crate::rig::{Sender, Subscriber, broker, until};

const API: &str = "/apis/eventing.knative.dev/v1/namespaces/ns";

fn object(class: Option<&str>) -> Value {
    let mut object = json!({
        "apiVersion": "eventing.knative.dev/v1",
        "kind": "Broker",
        "metadata": { "name": "b" },
        "spec": {}
    });
    if let Some(class) = class {
        object["metadata"]["annotations"] = json!({ "eventing.knative.dev/broker.class": class });
    }
    object
}

async fn put(sender: &Sender, path: &str, object: &Value) -> (u16, String) {
    let path = format!("{API}/{path}");
    let answer = sender.request("PUT", &path, &[], &object.to_string()).await;
    (
        answer.status,
        String::from_utf8_lossy(&answer.body).into_owned(),
    )
}

/// For each class, the Triggers and the events that they got.
#[tokio::test]
async fn each_class_delivers_what_its_filters_let_pass() {
    let triggers = [
        (
            "any",
            json!({ "filter": { "attributes": { "color": "" } } }),
        ),
        (
            "number",
            json!({ "filters": [{ "exact": { "num": "5" } }] }),
        ),
        (
            "sql",
            json!({ "filters": [{ "cesql": "color LIKE '%e%'" }] }),
        ),
        (
            "not",
            json!({ "filters": [{ "not": { "prefix": { "subject": "sub" } } }] }),
        ),
    ];
    for (class, wanted) in [
        (None, ["1", "34", "1", "24"]),
        (Some("Ingenium"), ["1", "34", "1", "24"]),
        (Some("Kafka"), ["1234", "34", "1234", "24"]),
        (Some("MTChannelBasedBroker"), ["1", "3", "1", "24"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let handle = broker(folder.path(), Mode::Fifo).await;
        handle.start_dispatch();
        let (sender, subscriber) = (Sender::to(&handle), Subscriber::start().await);
        assert_eq!(put(&sender, "brokers/b", &object(class)).await.0, 200);
        for (name, spec) in &triggers {
            let mut trigger = json!({
                "apiVersion": "eventing.knative.dev/v1",
                "kind": "Trigger",
                "metadata": { "name": name },
                "spec": spec
            });
            trigger["spec"]["broker"] = json!("b");
            trigger["spec"]["subscriber"] = json!({ "uri": format!("{}{name}", subscriber.url()) });
            let (status, body) = put(&sender, &format!("triggers/{name}"), &trigger).await;
            assert_eq!(status, 201, "{name}: {body}");
        }
        sender
            .accepted("1", &[("ce-color", "red"), ("ce-subject", "sub-1")], "{}")
            .await;
        sender.accepted("2", &[], "{}").await;
        sender
            .accepted("3", &[("ce-num", "5"), ("ce-subject", "sub-3")], "{}")
            .await;
        let structured = r#"{"specversion":"1.0","id":"4","source":"/s","type":"t","num":5}"#;
        let content_type = [("content-type", "application/cloudevents+json")];
        let answer = sender
            .request("POST", "/ns/b", &content_type, structured)
            .await;
        assert_eq!(answer.status, 202);
        until("all is settled", async || {
            handle.lag().values().all(|lag| *lag == 0)
        })
        .await;
        for ((name, _), wanted) in triggers.iter().zip(wanted) {
            let path = format!("/{name}");
            let delivered = subscriber.delivered().into_iter();
            let delivered = delivered.filter(|one| one.request.path == path);
            let mut ids: Vec<String> = delivered.map(|one| one.id).collect();
            ids.sort();
            assert_eq!(ids.concat(), wanted, "{class:?}, {name}");
        }
        handle.shutdown().await;
        subscriber.stop().await;
    }
}

#[tokio::test]
async fn a_class_that_nobody_knows_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let handle = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&handle);
    for (class, wanted) in [
        (
            "Kafkaa",
            "`Kafkaa` is no class of broker; did you mean `Kafka`?",
        ),
        ("", "use one of `Ingenium`, `Kafka`, `MTChannelBasedBroker`"),
    ] {
        let (status, body) = put(&sender, "brokers/b", &object(Some(class))).await;
        assert_eq!(status, 400, "{body}");
        assert!(
            body.contains("metadata.annotations.eventing.knative.dev/broker.class")
                && body.contains(wanted),
            "{body}"
        );
    }
    handle.shutdown().await;
}

#[tokio::test]
async fn a_run_in_step_order_keeps_its_class_and_its_filters() {
    let folder = tempfile::tempdir().expect("a folder");
    let input_source = "/in".to_owned();
    let handle = broker(folder.path(), Mode::Step { input_source }).await;
    let sender = Sender::to(&handle);
    let with = |filter: &str| {
        let expression = Expression::parse(filter).expect("an expression");
        Trigger::new("ns", "t", "b", "http://127.0.0.1:1/")
            .with_filters([Filter::CeSql(expression)])
    };
    handle.apply_trigger(with("TRUE")).await.expect("a trigger");
    handle.start_dispatch();
    handle.apply_trigger(with("TRUE")).await.expect("the same");
    let changed = handle.apply_trigger(with("FALSE")).await;
    assert!(matches!(changed, Err(Error::Running { .. })), "{changed:?}");
    let (status, body) = put(&sender, "brokers/b", &object(Some("Kafka"))).await;
    assert_eq!(status, 409, "{body}");
    assert!(body.contains("the class of broker `b`"), "{body}");
    assert_eq!(
        put(&sender, "brokers/b", &object(Some("Ingenium"))).await.0,
        200
    );
    handle.shutdown().await;
}
