//! HTTP/1.1 in plain types: all that Knative's data plane asks for.

pub mod client;
mod framing;
pub mod server;
mod tap;

use bytes::Bytes;
use ingenium_contract::Finding;
use serde_json::json;

/// A request, read to its end.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method, as sent.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// What follows the question mark.
    pub query: Option<String>,
    /// The headers in order, names in lower case, values as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Bytes,
    /// The raw bytes of request line and headers, as they came from the socket.
    pub raw_head: Bytes,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers; Content-Length is set when it is sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// An answer without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// An answer with a body of this media type.
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body: body.into(),
        }
    }

    /// A problem (RFC 9457) with a stable `code`, and the findings that led to it.
    #[must_use]
    pub fn problem(status: u16, code: &str, detail: &str, findings: &[Finding]) -> Self {
        let mut problem = json!({"status": status, "code": code, "detail": detail});
        if !findings.is_empty() {
            problem["findings"] = json!(findings);
        }
        Self::new(status, "application/problem+json", problem.to_string())
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
