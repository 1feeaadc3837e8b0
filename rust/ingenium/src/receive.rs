//! From an HTTP message to a role's input, or the answer that says why not.

use ingenium_contract::finding::{http_status, is_valid};
use ingenium_contract::{CloudEvent, Finding, Verdict, envelope, validate};
use ingenium_runtime::http::{Request, Response};
use ingenium_types::{Payload, View};

/// An event that was understood.
#[derive(Debug)]
pub struct Incoming {
    /// The envelope.
    pub event: CloudEvent,
    /// The payload; `None` for a type that this contract does not know, which is acknowledged and ignored.
    pub payload: Option<Payload>,
    /// The HTTP header `traceparent`, which counts only where the event has none.
    pub traceparent: Option<String>,
    /// What the sender should do better.
    pub findings: Vec<Finding>,
}

/// Reads a delivery with the reader view: unknown members and extensible values are accepted.
///
/// # Errors
/// The answer: 400 or 415 with all findings, never one that a broker retries.
pub fn read(request: &Request) -> Result<Incoming, Response> {
    let headers: Vec<envelope::Header<'_>> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    let Verdict {
        event,
        payload,
        findings,
        ..
    } = validate(&headers, &request.body, View::Reader);
    let Some(event) = event.filter(|_| is_valid(&findings)) else {
        return Err(refuse(&findings));
    };
    let traceparent = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("traceparent"))
        .map(|(_, value)| String::from_utf8_lossy(value).into_owned());
    Ok(Incoming {
        event,
        payload,
        traceparent,
        findings,
    })
}

fn refuse(findings: &[Finding]) -> Response {
    let errors: Vec<&Finding> = findings
        .iter()
        .filter(|finding| !is_valid(std::slice::from_ref(finding)))
        .collect();
    let detail = errors
        .first()
        .map_or_else(String::new, |finding| finding.message.clone());
    let code = errors.first().map_or("ING-E", |finding| finding.rule);
    Response::problem(http_status(findings), code, &detail, findings)
}
