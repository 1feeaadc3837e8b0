//! The client: pooled connections, one deadline for the whole answer, no redirects.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// The largest answer in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// Shorter than the idle time that our servers allow: a connection is given up before its peer closes it.
const IDLE: Duration = Duration::from_secs(4);

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer. Whether the peer has acted on the request is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The request cannot be put into HTTP.
    #[error("the request cannot be sent: {0}")]
    Request(#[from] hyper::http::Error),
    /// The peer cannot be reached.
    #[error("cannot connect: {0}")]
    Connect(legacy::Error),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Protocol(legacy::Error),
    /// The body broke, or is larger than 1 MiB.
    #[error("the answer's body cannot be read: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// There was no whole answer in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
}

/// A client; clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: legacy::Client<HttpConnector, Full<Bytes>>,
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
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Self { inner }
    }

    /// Sends a request and reads the whole answer within `timeout`.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(
        &self,
        method: &str,
        uri: &str,
        headers: &[(String, String)],
        body: impl Into<Bytes>,
        timeout: Duration,
    ) -> Result<Answer, SendError> {
        let mut builder = hyper::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(Full::new(body.into()))?;
        let exchange = async {
            let response = self.inner.request(request).await.map_err(|error| {
                if error.is_connect() {
                    SendError::Connect(error)
                } else {
                    SendError::Protocol(error)
                }
            })?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MAX_ANSWER)
                .collect()
                .await
                .map_err(SendError::Body)?
                .to_bytes();
            let headers = parts
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
            Ok(Answer {
                status: parts.status.as_u16(),
                headers: headers.collect(),
                body,
            })
        };
        tokio::time::timeout(timeout, exchange)
            .await
            .map_err(|_| SendError::Timeout(timeout))?
    }
}
