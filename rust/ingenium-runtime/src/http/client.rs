//! A client whose every request has a deadline for the whole answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Uri;
use hyper::header::{HOST, HeaderName, HeaderValue, InvalidHeaderValue};
use hyper::http::uri::{Authority, PathAndQuery};
use hyper_util::client::legacy::connect::HttpConnector;
use tower_service::Service as _;

use super::idle::Idle;
use super::line::{Line, Unanswered};
use super::opened::Opened;
use super::quick_ack::Connector;

/// The largest answer that is read, in bytes.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers in order; names in lower case, values as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
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

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The request cannot be written down: its method, URL or a header is not legal.
    #[error("request to `{uri}` is not legal: {problem}")]
    Request {
        /// The URL.
        uri: String,
        /// What is wrong.
        problem: String,
    },
    /// Nobody listens.
    #[error("cannot connect to `{uri}`: {}", root(source.as_ref()))]
    Connect {
        /// The URL.
        uri: String,
        /// What the client says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The whole answer was not there in time. The recipient may have acted all the same.
    #[error("no answer from `{uri}` within {} ms", timeout.as_millis())]
    Timeout {
        /// The URL.
        uri: String,
        /// The time that it had.
        timeout: Duration,
    },
    /// The connection ended before the answer did, as one does that was closed while it lay in the pool. The
    /// recipient may have acted all the same.
    #[error("`{uri}` closed the connection before its answer")]
    Closed {
        /// The URL.
        uri: String,
    },
    /// The answer is not HTTP.
    #[error("`{uri}` does not answer in HTTP: {source}")]
    Protocol {
        /// The URL.
        uri: String,
        /// What the client says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer is too large.
    #[error("`{uri}` answers more than {MAX_ANSWER} bytes")]
    TooLarge {
        /// The URL.
        uri: String,
    },
}

/// A client that keeps its connections for the next request. Clones share them. It follows no redirect and repeats no
/// request.
#[derive(Debug, Clone)]
pub struct Client {
    connector: Connector,
    title_case: bool,
    pub(super) idle: Arc<Idle>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// A client without connections.
    #[must_use]
    pub fn new() -> Self {
        Self::with_title_case(false)
    }

    /// A client that writes header names as `Content-Type`, where others write `content-type`: what a recipient must
    /// not care about.
    #[must_use]
    pub fn title_case() -> Self {
        Self::with_title_case(true)
    }

    fn with_title_case(title_case: bool) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            connector: Connector(connector),
            title_case,
            idle: Arc::default(),
        }
    }

    /// Sends a request and reads the whole answer within `timeout`.
    ///
    /// # Errors
    /// When there is no whole answer in time.
    pub async fn send(
        &self,
        method: &str,
        uri: &str,
        headers: &[(String, String)],
        body: impl Into<Bytes>,
        timeout: Duration,
    ) -> Result<Answer, SendError> {
        let exchange = async {
            let opened = self.ask(method, uri, headers, body.into()).await?;
            opened.collect().await
        };
        match tokio::time::timeout(timeout, exchange).await {
            Ok(result) => result,
            Err(_) => Err(SendError::Timeout {
                uri: uri.to_owned(),
                timeout,
            }),
        }
    }

    /// Sends a request; the body of the answer is still to come.
    pub(super) async fn ask(
        &self,
        method: &str,
        uri: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Opened, SendError> {
        let (recipient, mut request) = build(method, uri, headers, body)?;
        let mut kept = self.idle.take(&recipient);
        loop {
            let is_kept = kept.is_some();
            let mut line = match kept.take() {
                Some(line) => line,
                None => self.connect(uri, &recipient).await?,
            };
            match line.send(request).await {
                Ok(response) => {
                    return Ok(Opened::new(uri, response, line, recipient, &self.idle));
                }
                Err(Unanswered::Unsent(unsent)) if is_kept => {
                    request = *unsent;
                    kept = self.idle.take(&recipient);
                }
                Err(Unanswered::Unsent(_)) => {
                    let uri = uri.to_owned();
                    return Err(SendError::Closed { uri });
                }
                Err(Unanswered::Failed(source)) => return Err(broken(uri, source.into())),
            }
        }
    }

    async fn connect(&self, uri: &str, recipient: &Authority) -> Result<Line, SendError> {
        let failed = |source| SendError::Connect {
            uri: uri.to_owned(),
            source,
        };
        let target = Uri::builder()
            .scheme("http")
            .authority(recipient.clone())
            .path_and_query("/")
            .build()
            .map_err(|error| failed(error.into()))?;
        let mut connector = self.connector.clone();
        let stream = connector.call(target).await;
        let stream = stream.map_err(|error| failed(error.into()))?;
        let line = Line::new(stream, self.title_case).await;
        line.map_err(|error| failed(error.into()))
    }
}

