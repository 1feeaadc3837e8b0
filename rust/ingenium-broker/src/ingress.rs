//! The way in: an event is judged by its envelope, stored, and only then answered.

use ingenium_contract::finding::{Level, http_status};
use ingenium_runtime::http::{Request, Response};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;

use crate::core::Core;
use crate::store::{Accepted, Command, Rejected, Submission};

/// Takes one event.
pub(crate) async fn receive(core: &Core, request: &Request) -> Response {
    let submission = match Submission::read(&request.header_slices(), &request.body) {
        Ok(submission) => Box::new(submission),
        Err(findings) => {
            let first = findings
                .iter()
                .find(|finding| finding.level == Level::Error);
            let (code, detail) =
                first.map_or(("event", ""), |first| (first.rule, first.message.as_str()));
            return Response::problem(http_status(&findings), code, detail, &findings);
        }
    };
    let (answer, answered) = oneshot::channel();
    match core
        .writer
        .try_send(Command::Publish { submission, answer })
    {
        Ok(()) => {}
        Err(TrySendError::Full(_)) => {
            return later(
                429,
                "queue_full",
                "more events wait for the disk than may wait",
            );
        }
        Err(TrySendError::Closed(_)) => return stopping(),
    }
    // The writer answers every command; its disk has deadlines of its own.
    match answered.await {
        Ok(Ok(Accepted::Stored | Accepted::Known)) => Response::empty(202),
        Ok(Err(Rejected::Conflict(offset))) => {
            let detail = format!(
                "the event at offset {offset} has the same `source` and `id` and says something else; give each event its own `id`"
            );
            // Not 409: Knative would send it again.
            Response::problem(422, "event_conflict", &detail, &[])
        }
        Ok(Err(Rejected::Unavailable(_))) => {
            later(503, "store_unavailable", "the event is not stored")
        }
        Err(_) => stopping(),
    }
}

/// The broker has stopped, or has not started.
pub(crate) fn stopping() -> Response {
    later(503, "not_ready", "the broker takes no events now")
}

fn later(status: u16, code: &str, detail: &str) -> Response {
    Response::problem(status, code, detail, &[]).header("retry-after", "1")
}
