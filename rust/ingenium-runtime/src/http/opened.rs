//! An answer that is read while it comes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::http::uri::Authority;
use tokio::time::timeout;

use super::client::{Answer, Client, MAX_ANSWER, SendError, broken};
use super::idle::Idle;
use super::line::Line;

/// An answer whose body is still to come. Dropping it closes its connection.
#[derive(Debug)]
pub struct Opened {
    /// The status code.
    pub status: u16,
    /// The headers in order; names in lower case, values as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    uri: String,
    body: Incoming,
    line: Line,
    recipient: Authority,
    idle: Arc<Idle>,
}

impl Client {
    /// Sends a request without a body and reads the head of the answer within `patience`.
    ///
    /// # Errors
    /// When there is no head in time.
    pub async fn open(
        &self,
        method: &str,
        uri: &str,
        headers: &[(String, String)],
        patience: Duration,
    ) -> Result<Opened, SendError> {
        let asked = timeout(patience, self.ask(method, uri, headers, Bytes::new())).await;
        asked.map_err(|_| late(uri, patience))?
    }
}

impl Opened {
    pub(super) fn new(
        uri: &str,
        response: hyper::Response<Incoming>,
        line: Line,
        recipient: Authority,
        idle: &Arc<Idle>,
    ) -> Self {
        let (parts, body) = response.into_parts();
        let headers = parts.headers.iter();
        Self {
            status: parts.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
                .collect(),
            uri: uri.to_owned(),
            body,
            line,
            recipient,
            idle: Arc::clone(idle),
        }
    }

    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(other, _)| other == name)?;
        Some(&found.1)
    }

    /// The next piece of the body, as it came; `None` at its end.
    ///
    /// # Errors
    /// When nothing comes within `patience`, or the connection breaks off.
    pub async fn next(&mut self, patience: Duration) -> Result<Option<Bytes>, SendError> {
        loop {
            let frame = timeout(patience, self.line.moving(self.body.frame())).await;
            match frame.map_err(|_| late(&self.uri, patience))? {
                None => return Ok(None),
                Some(Ok(frame)) => {
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
                Some(Err(error)) => return Err(broken(&self.uri, error.into())),
            }
        }
    }

    /// The whole answer, as [`Client::send`] gives it.
    ///
    /// # Errors
    /// When it is not there within `patience`, or too large.
    pub async fn whole(self, patience: Duration) -> Result<Answer, SendError> {
        let uri = self.uri.clone();
        let collected = timeout(patience, self.collect()).await;
        collected.map_err(|_| late(&uri, patience))?
    }

    pub(super) async fn collect(mut self) -> Result<Answer, SendError> {
        let whole = Limited::new(self.body, MAX_ANSWER).collect();
        match self.line.moving(whole).await {
            Ok(body) => {
                self.idle.keep(&self.recipient, self.line);
                Ok(Answer {
                    status: self.status,
                    headers: self.headers,
                    body: body.to_bytes(),
                })
            }
            Err(error) if error.is::<LengthLimitError>() => {
                Err(SendError::TooLarge { uri: self.uri })
            }
            Err(error) => Err(broken(&self.uri, error)),
        }
    }
}

fn late(uri: &str, timeout: Duration) -> SendError {
    SendError::Timeout {
        uri: uri.to_owned(),
        timeout,
    }
}
