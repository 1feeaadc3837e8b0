//! What a recipient's answer means (Knative data plane specification, and Knative's Kafka broker where that is
//! silent).

use ingenium_runtime::backoff::is_retriable;
use ingenium_runtime::http::client::{Answer, SendError};

use super::Failure;
use crate::store::Submission;

/// The consequence of one attempt.
pub(super) enum Meaning {
    /// Accepted, perhaps with a reply.
    Accepted(Option<Box<Submission>>),
    /// Another attempt may succeed.
    Failed(Failure),
    /// No attempt will.
    Refused(Failure),
}

pub(super) fn meaning(sent: Result<Answer, SendError>) -> Meaning {
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => {
            let failure = Failure {
                reason: error.to_string(),
                body: bytes::Bytes::new(),
            };
            // A request that cannot be written down will not be better next time.
            return if matches!(error, SendError::Request { .. }) {
                Meaning::Refused(failure)
            } else {
                Meaning::Failed(failure)
            };
        }
    };
    let status = answer.status;
    let failure = |reason| Failure {
        reason,
        body: answer.body.clone(),
    };
    match status {
        200..300 => match reply(&answer) {
            Ok(reply) => Meaning::Accepted(reply),
            // As the Kafka broker: the subscriber has done its work, so another attempt would do it twice.
            Err(problem) => Meaning::Refused(failure(format!(
                "status {status} with a body that is no event: {problem}"
            ))),
        },
        status if is_retriable(status) => Meaning::Failed(failure(format!("status {status}"))),
        status => Meaning::Refused(failure(format!("status {status}"))),
    }
}

/// The event in an answer. Headers of an event with an empty body are one; an empty body without them is none.
fn reply(answer: &Answer) -> Result<Option<Box<Submission>>, String> {
    if answer.body.is_empty() && answer.header("ce-specversion").is_none() {
        return Ok(None);
    }
    let read = Submission::read(&answer.header_slices(), &answer.body);
    read.map(|reply| Some(Box::new(reply))).map_err(|findings| {
        let first = findings.first();
        first.map_or_else(String::new, |finding| finding.message.clone())
    })
}
