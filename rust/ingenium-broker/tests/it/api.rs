//! Objects of Knative's own shape.

use ingenium_broker::{Mode, Trigger};
use serde_json::{Value, json};

use crate::rig::{Sender, broker};

const BROKERS: &str = "/apis/eventing.knative.dev/v1/namespaces/ns/brokers";
const TRIGGERS: &str = "/apis/eventing.knative.dev/v1/namespaces/ns/triggers";

fn object() -> Value {
    json!({
        "apiVersion": "eventing.knative.dev/v1",
        "kind": "Trigger",
        "metadata": { "name": "t", "namespace": "ns", "annotations": { "ingenium.example/rank": "10" } },
        "spec": {
            "broker": "b",
            "filters": [{ "exact": { "type": "x" } }, { "exact": { "source": "/s" } }],
            "subscriber": { "uri": "http://127.0.0.1:1/" },
            "delivery": {
                "retry": 3,
                "backoffPolicy": "linear",
                "backoffDelay": "PT0.5S",
                "timeout": "PT2S",
                "deadLetterSink": { "uri": "http://127.0.0.1:2/" }
            }
        }
    })
}

#[tokio::test]
async fn triggers_are_put_read_changed_and_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    let path = format!("{TRIGGERS}/t");
    assert_eq!(sender.request("GET", &path, &[], "").await.status, 404);
    assert_eq!(
        sender
            .request("PUT", &path, &[], &object().to_string())
            .await
            .status,
        201
    );
    let answer = sender.request("GET", &path, &[], "").await;
    assert_eq!(answer.status, 200);
    let read: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(read["spec"]["delivery"], object()["spec"]["delivery"]);
    assert_eq!(read["spec"]["filters"], object()["spec"]["filters"]);
    assert_eq!(read["status"]["conditions"][0]["status"], "True");
    // What was read can be written again.
    assert_eq!(
        sender
            .request("PUT", &path, &[], &read.to_string())
            .await
            .status,
        200
    );
    let trigger = Trigger::from_json(&answer.body, "ns").expect("a trigger");
    assert_eq!(trigger.filters.len(), 2);
    assert_eq!(trigger.rank(), (10, "t"));
    assert_eq!(sender.request("DELETE", &path, &[], "").await.status, 200);
    assert_eq!(sender.request("DELETE", &path, &[], "").await.status, 404);
    broker.shutdown().await;
}

#[tokio::test]
async fn what_would_be_ignored_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&broker);
    let cases: [(&str, Value, &str); 11] = [
        ("/spec/filterz", json!({}), "filterz"),
        ("/spec/broker", json!("other"), "spec.broker"),
        (
            "/spec/subscriber",
            json!({ "ref": { "kind": "Service" } }),
            "ref",
        ),
        (
            "/spec/subscriber/uri",
            json!("https://h/"),
            "spec.subscriber.uri",
        ),
        ("/spec/delivery/backoffPolicy", json!("foo"), "foo"),
        (
            "/spec/delivery/backoffDelay",
            json!("1s"),
            "spec.delivery.backoffDelay",
        ),
        (
            "/spec/delivery/retryAfterMax",
            json!("1s"),
            "spec.delivery.retryAfterMax",
        ),
        ("/spec/delivery/format", json!("avro"), "avro"),
        (
            "/metadata/annotations/kafka.eventing.knative.dev~1delivery.order",
            json!("fifo"),
            "delivery.order",
        ),
        ("/metadata/name", json!("other"), "metadata.name"),
        (
            "/metadata/annotations/ingenium.example~1rank",
            json!("first"),
            "ingenium.example/rank",
        ),
    ];
    for (pointer, value, named) in cases {
        let mut object = object();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        object.pointer_mut(parent).expect("there")[member.replace("~1", "/")] = value;
        let answer = sender
            .request("PUT", &format!("{TRIGGERS}/t"), &[], &object.to_string())
            .await;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 400, "{pointer}: {body}");
        assert!(
            body.contains("invalid_object") && body.contains(named),
            "{pointer}: {body}"
        );
    }
    assert_eq!(
        sender
            .request("PUT", &format!("{TRIGGERS}/t"), &[], "{")
            .await
            .status,
        400
    );
    assert_eq!(
        sender
            .request("POST", &format!("{TRIGGERS}/t"), &[], "{}")
            .await
            .status,
        405
    );
    let other = TRIGGERS.replace("/ns/", "/other/");
    assert_eq!(
        sender
            .request("GET", &format!("{other}/t"), &[], "")
            .await
            .status,
        404
    );
    broker.shutdown().await;
}