/// The request as it goes over a connection, and the recipient.
fn build(
    method: &str,
    uri: &str,
    headers: &[(String, String)],
    body: Bytes,
) -> Result<(Authority, hyper::Request<Full<Bytes>>), SendError> {
    let illegal = |problem: String| SendError::Request {
        uri: uri.to_owned(),
        problem,
    };
    let target: Uri = uri
        .parse()
        .map_err(|error: hyper::http::uri::InvalidUri| illegal(error.to_string()))?;
    let parts = target.into_parts();
    let Some(recipient) = parts.authority else {
        return Err(illegal("it names no host".to_owned()));
    };
    if parts
        .scheme
        .as_ref()
        .is_some_and(|scheme| scheme.as_str() != "http")
    {
        return Err(illegal("its scheme is not `http`".to_owned()));
    }
    let path = parts
        .path_and_query
        .unwrap_or(PathAndQuery::from_static("/"));
    let mut request = hyper::Request::builder()
        .method(method)
        .uri(path)
        .body(Full::new(body))
        .map_err(|error| illegal(error.to_string()))?;
    // `host`, and what the connection adds.
    request.headers_mut().reserve(headers.len() + 2);
    for (name, value) in headers {
        let legal = HeaderName::try_from(name.as_str())
            .ok()
            .zip(HeaderValue::try_from(value.as_str()).ok());
        let (name, value) =
            legal.ok_or_else(|| illegal(format!("header `{}`", name.escape_debug())))?;
        request.headers_mut().append(name, value);
    }
    if !request.headers().contains_key(HOST) {
        let host = host(&recipient).map_err(|error| illegal(error.to_string()))?;
        request.headers_mut().insert(HOST, host);
    }
    Ok((recipient, request))
}

/// The recipient as `host` says it: without who asks, and without the port that is usual.
fn host(recipient: &Authority) -> Result<HeaderValue, InvalidHeaderValue> {
    match recipient.port_u16() {
        None | Some(80) => HeaderValue::from_str(recipient.host()),
        Some(port) => HeaderValue::try_from(format!("{}:{port}", recipient.host())),
    }
}

pub(super) fn broken(uri: &str, source: Box<dyn std::error::Error + Send + Sync>) -> SendError {
    let uri = uri.to_owned();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(source.as_ref());
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_incomplete_message() || error.is_canceled() || error.is_closed())
        {
            return SendError::Closed { uri };
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>()
            && matches!(
                error.kind(),
                std::io::ErrorKind::ConnectionReset
                    | std::io::ErrorKind::BrokenPipe
                    | std::io::ErrorKind::UnexpectedEof
            )
        {
            return SendError::Closed { uri };
        }
        cause = error.source();
    }
    SendError::Protocol { uri, source }
}

/// The innermost cause: what the system says.
fn root(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

impl SendError {
    /// Whether the recipient may have acted on the request: it was on its way when the connection failed.
    #[must_use]
    pub const fn may_have_arrived(&self) -> bool {
        !matches!(self, Self::Request { .. } | Self::Connect { .. })
    }
}
