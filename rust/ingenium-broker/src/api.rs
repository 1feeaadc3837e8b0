//! Brokers and triggers as objects, at the paths of the Kubernetes API.

use ingenium_runtime::http::{Request, Response};
use serde_json::Value;

use crate::core::{Core, lock};
use crate::error::Error;
use crate::routes::method_not_allowed;
use crate::trigger::{BrokerObject, CLASS, Invalid, LAG, Trigger, object_list};

/// Answers a request about all objects of a kind in a namespace.
pub(crate) fn list(core: &Core, request: &Request, namespace: &str, kind: &str) -> Response {
    if namespace != core.config.namespace {
        return not_found(&format!("namespace `{}`", namespace.escape_debug()));
    }
    let (kind, items) = match kind {
        "triggers" => {
            let lag = core.lag();
            let triggers = core.triggers().into_iter();
            let triggers =
                triggers.map(|(name, trigger)| with_lag(&trigger.current(), lag.get(&name)));
            ("Trigger", triggers.collect())
        }
        "brokers" if core.exists() => ("Broker", vec![broker_json(core)]),
        "brokers" => ("Broker", Vec::new()),
        kind => return not_found(&format!("kind `{}`", kind.escape_debug())),
    };
    if request.method == "GET" {
        json(200, &object_list(kind, &items))
    } else {
        method_not_allowed("GET")
    }
}

/// Answers a request about the object `kind`/`name` of a namespace.
pub(crate) async fn answer(
    core: &Core,
    request: &Request,
    namespace: &str,
    kind: &str,
    name: &str,
) -> Response {
    if namespace != core.config.namespace {
        return not_found(&format!("namespace `{}`", namespace.escape_debug()));
    }
    let done = match (kind, request.method.as_str()) {
        ("triggers", "PUT") => put_trigger(core, request, name).await,
        ("triggers", "GET") => Ok(get_trigger(core, name)),
        ("triggers", "DELETE") => delete_trigger(core, name).await,
        ("triggers", _) => Ok(method_not_allowed("GET, PUT, DELETE")),
        ("brokers", _) if name != core.config.broker => {
            Ok(not_found(&format!("broker `{}`", name.escape_debug())))
        }
        ("brokers", "PUT") => put_broker(core, request).await,
        ("brokers", "GET" | "DELETE") if !core.exists() => {
            Ok(not_found(&format!("broker `{name}`")))
        }
        ("brokers", "GET") => Ok(json(200, &broker_json(core))),
        ("brokers", "DELETE") => core.delete_broker().await.map(|()| Response::empty(200)),
        ("brokers", _) => Ok(method_not_allowed("GET, PUT, DELETE")),
        _ => Ok(not_found(&format!("kind `{}`", kind.escape_debug()))),
    };
    done.unwrap_or_else(|error| refuse(&error))
}

async fn put_trigger(core: &Core, request: &Request, name: &str) -> Result<Response, Error> {
    let trigger = Trigger::from_json(&request.body, &core.config.namespace)?;
    same_name(&trigger.name, name)?;
    let object = trigger.to_json();
    let created = core.put_trigger(trigger).await?;
    Ok(json(if created { 201 } else { 200 }, &object))
}

fn get_trigger(core: &Core, name: &str) -> Response {
    match core.trigger(name) {
        Some(trigger) => json(200, &with_lag(&trigger.current(), core.lag().get(name))),
        None => not_found(&format!("trigger `{}`", name.escape_debug())),
    }
}

/// The object of a trigger, and how many events it still has to get.
fn with_lag(trigger: &Trigger, lag: Option<&u64>) -> Value {
    let mut object = trigger.to_json();
    if let Some(lag) = lag {
        object["status"]["annotations"] = serde_json::json!({ LAG: lag.to_string() });
    }
    object
}

async fn delete_trigger(core: &Core, name: &str) -> Result<Response, Error> {
    if core.delete_trigger(name).await? {
        return Ok(Response::empty(200));
    }
    Ok(not_found(&format!("trigger `{}`", name.escape_debug())))
}

async fn put_broker(core: &Core, request: &Request) -> Result<Response, Error> {
    let (name, object) = BrokerObject::from_json(&request.body)?;
    same_name(&name, &core.config.broker)?;
    same_class(core, &object)?;
    let stored = to_json(core, &object);
    core.put_broker(object, stored.to_string()).await?;
    Ok(json(200, &stored))
}

fn same_name(found: &str, wanted: &str) -> Result<(), Invalid> {
    if found == wanted {
        return Ok(());
    }
    Err(Invalid {
        field: "metadata.name".to_owned(),
        problem: format!("`{}` is not the name in the path", found.escape_debug()),
        fix: format!("use `{}` in both", wanted.escape_debug()),
    })
}

/// A class that was set stays, as in Knative: deliveries that are open follow its rules.
fn same_class(core: &Core, object: &BrokerObject) -> Result<(), Invalid> {
    let old = lock(&core.broker).annotations.get(CLASS).cloned();
    match old {
        Some(old) if core.exists() && object.annotations.get(CLASS) != Some(&old) => Err(Invalid {
            field: format!("metadata.annotations.{CLASS}"),
            problem: "a broker's class cannot be changed".to_owned(),
            fix: format!("keep `{}`, or delete the broker first", old.escape_debug()),
        }),
        _ => Ok(()),
    }
}

fn broker_json(core: &Core) -> Value {
    let object = lock(&core.broker).clone();
    to_json(core, &object)
}

fn to_json(core: &Core, object: &BrokerObject) -> Value {
    let (namespace, name) = (&core.config.namespace, &core.config.broker);
    let url = format!("http://{}/{namespace}/{name}", core.config.listen);
    object.to_json(namespace, name, &url)
}

fn json(status: u16, value: &Value) -> Response {
    Response::with_body(status, "application/json", value.to_string())
}

fn not_found(what: &str) -> Response {
    Response::problem(404, "not_found", &format!("there is no {what} here"), &[])
}

fn refuse(error: &Error) -> Response {
    let (status, code) = match error {
        Error::Trigger(_) => (400, "invalid_object"),
        Error::Running { .. } => (409, "run_in_progress"),
        _ => (503, "store_unavailable"),
    };
    Response::problem(status, code, &error.to_string(), &[])
}
