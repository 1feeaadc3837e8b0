//! Which part of the broker answers a request.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ingenium_runtime::http::{Reply, Request, Response};

use crate::core::Core;
use crate::trigger::Profile;
use crate::{api, events, ingress, metrics, token};

/// What may be asked of a broker.
const METHODS: &str = "POST, OPTIONS";

/// Answers a request.
pub(crate) async fn answer(core: &Arc<Core>, request: Request) -> Reply {
    let is_probe =
        request.method == "GET" && matches!(request.path.as_str(), "/healthz" | "/readyz");
    if !is_probe && let Some(refused) = token::refuse(core.config.token.as_ref(), &request) {
        core.metrics.answered(refused.status);
        return refused.into();
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    if let [
        "apis",
        "ingenium.example",
        "v1",
        "namespaces",
        namespace,
        "brokers",
        name,
        "events",
    ] = segments.as_slice()
    {
        return events::answer(core, &request, namespace, name).await;
    }
    at(core, &request, &segments).await.into()
}

/// Answers at once.
async fn at(core: &Core, request: &Request, segments: &[&str]) -> Response {
    match segments {
        ["healthz"] if request.method == "GET" => Response::empty(200),
        ["readyz"] if request.method == "GET" => {
            if is_ready(core) {
                Response::empty(200)
            } else {
                ingress::stopping()
            }
        }
        ["metrics"] if request.method == "GET" => metrics::answer(core).await,
        ["metrics"] => method_not_allowed("GET"),
        [
            "apis",
            "eventing.knative.dev",
            "v1",
            "namespaces",
            namespace,
            kind,
            name,
        ] => api::answer(core, request, namespace, kind, name).await,
        [
            "apis",
            "eventing.knative.dev",
            "v1",
            "namespaces",
            namespace,
            kind,
        ] => api::list(core, request, namespace, kind),
        segments => at_broker(core, request, segments).await,
    }
}

/// A request to where events go.
async fn at_broker(core: &Core, request: &Request, segments: &[&str]) -> Response {
    let profile = core.profile();
    let name = match segments {
        [namespace, name] => Some((*namespace, *name)),
        [namespace, name, ""] if profile.allows_trailing_slash() => Some((*namespace, *name)),
        _ => None,
    };
    if name.is_none() && profile.judges_paths() && request.path != "/" {
        let detail = format!(
            "`{}` is no path of a namespace and a broker; events go to {}",
            request.path.escape_debug(),
            place(core)
        );
        return Response::problem(400, "malformed_path", &detail, &[]);
    }
    let is_known = name == Some((&core.config.namespace, &core.config.broker))
        && core.exists()
        && !(profile.names_by_query() && request.query.is_some());
    let is_probe = request.method == "GET" && request.header("k-network-probe") == Some(b"probe");
    match request.method.as_str() {
        // Not only when ready: subscribers that finish a delivery during the drain still send what came of it.
        "POST" if is_known => {
            let response = ingress::receive(core, request, profile).await;
            core.metrics.answered(response.status);
            response
        }
        _ if is_probe && is_known => probed(request),
        "OPTIONS" if is_known && profile.answers_options() => Response::empty(200)
            .header("allow", METHODS)
            .header("webhook-allowed-origin", "*")
            .header("webhook-allowed-rate", "*"),
        // Knative's Kafka broker looks at the method first.
        method if is_known || (profile == Profile::Kafka && method != "POST" && !is_probe) => {
            method_not_allowed(if profile.answers_options() {
                METHODS
            } else {
                "POST"
            })
        }
        _ => {
            let detail = format!("nothing is served here; events go to {}", place(core));
            Response::problem(404, "not_found", &detail, &[])
        }
    }
}

fn place(core: &Core) -> String {
    format!("`/{}/{}`", core.config.namespace, core.config.broker)
}

/// Knative's networking asks in this way whether requests arrive where they should.
fn probed(request: &Request) -> Response {
    let hash = request
        .header("k-network-hash")
        .and_then(|hash| std::str::from_utf8(hash).ok());
    match hash {
        Some(hash) => Response::empty(200).header("k-network-hash", hash),
        None => Response::empty(200),
    }
}

/// The method is not one of `allowed`.
pub(crate) fn method_not_allowed(allowed: &str) -> Response {
    let detail = format!("the method is not served here; use one of {allowed}");
    Response::problem(405, "method_not_allowed", &detail, &[]).header("allow", allowed)
}

fn is_ready(core: &Core) -> bool {
    core.ready.load(Ordering::Acquire) && core.failed.borrow().is_none()
}