#[tokio::test]
async fn the_broker_says_how_triggers_deliver_that_do_not_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = broker(folder.path(), Mode::Fifo).await;
    let path = "/apis/eventing.knative.dev/v1/namespaces/ns/brokers/b";
    let object = json!({
        "apiVersion": "eventing.knative.dev/v1",
        "kind": "Broker",
        "metadata": { "name": "b", "annotations": { "eventing.knative.dev/broker.class": "Ingenium" } },
        "spec": { "delivery": { "retry": 1 } }
    });
    let sender = Sender::to(&first);
    assert_eq!(
        sender
            .request("PUT", path, &[], &object.to_string())
            .await
            .status,
        200
    );
    first.shutdown().await;
    let second = broker(folder.path(), Mode::Fifo).await;
    let answer = Sender::to(&second).request("GET", path, &[], "").await;
    let read: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(read["spec"]["delivery"]["retry"], 1);
    assert_eq!(
        read["metadata"]["annotations"]["eventing.knative.dev/broker.class"],
        "Ingenium"
    );
    second.shutdown().await;
}

#[tokio::test]
async fn a_deleted_broker_takes_nothing_until_it_is_put_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let handle = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&handle);
    let (object_path, trigger) = (format!("{BROKERS}/b"), format!("{TRIGGERS}/t"));
    let read = sender.request("GET", &object_path, &[], "").await.body;
    let read = String::from_utf8_lossy(&read).into_owned();
    let event = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/s"),
        ("ce-type", "x"),
    ];
    let status =
        async |sender: &Sender, method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
            sender.request(method, path, headers, body).await.status
        };
    assert_eq!(
        status(&sender, "PUT", &trigger, &[], &object().to_string()).await,
        201
    );
    assert_eq!(status(&sender, "DELETE", &object_path, &[], "").await, 200);
    assert_eq!(status(&sender, "DELETE", &object_path, &[], "").await, 404);
    assert_eq!(
        status(&sender, "GET", &trigger, &[], "").await,
        404,
        "its triggers go with it"
    );
    assert_eq!(status(&sender, "POST", "/ns/b", &event, "").await, 404);
    handle.shutdown().await;

    let handle = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&handle);
    assert_eq!(
        status(&sender, "POST", "/ns/b", &event, "").await,
        404,
        "it stays deleted"
    );
    assert_eq!(status(&sender, "PUT", &object_path, &[], &read).await, 200);
    assert_eq!(status(&sender, "POST", "/ns/b", &event, "").await, 202);
    handle.shutdown().await;
}

#[tokio::test]
async fn objects_are_listed_with_what_they_still_have_to_get() {
    let folder = tempfile::tempdir().expect("a folder");
    let handle = broker(folder.path(), Mode::Fifo).await;
    let sender = Sender::to(&handle);
    let list = async |kind: &str| {
        let path = format!("/apis/eventing.knative.dev/v1/namespaces/ns/{kind}");
        let answer = sender.request("GET", &path, &[], "").await;
        assert_eq!(answer.status, 200);
        serde_json::from_slice::<Value>(&answer.body).expect("JSON")
    };
    assert_eq!(list("triggers").await["items"], json!([]));
    let path = format!("{TRIGGERS}/t");
    let put = sender
        .request("PUT", &path, &[], &object().to_string())
        .await;
    assert_eq!(put.status, 201);
    sender.accepted("1", &[], "{}").await;
    let triggers = list("triggers").await;
    assert_eq!(triggers["kind"], "TriggerList");
    assert_eq!(triggers["items"][0]["metadata"]["name"], "t");
    assert_eq!(
        triggers["items"][0]["status"]["annotations"]["ingenium.example/lag"],
        "1"
    );
    assert_eq!(list("brokers").await["items"][0]["metadata"]["name"], "b");
    for (method, path, status) in [
        (
            "PUT",
            "/apis/eventing.knative.dev/v1/namespaces/ns/triggers",
            405,
        ),
        (
            "GET",
            "/apis/eventing.knative.dev/v1/namespaces/ns/channels",
            404,
        ),
        (
            "GET",
            "/apis/eventing.knative.dev/v1/namespaces/other/triggers",
            404,
        ),
    ] {
        assert_eq!(
            sender.request(method, path, &[], "").await.status,
            status,
            "{method} {path}"
        );
    }
    handle.shutdown().await;
}
