//! A request and a response as plain values.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use hyper::StatusCode;
use ingenium_contract::Finding;
use serde::Serialize;

/// A request, whole: nothing is handed on before its last byte is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method as sent; methods are case-sensitive.
    pub method: String,
    /// The path as sent, never decoded.
    pub path: String,
    /// What follows `?`, as sent.
    pub query: Option<String>,
    /// The headers in order; names in lower case, values as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body without its transfer coding.
    pub body: Bytes,
    /// The bytes of the head exactly as they came, the empty line included.
    pub raw_head: Bytes,
}

impl Request {
    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(other, _)| other == name)?;
        Some(&found.1)
    }

    /// The headers as the envelope reader takes them.
    #[must_use]
    pub fn header_slices(&self) -> Vec<(&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect()
    }
}

/// A response, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// A response whose body is made as fast as its peer takes it: the next piece is asked for when there is room for it.
pub struct Streaming {
    /// The status code.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The pieces of the body. Dropped when the peer goes away, or takes nothing for too long.
    pub body: Pin<Box<dyn Stream<Item = Bytes> + Send>>,
}

impl fmt::Debug for Streaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// What a handler gives back.
#[derive(Debug)]
pub enum Reply {
    /// An answer.
    Answer(Response),
    /// An answer without an end that is known.
    Stream(Streaming),
    /// None: the connection ends in the middle of the exchange, as it does when a peer crashes. Recipients that are
    /// tested need such a peer.
    HangUp,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Answer(response)
    }
}

impl From<Streaming> for Reply {
    fn from(streaming: Streaming) -> Self {
        Self::Stream(streaming)
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    title: &'static str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    findings: &'a [Finding],
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A response with a body of this media type.
    #[must_use]
    pub fn with_body(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            ..Self::empty(status).header("content-type", media_type)
        }
    }

    /// `application/problem+json` (RFC 9457) with a `code` that programs may rely on, and what is wrong in detail.
    #[must_use]
    pub fn problem(status: u16, code: &str, detail: &str, findings: &[Finding]) -> Self {
        let problem = Problem {
            title: StatusCode::from_u16(status)
                .ok()
                .and_then(|status| status.canonical_reason())
                .unwrap_or("Problem"),
            status,
            code,
            detail,
            findings,
        };
        let body = serde_json::to_vec(&problem).expect("a problem has string keys only");
        Self::with_body(status, "application/problem+json", body)
    }

    /// The same response with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
