//! Brokers and Triggers at the Kubernetes API's paths.

use std::sync::Arc;

use ingenium_runtime::http::{Request, Response};
use serde_json::{Value, json};

use super::store::Store;
use super::{delivery, filter};

pub(super) fn answer(store: &Arc<Store>, request: &Request, kind: &str, name: &str) -> Response {
    let object: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match (kind, request.method.as_str()) {
        ("brokers", "PUT") => {
            store.put_broker(object);
            shown(&ready(store.broker(), store))
        }
        ("brokers", "GET") if !store.broker().is_null() => shown(&ready(store.broker(), store)),
        ("triggers", "PUT") => put_trigger(store, name, object),
        ("triggers", "GET") => match store.trigger(name) {
            Some(object) => shown(&ready(object, store)),
            None => Response::empty(404),
        },
        _ => Response::empty(404),
    }
}

fn put_trigger(store: &Arc<Store>, name: &str, object: Value) -> Response {
    let filters = object["spec"]["filters"].as_array();
    let legal = filters.is_none_or(|filters| filters.iter().all(filter::is_legal));
    if !legal && !store.fault.is("M-ANY-FILTER") {
        return Response::empty(400);
    }
    let trigger = store.put_trigger(name, object.clone());
    let from_the_beginning = trigger.annotation("ingenium.example/start") == "earliest";
    let earliest =
        (from_the_beginning && !store.fault.is("M-NO-REPLAY")) || store.fault.is("M-EARLIEST");
    if earliest {
        for event in store.events() {
            delivery::to(store, &trigger, event);
        }
    }
    shown(&ready(object, store))
}

fn ready(mut object: Value, store: &Store) -> Value {
    object["status"] = json!({
        "address": {"url": store.url()},
        "conditions": [{"type": "Ready", "status": "True"}],
    });
    object
}

fn shown(object: &Value) -> Response {
    Response::with_body(200, "application/json", object.to_string())
}
