//! Subscribers that record what comes and answer as they are told: one server, a path for each.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Reply, Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::row::{Answer, Script};

/// More than a broker may be given.
const MAX_BODY: u64 = 4 * 1024 * 1024;

/// What came.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// The subscriber's name.
    pub(super) to: String,
    /// The event's id, where it has one.
    pub(super) event: String,
    /// When.
    pub(super) at: Instant,
    /// When it was answered, and with what.
    pub(super) answered: Option<(Instant, u16)>,
    /// The headers as they came; names in lower case.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub(super) body: Bytes,
}

impl Arrival {
    /// A header, or an attribute as `ce-NAME`, whatever the mode.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        if let Some((_, value)) = found {
            return Some(String::from_utf8_lossy(value).into_owned());
        }
        let event = self.structured()?;
        match event.get(name.strip_prefix("ce-")?)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// The event of structured mode.
    pub(super) fn structured(&self) -> Option<Value> {
        self.is_structured()
            .then(|| serde_json::from_slice(&self.body).ok())?
    }

    pub(super) fn is_structured(&self) -> bool {
        let content_type = self
            .headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .map(|(_, value)| value.as_slice());
        content_type.is_some_and(|value| value.starts_with(b"application/cloudevents+json"))
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.answered
            .is_some_and(|(_, status)| (200..300).contains(&status))
    }
}

/// All subscribers of a row.
#[derive(Debug, Default)]
struct Book {
    scripts: BTreeMap<String, Script>,
    attempts: HashMap<(String, String), usize>,
    arrivals: Vec<Arrival>,
}

/// What subscribers of all rows share.
#[derive(Debug, Clone, Default)]
struct Books(Arc<Mutex<HashMap<String, Book>>>);

impl Books {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Book>> {
        self.0
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

/// The server.
#[derive(Debug)]
pub(super) struct Subscribers {
    address: SocketAddr,
    books: Books,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Subscribers {
    pub(super) async fn start(listen: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (books, stop) = (Books::default(), Shutdown::manual());
        let served = books.clone();
        let handler = move |request: Request| {
            let books = served.clone();
            async move { answer(request, &books).await }
        };
        let limits = Limits {
            max_body: MAX_BODY,
            drain: Duration::from_millis(100),
            ..Limits::default()
        };
        let server = tokio::spawn(server::serve(listener, handler, limits, stop.clone()));
        Ok(Self {
            address,
            books,
            stop,
            server,
        })
    }

    /// Opens a book for a row.
    pub(super) fn open(&self, row: &str, scripts: &BTreeMap<String, Script>) {
        let book = Book {
            scripts: scripts.clone(),
            ..Book::default()
        };
        self.books.lock().insert(row.to_owned(), book);
    }

    /// The URL of a subscriber.
    pub(super) fn url(&self, row: &str, name: &str) -> String {
        if name == "nobody" {
            // A port that was never bound: connecting fails at once.
            return "http://127.0.0.1:1/".to_owned();
        }
        format!("http://{}/{row}/{name}", self.address)
    }

    /// What came for a row so far.
    pub(super) fn arrivals(&self, row: &str) -> Vec<Arrival> {
        let books = self.books.lock();
        books
            .get(row)
            .map(|book| book.arrivals.clone())
            .unwrap_or_default()
    }

    pub(super) async fn stop(self) {
        self.stop.request();
        // The server ends by itself; a panic inside it would be a missing arrival.
        drop(self.server.await);
    }
}

async fn answer(request: Request, books: &Books) -> Reply {
    let path = request.path.clone();
    let mut words = path.trim_start_matches('/').splitn(2, '/');
    let (row, to) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default().to_owned(),
    );
    let mut arrival = Arrival {
        to: to.clone(),
        event: String::new(),
        at: Instant::now(),
        answered: None,
        headers: request.headers,
        body: request.body,
    };
    arrival.event = arrival.header("ce-id").unwrap_or_default();
    let (number, scripted) = {
        let mut books = books.lock();
        let Some(book) = books.get_mut(row) else {
            return Response::empty(404).into();
        };
        let attempt = book
            .attempts
            .entry((to.clone(), arrival.event.clone()))
            .or_default();
        let place = *attempt;
        *attempt += 1;
        let scripted = book.scripts.get(&to).and_then(|script| {
            let answers = script.by_id.get(&arrival.event);
            let answers = answers.unwrap_or(&script.answers);
            let place = match script.repeat {
                Some(most) if place < most => place.min(answers.len().saturating_sub(1)),
                _ => place,
            };
            answers.get(place).cloned()
        });
        book.arrivals.push(arrival);
        (book.arrivals.len() - 1, scripted)
    };
    let (status, reply) = match scripted {
        None => (202, Response::empty(202).into()),
        Some(answer) => {
            tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
            if answer.close {
                (0, Reply::HangUp)
            } else {
                (answer.status, response(&answer).into())
            }
        }
    };
    if let Some(book) = books.lock().get_mut(row) {
        book.arrivals[number].answered = Some((Instant::now(), status));
    }
    reply
}

fn response(answer: &Answer) -> Response {
    let mut response = match (&answer.reply, &answer.text) {
        (Some(event), _) => {
            let (headers, body) = event.message();
            let content_type = headers.iter().find(|(name, _)| name == "content-type");
            let content_type = content_type.map_or("application/json", |(_, value)| value.as_str());
            let mut response = Response::with_body(answer.status, content_type, body);
            for (name, value) in headers.iter().filter(|(name, _)| name != "content-type") {
                response = response.header(name, value);
            }
            response
        }
        (None, Some(text)) => {
            let text = text.repeat(answer.times.unwrap_or(1));
            Response::with_body(answer.status, "text/plain", text)
        }
        (None, None) => Response::empty(answer.status),
    };
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response
}
