//! What a recipient's answer means (Knative data plane specification, and Knative's Kafka broker where that is
//! silent).

use std::time::{Duration, SystemTime};

use ingenium_runtime::backoff::is_retriable;
use ingenium_runtime::clock;
use ingenium_runtime::http::client::{Answer, SendError};

use super::attempt::Failure;
use crate::store::Submission;
use crate::trigger::Profile;

/// The consequence of one attempt.
pub(super) enum Meaning {
    /// Accepted, perhaps with a reply.
    Accepted(Option<Box<Submission>>),
    /// Another attempt may succeed; the recipient may have said when.
    Failed(Failure, Option<Duration>),
    /// No attempt will.
    Refused(Failure),
}

pub(super) fn meaning(sent: Result<Answer, SendError>, profile: Profile) -> Meaning {
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => {
            let failure = Failure {
                reason: error.to_string(),
                ..Failure::default()
            };
            // A request that cannot be written down will not be better next time.
            return if matches!(error, SendError::Request { .. }) {
                Meaning::Refused(failure)
            } else {
                Meaning::Failed(failure, None)
            };
        }
    };
    let status = answer.status;
    let failure = |reason| Failure {
        reason,
        body: answer.body.clone(),
        headers: answer.headers.clone(),
    };
    match status {
        200..300 => match reply(&answer) {
            Ok(reply) => Meaning::Accepted(reply),
            Err(problem) => {
                let failure = failure(format!(
                    "status {status} with a body that is no event: {problem}"
                ));
                if profile.retries_bad_replies() {
                    Meaning::Failed(failure, None)
                } else {
                    // The subscriber has done its work, so another attempt would do it twice.
                    Meaning::Refused(failure)
                }
            }
        },
        429 | 503 => Meaning::Failed(failure(format!("status {status}")), retry_after(&answer)),
        status if is_retriable(status) => {
            Meaning::Failed(failure(format!("status {status}")), None)
        }
        status => Meaning::Refused(failure(format!("status {status}"))),
    }
}

/// `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3); what is neither says nothing.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = std::str::from_utf8(answer.header("retry-after")?)
        .ok()?
        .trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(text).ok()?;
    let then = then.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let now = u64::try_from(clock::now().as_nanoseconds()).ok()?;
    Some(then.saturating_sub(Duration::from_nanos(now)))
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
