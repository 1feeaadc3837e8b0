//! The log for whoever reads along: server-sent events, as fast as the reader takes them.
//!
//! `docs/reference/events-api.md` has the protocol for people.

mod query;
mod stream;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ingenium_contract::CloudEvent;
use ingenium_runtime::http::{Reply, Request, Response, Streaming};

use self::query::{Query, To};
use self::stream::Events;
use crate::core::Core;
use crate::data_plane::TTL;
use crate::error::Error;
use crate::ingress;
use crate::routes::method_not_allowed;
use crate::trigger::{Invalid, Start};

/// The header that says at which offset a stream ends.
const TO: &str = "ingenium-to";

/// Answers a request for the log of the broker `name`.
pub(crate) async fn answer(
    core: &Arc<Core>,
    request: &Request,
    namespace: &str,
    name: &str,
) -> Reply {
    if (namespace, name) != (&core.config.namespace, &core.config.broker) || !core.exists() {
        let broker = format!("{namespace}/{name}");
        let detail = format!("there is no broker `{}` here", broker.escape_debug());
        return Response::problem(404, "not_found", &detail, &[]).into();
    }
    if request.method != "GET" {
        return method_not_allowed("GET").into();
    }
    if !core.ready.load(Ordering::Acquire) {
        return ingress::stopping().into();
    }
    open(core, request)
        .await
        .unwrap_or_else(|refusal| refusal.into())
}

async fn open(core: &Arc<Core>, request: &Request) -> Result<Reply, Response> {
    let query = Query::read(request).map_err(|invalid| refuse(&invalid))?;
    let Ok(place) = Arc::clone(&core.readers).try_acquire_owned() else {
        let detail = format!(
            "{} readers of the log are connected, and no more may be; end one or raise `limits.readers`",
            core.config.limits.readers
        );
        let refusal = Response::problem(429, "too_many_readers", &detail, &[]);
        return Err(refusal.header("retry-after", "5"));
    };
    let position = match query.after {
        Some(after) if after + 1 < core.log.first() => {
            let detail = format!(
                "the events after offset {after} are removed up to {}; start with `from=earliest`",
                core.log.first() - 1
            );
            return Err(Response::problem(410, "events_removed", &detail, &[]));
        }
        Some(after) => after,
        None => position(core, &query.from).await.map_err(|error| {
            Response::problem(503, "store_unavailable", &error.to_string(), &[])
                .header("retry-after", "1")
        })?,
    };
    let to = query.to.map(|to| match to {
        To::Head => core.log.head(),
        To::Offset(offset) => offset,
    });
    let mut headers = vec![
        ("content-type".to_owned(), "text/event-stream".to_owned()),
        ("cache-control".to_owned(), "no-store".to_owned()),
    ];
    headers.extend(to.map(|to| (TO.to_owned(), to.to_string())));
    let events = Events::new(Arc::clone(core), position, to, query.filters, place);
    Ok(Streaming {
        status: 200,
        headers,
        body: Box::pin(events.into_stream()),
    }
    .into())
}

/// The offset before the first event that is asked for.
async fn position(core: &Core, from: &Start) -> Result<u64, Error> {
    match from {
        // A reader that asks for what is still to come waits for it.
        Start::Offset(first) => Ok((first - 1).max(core.log.first() - 1)),
        from => core.position_of(from, core.log.head()).await,
    }
}

/// The event as those see it who are no part of the broker.
pub(crate) fn outside(event: &CloudEvent) -> std::borrow::Cow<'_, CloudEvent> {
    if event.extension(TTL).is_none() {
        return std::borrow::Cow::Borrowed(event);
    }
    let mut event = event.clone();
    event.remove_extension(TTL);
    std::borrow::Cow::Owned(event)
}

fn refuse(invalid: &Invalid) -> Response {
    Response::problem(400, "invalid_query", &invalid.to_string(), &[])
}
