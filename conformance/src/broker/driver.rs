//! Brokers and Triggers through the Kubernetes API's own paths and objects: an embedded broker and `kubectl proxy` alike.

use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::client::{Answer, Client};
use serde_json::{Value, json};
use tokio::time::Instant;

/// How long an object may take until it is ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How long one request may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

const API: &str = "apis/eventing.knative.dev/v1/namespaces";

/// Where the objects of one row are.
#[derive(Debug)]
pub(super) struct Driver {
    client: Client,
    base: String,
    namespace: String,
    broker: String,
    token: Option<String>,
}

impl Driver {
    pub(super) fn new(base: &str, namespace: &str, broker: &str) -> Self {
        Self {
            client: Client::new(),
            base: base.trim_end_matches('/').to_owned(),
            namespace: namespace.to_owned(),
            broker: broker.to_owned(),
            token: None,
        }
    }

    /// The same, with what is shown where objects, too, are kept from strangers.
    pub(super) fn showing(self, token: Option<&String>) -> Self {
        Self {
            token: token.cloned(),
            ..self
        }
    }

    /// Creates the Broker.
    pub(super) async fn broker(&self, class: Option<&str>, spec: &Value) -> Result<(), String> {
        let mut object = self.object("Broker", &self.broker, spec);
        if let Some(class) = class {
            object["metadata"]["annotations"] = json!({"eventing.knative.dev/broker.class": class});
        }
        self.apply("brokers", &self.broker, &object).await
    }

    /// The URL that events are posted to, when the Broker is ready.
    pub(super) async fn address(&self) -> Result<String, String> {
        let ready = self.ready("brokers", &self.broker).await?;
        let url = ready["status"]["address"]["url"].as_str();
        url.map(ToOwned::to_owned)
            .ok_or_else(|| format!("the Broker has no status.address.url: {ready}"))
    }

    /// Creates a Trigger.
    pub(super) async fn trigger(&self, name: &str, object: &Value) -> Result<(), String> {
        self.apply("triggers", name, object).await?;
        self.ready("triggers", name).await.map(drop)
    }

    /// Offers a Trigger, and gives back the status of the answer.
    pub(super) async fn offer(&self, name: &str, object: &Value) -> Result<u16, String> {
        Ok(self.put("triggers", name, object).await?.status)
    }

    /// A Trigger's object.
    pub(super) fn trigger_object(
        &self,
        name: &str,
        annotations: &Value,
        mut spec: Value,
        subscriber: &str,
    ) -> Value {
        spec["broker"] = json!(self.broker);
        spec["subscriber"]["uri"] = json!(subscriber);
        let mut object = self.object("Trigger", name, &spec);
        object["metadata"]["annotations"] = annotations.clone();
        object
    }

    /// Takes away what was created.
    pub(super) async fn clear(&self, triggers: &[String]) {
        for (kind, name) in triggers
            .iter()
            .map(|name| ("triggers", name))
            .chain([("brokers", &self.broker)])
        {
            let path = self.path(kind, name);
            // What is left behind is in a broker of its own; there is nobody to tell.
            self.send("DELETE", &path, None).await.ok();
        }
    }

    fn object(&self, kind: &str, name: &str, spec: &Value) -> Value {
        json!({
            "apiVersion": "eventing.knative.dev/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec,
        })
    }

    fn path(&self, kind: &str, name: &str) -> String {
        format!("{}/{API}/{}/{kind}/{name}", self.base, self.namespace)
    }

    async fn apply(&self, kind: &str, name: &str, object: &Value) -> Result<(), String> {
        let answer = self.put(kind, name, object).await?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let said: String = String::from_utf8_lossy(&answer.body)
            .chars()
            .take(300)
            .collect();
        Err(format!(
            "{} `{name}` is refused with {}: {said}",
            kind.trim_end_matches('s'),
            answer.status
        ))
    }

    /// PUT where it is; where that takes none that is not there yet, as Kubernetes, POST to the collection.
    async fn put(&self, kind: &str, name: &str, object: &Value) -> Result<Answer, String> {
        let path = self.path(kind, name);
        let answer = self.send("PUT", &path, Some(object)).await?;
        if answer.status != 404 && answer.status != 405 {
            return Ok(answer);
        }
        let collection = path.trim_end_matches(name).trim_end_matches('/').to_owned();
        let created = self.send("POST", &collection, Some(object)).await?;
        // Whoever has no collection has said what it thinks of the object before.
        if created.status == 404 || created.status == 405 {
            return Ok(answer);
        }
        Ok(created)
    }

    /// Waits until the condition Ready is true.
    async fn ready(&self, kind: &str, name: &str) -> Result<Value, String> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let answer = self.send("GET", &self.path(kind, name), None).await?;
            let object: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let conditions = object["status"]["conditions"].as_array();
            let is_ready = conditions.into_iter().flatten().any(|condition| {
                condition["type"] == json!("Ready") && condition["status"] == json!("True")
            });
            if is_ready {
                return Ok(object);
            }
            if Instant::now() > deadline {
                return Err(format!(
                    "{kind}/{name} is not Ready within {} s: {object}",
                    READY_WITHIN.as_secs()
                ));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        object: Option<&Value>,
    ) -> Result<Answer, String> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = object.map_or_else(Bytes::new, |object| object.to_string().into());
        let sent = self
            .client
            .send(method, path, &headers, body.clone(), ANSWER_WITHIN);
        let answer = sent.await.map_err(|error| error.to_string())?;
        // Only when it is asked for: a proxy of a cluster has an identity of its own, which a header would replace.
        let Some(token) = self.token.as_ref().filter(|_| answer.status == 401) else {
            return Ok(answer);
        };
        headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        let sent = self
            .client
            .send(method, path, &headers, body, ANSWER_WITHIN);
        sent.await.map_err(|error| error.to_string())
    }
}
