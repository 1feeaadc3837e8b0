//! Which part of the broker answers a request.

use std::sync::atomic::Ordering;

use ingenium_runtime::http::{Request, Response};

use crate::core::Core;
use crate::{api, ingress, metrics, token};

/// Answers a request.
pub(crate) async fn answer(core: &Core, request: Request) -> Response {
    let is_probe =
        request.method == "GET" && matches!(request.path.as_str(), "/healthz" | "/readyz");
    if !is_probe && let Some(refused) = token::refuse(core.config.token.as_ref(), &request) {
        core.metrics.answered(refused.status);
        return refused;
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments.as_slice() {
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
        ] => api::answer(core, &request, namespace, kind, name).await,
        [namespace, name]
            if core.exists()
                && *namespace == core.config.namespace
                && *name == core.config.broker =>
        {
            match request.method.as_str() {
                // Not only when ready: subscribers that finish a delivery during the drain still send what came of it.
                "POST" => {
                    let response = ingress::receive(core, &request).await;
                    core.metrics.answered(response.status);
                    response
                }
                "OPTIONS" => Response::empty(200).header("allow", "POST, OPTIONS"),
                _ => method_not_allowed("POST, OPTIONS"),
            }
        }
        _ => Response::problem(
            404,
            "not_found",
            &format!(
                "nothing is served here; events go to `/{}/{}`",
                core.config.namespace, core.config.broker
            ),
            &[],
        ),
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
