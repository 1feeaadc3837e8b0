//! The sink that a component posts to: it records raw bytes, and misbehaves when it is told to.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Reply, Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::emission::{Fate, Message, Via};
use crate::journal::Journal;

/// The path of the sink: with a query, so that a component that drops parts of `K_SINK` is seen.
pub const PATH: &str = "/conformance/sink";
/// The query of the sink.
pub const QUERY: &str = "run=1";
/// Where a redirect points: nobody should ever come here.
pub const ELSEWHERE: &str = "/conformance/elsewhere";

/// The largest emission that is recorded: far above what the contract allows, so that the check can say so.
const MAX_BODY: u64 = 512 * 1024;

/// Together with the largest body this is the most memory that senders can take.
const MAX_CONNECTIONS: usize = 128;

/// How the sink answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SinkAnswer {
    /// 202.
    Accept,
    /// This status.
    Status(u16),
    /// 307 to another place.
    Redirect,
    /// 202 after so many milliseconds.
    Delay(u64),
    /// None: the connection is closed.
    Close,
}

/// The answers that come next; the last one stays.
#[derive(Debug, Default)]
struct Script(VecDeque<SinkAnswer>);

impl Script {
    fn next(&mut self) -> SinkAnswer {
        match self.0.len() {
            0 => SinkAnswer::Accept,
            1 => self.0[0],
            _ => self.0.pop_front().unwrap_or(SinkAnswer::Accept),
        }
    }
}

/// Scripts by what an emission is about: a symbol, or a case and all its symbols. What one case has set is not used up,
/// or ended, by the late emissions of another.
#[derive(Debug, Default)]
struct Scripts {
    about: HashMap<String, Script>,
    /// The one that was set last: what names no symbol is meant to follow it.
    last: String,
}

impl Scripts {
    fn next(&mut self, symbol: Option<&str>) -> SinkAnswer {
        let symbol = symbol.unwrap_or(&self.last);
        let case = symbol.rsplit_once('.').map_or(symbol, |(case, _)| case);
        let key = if self.about.contains_key(symbol) {
            symbol
        } else {
            case
        };
        self.about
            .get_mut(key)
            .map_or(SinkAnswer::Accept, Script::next)
    }
}

/// A recording sink.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    scripts: Arc<Mutex<Scripts>>,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Sink {
    /// Starts listening; everything is recorded as coming from `instance`.
    ///
    /// # Errors
    /// What the system says.
    pub async fn start(
        listen: SocketAddr,
        instance: usize,
        journal: Journal,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let scripts = Arc::new(Mutex::new(Scripts::default()));
        let stop = Shutdown::manual();
        let answers = Arc::clone(&scripts);
        let handler = move |request: Request| {
            let (journal, answers) = (journal.clone(), Arc::clone(&answers));
            async move { answer(request, instance, &journal, &answers).await }
        };
        let limits = Limits {
            max_body: MAX_BODY,
            max_connections: MAX_CONNECTIONS,
            head_timeout: Duration::from_secs(30),
            drain: Duration::from_secs(1),
            ..Limits::default()
        };
        let server = tokio::spawn(server::serve(listener, handler, limits, stop.clone()));
        Ok(Self {
            address,
            scripts,
            stop,
            server,
        })
    }

    /// The URL for `K_SINK`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// How it answers what is about a symbol, or about any symbol of a case; the last answer stays. None: 202.
    pub fn behave(&self, about: &str, answers: &[SinkAnswer]) {
        let mut scripts = self
            .scripts
            .lock()
            .expect("no code panics while it holds this lock");
        let script = Script(answers.iter().copied().collect());
        let of_case = format!("{about}.");
        scripts
            .about
            .retain(|other, _| !other.starts_with(&of_case));
        scripts.about.insert(about.to_owned(), script);
        about.clone_into(&mut scripts.last);
    }

    /// Says that what names no symbol is accepted again.
    pub fn behave_well(&self) {
        let mut scripts = self
            .scripts
            .lock()
            .expect("no code panics while it holds this lock");
        scripts.last.clear();
    }

    /// Stops listening.
    pub async fn stop(self) {
        self.stop.request();
        // The server ends by itself; a panic inside it would be a missing emission.
        drop(self.server.await);
    }
}

/// The URL for `K_SINK` of a sink that listens at an address.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("http://{address}{PATH}?{QUERY}")
}

async fn answer(
    request: Request,
    instance: usize,
    journal: &Journal,
    scripts: &Mutex<Scripts>,
) -> Reply {
    let message = Message {
        method: request.method,
        path: request.path,
        query: request.query,
        headers: request.headers,
        head: request.raw_head,
        body: request.body,
    };
    // A future that is dropped because its peer hung up leaves the emission abandoned, as it should.
    let Some(number) = journal.emitted(instance, Via::Sink, Fate::Abandoned, message) else {
        return Response::empty(429).into();
    };
    let symbol = journal.symbol(number);
    let behaviour = scripts
        .lock()
        .expect("no code panics while it holds this lock")
        .next(symbol.as_deref());
    let (status, response) = match behaviour {
        SinkAnswer::Accept => (202, Response::empty(202)),
        SinkAnswer::Status(status) => (status, Response::empty(status)),
        SinkAnswer::Redirect => (307, Response::empty(307).header("location", ELSEWHERE)),
        SinkAnswer::Delay(milliseconds) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            (202, Response::empty(202))
        }
        SinkAnswer::Close => return Reply::HangUp,
    };
    let fate = if (200..300).contains(&status) {
        Fate::Accepted
    } else {
        Fate::Answered(status)
    };
    journal.settle(number, fate);
    response.into()
}
