//! The way in: an event is judged by its envelope, stored, and only then answered.

use ingenium_contract::attribute::essence;
use ingenium_contract::finding::{Level, http_status};
use ingenium_contract::{CloudEvent, envelope};
use ingenium_runtime::clock;
use ingenium_runtime::http::{Request, Response};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;

use crate::core::Core;
use crate::data_plane::{TTL, passes_left};
use crate::store::{Accepted, Command, Rejected, Submission};
use crate::trigger::Profile;

/// The most events of a batch.
const MOST: usize = 10_000;

/// The header of a 202 that says whether an event is new, or of a batch at least one.
const RESULT: &str = "ingenium-result";

/// Takes one event, or a batch where the profile does.
pub(crate) async fn receive(core: &Core, request: &Request, profile: Profile) -> Response {
    let read = if profile.takes_batches() && is_batch(request) {
        Submission::read_batch(&request.body, MOST)
    } else {
        let read = Submission::read(&request.header_slices(), &request.body);
        read.map(|submission| vec![submission])
    };
    let mut submissions = match read {
        Ok(submissions) => submissions,
        Err(findings) => {
            let first = findings
                .iter()
                .find(|finding| finding.level == Level::Error);
            let (code, detail) =
                first.map_or(("event", ""), |first| (first.rule, first.message.as_str()));
            let status = profile.refusal(http_status(&findings));
            return Response::problem(status, code, detail, &findings);
        }
    };
    for submission in &mut submissions {
        if let Some(refusal) = worn_out(profile, &submission.event) {
            return refusal;
        }
        profile.let_in(submission, clock::now());
    }
    if submissions.is_empty() {
        return Response::empty(202);
    }
    let (answer, answered) = oneshot::channel();
    match core.writer.try_send(Command::Publish {
        submissions,
        answer,
    }) {
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
        Ok(Ok(accepted)) if profile == Profile::Ingenium => {
            let result = match accepted {
                Accepted::Stored => "stored",
                Accepted::Known => "known",
            };
            Response::empty(202).header(RESULT, result)
        }
        // Knative's answer says no more than its status.
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

/// Whether the body is a batch, by its media type.
fn is_batch(request: &Request) -> bool {
    let media_type = request
        .header("content-type")
        .and_then(|value| std::str::from_utf8(value).ok());
    media_type.is_some_and(|text| essence(text) == envelope::BATCH)
}

/// An event that has made all its passes through the broker.
fn worn_out(profile: Profile, event: &CloudEvent) -> Option<Response> {
    if !profile.ends_loops() {
        return None;
    }
    let left = passes_left(event)?;
    if left > 0 {
        return None;
    }
    let detail = format!(
        "`{TTL}` is {left}: the event has gone round too often; end the loop of replies that it is in"
    );
    Some(Response::problem(400, "loop", &detail, &[]))
}

/// The broker has stopped, or has not started.
pub(crate) fn stopping() -> Response {
    later(503, "not_ready", "the broker takes no events now")
}

fn later(status: u16, code: &str, detail: &str) -> Response {
    Response::problem(status, code, detail, &[]).header("retry-after", "1")
}
