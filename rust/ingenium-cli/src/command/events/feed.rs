//! The log over HTTP, from one end to the other whatever the connection does.

use std::time::Duration;

use ingenium_runtime::backoff::Backoff;
use ingenium_runtime::http::opened::Opened;
use tokio::time::sleep;

use super::Log;
use super::selection::Range;
use super::sse::Parser;
use crate::command::server::{Connection, refused};
use crate::exit::{Code, Failure, complain};

/// Three heartbeats of the broker.
const SILENCE: Duration = Duration::from_secs(45);

/// An event of the log.
#[derive(Debug)]
pub(super) struct Entry {
    /// In structured JSON, one line.
    pub(super) line: String,
}

/// Reads the log from where it is asked to.
#[derive(Debug)]
pub(super) struct Feed {
    connection: Connection,
    path: String,
    opened: Option<Opened>,
    parser: Parser,
    /// The last id: where the next connection goes on.
    last: Option<String>,
    /// The offset that is the end.
    to: Option<u64>,
    backoff: Backoff,
    /// The person knows that there is no connection.
    is_lost: bool,
    quiet: bool,
}

impl Feed {
    /// Prepares to read; nothing is sent yet.
    pub(super) fn new(log: &Log, range: &Range, quiet: bool) -> Result<Self, Failure> {
        Ok(Self {
            connection: log.server.connect()?,
            path: format!("{}?{}", log.events(), range.query()),
            opened: None,
            parser: Parser::default(),
            last: None,
            to: None,
            backoff: Backoff::sender(),
            is_lost: false,
            quiet,
        })
    }

    /// The next event; `None` when the end that was asked for is reached.
    pub(super) async fn next(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            while let Some(block) = self.parser.next() {
                if block.id.is_some() && block.id != self.last {
                    // It goes on: what went wrong before is over.
                    self.backoff = Backoff::sender();
                    self.last = block.id;
                }
                if let Some(line) = block.data {
                    return Ok(Some(Entry { line }));
                }
            }
            if self.is_at_end() {
                return Ok(None);
            }
            let Some(opened) = &mut self.opened else {
                self.open().await?;
                continue;
            };
            match opened.next(SILENCE).await {
                Ok(Some(piece)) => self.parser.push(&piece),
                Ok(None) => self.lost("the broker has ended the stream").await,
                Err(error) => self.lost(&error.to_string()).await,
            }
        }
    }

    fn is_at_end(&self) -> bool {
        let last = self
            .last
            .as_deref()
            .and_then(|last| last.parse::<u64>().ok());
        last.zip(self.to).is_some_and(|(last, to)| last >= to)
    }

    /// The offset that is the end, which the broker says before the first event.
    pub(super) async fn end(&mut self) -> Result<u64, Failure> {
        while self.opened.is_none() {
            self.open().await?;
        }
        self.to
            .ok_or_else(|| Failure::new(Code::Target, "the broker does not say where its log ends"))
    }

    async fn open(&mut self) -> Result<(), Failure> {
        let header = self.last.as_deref().map(|last| ("last-event-id", last));
        let opened = match self.connection.open(&self.path, header).await {
            Ok(opened) => opened,
            // Whoever has never been there is not coming back.
            Err(error) if self.last.is_none() => return Err(self.connection.unreachable(&error)),
            Err(error) => {
                self.lost(&error.to_string()).await;
                return Ok(());
            }
        };
        if opened.status == 200 {
            if self.to.is_none() {
                let to = opened.header("ingenium-to");
                let to = to.and_then(|to| std::str::from_utf8(to).ok());
                self.to = to.and_then(|to| to.parse().ok());
            }
            if std::mem::take(&mut self.is_lost) && !self.quiet {
                complain("connected again");
            }
            self.opened = Some(opened);
            return Ok(());
        }
        let status = opened.status;
        let answer = opened.whole(SILENCE).await;
        let answer = answer.map_err(|error| self.connection.unreachable(&error))?;
        if matches!(status, 429 | 503) && self.last.is_some() {
            self.lost(&format!("status {status}")).await;
            return Ok(());
        }
        if status == 404 && self.last.is_none() {
            let message = "the broker serves no such log; name it with --namespace and --name";
            return Err(Failure::new(Code::Usage, message));
        }
        Err(refused(&answer, "the log"))
    }

    /// Says so, and waits before the next attempt.
    async fn lost(&mut self, why: &str) {
        self.opened = None;
        self.parser = Parser::default();
        if !std::mem::replace(&mut self.is_lost, true) && !self.quiet {
            complain(&format!("{why}; connecting again"));
        }
        sleep(self.backoff.next_wait()).await;
    }
}
