//! Which running broker a command speaks to.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::environment::Environment;
use ingenium_runtime::http::client::{Answer, Client, SendError};
use ingenium_runtime::http::opened::Opened;
use serde_json::Value;

use crate::exit::{Code, Failure};

/// Where a broker is that nobody has named.
const USUAL: &str = "http://127.0.0.1:8080";

/// The variable that names one.
const VARIABLE: &str = "INGENIUM_BROKER";

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A broker, its namespace, and what opens it.
#[derive(Debug, clap::Args)]
pub(crate) struct Server {
    /// The broker's address, without a path; INGENIUM_BROKER or http://127.0.0.1:8080 otherwise
    #[arg(long, value_name = "URL")]
    broker: Option<String>,

    /// Namespace in the broker's URL
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) namespace: String,

    /// A file with the token that the broker wants to see
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// A connection to it.
#[derive(Debug)]
pub(crate) struct Connection {
    client: Client,
    base: String,
    headers: Vec<(String, String)>,
}

impl Server {
    /// Prepares to ask; nothing is sent yet.
    pub(crate) fn connect(&self) -> Result<Connection, Failure> {
        let environment = Environment::of_process();
        let named = self
            .broker
            .as_deref()
            .or(environment.get_nonempty(VARIABLE));
        let base = named.unwrap_or(USUAL).trim_end_matches('/').to_owned();
        let mut headers = Vec::new();
        if let Some(file) = &self.token_file {
            let token = std::fs::read_to_string(file).map_err(|error| {
                Failure::new(Code::Usage, format!("{}: {error}", file.display()))
            })?;
            headers.push((
                "authorization".to_owned(),
                format!("Bearer {}", token.trim()),
            ));
        }
        Ok(Connection {
            client: Client::new(),
            base,
            headers,
        })
    }

    /// The path of the objects of a kind, or of one of them.
    pub(crate) fn objects(&self, kind: &str, name: Option<&str>) -> String {
        let path = format!(
            "/apis/eventing.knative.dev/v1/namespaces/{}/{kind}",
            self.namespace
        );
        name.map_or_else(|| path.clone(), |name| format!("{path}/{name}"))
    }
}

impl Connection {
    /// Asks, and gives the answer back whatever its status is.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<Answer, Failure> {
        let sent = self.send(method, path, None, body).await;
        sent.map_err(|error| self.unreachable(&error))
    }

    /// As [`ask`](Self::ask), with a body of this media type; whoever calls may try again.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        media_type: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Result<Answer, SendError> {
        let uri = format!("{}{path}", self.base);
        let mut headers = self.headers.clone();
        headers.extend(media_type.map(|name| ("content-type".to_owned(), name.to_owned())));
        self.client
            .send(method, &uri, &headers, body, PATIENCE)
            .await
    }

    /// Asks for what is read while it comes.
    pub(crate) async fn open(
        &self,
        path: &str,
        header: Option<(&str, &str)>,
    ) -> Result<Opened, SendError> {
        let uri = format!("{}{path}", self.base);
        let mut headers = self.headers.clone();
        headers.extend(header.map(|(name, value)| (name.to_owned(), value.to_owned())));
        self.client.open("GET", &uri, &headers, PATIENCE).await
    }

    /// Nobody answers.
    pub(crate) fn unreachable(&self, error: &SendError) -> Failure {
        let message = format!(
            "{}: {error}; is a broker running there? Name another with --broker",
            self.base
        );
        Failure::new(Code::Target, message)
    }

    /// Reads an object; `None` where there is none.
    pub(crate) async fn get(&self, path: &str) -> Result<Option<Value>, Failure> {
        let answer = self.ask("GET", path, String::new()).await?;
        match answer.status {
            200 => parse(&answer).map(Some),
            404 => Ok(None),
            _ => Err(refused(&answer, path)),
        }
    }
}

/// The JSON of an answer.
pub(crate) fn parse(answer: &Answer) -> Result<Value, Failure> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        let message = format!("the broker's answer is no JSON: {error}");
        Failure::new(Code::Target, message)
    })
}

/// A failure in the broker's own words.
pub(crate) fn refused(answer: &Answer, what: &str) -> Failure {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let detail = problem["detail"].as_str().unwrap_or("no reason is given");
    let code = match answer.status {
        408 | 429 | 500.. => Code::Target,
        _ => Code::Usage,
    };
    Failure::new(code, format!("{what}: status {}: {detail}", answer.status))
}
