//! A component as `ingenium run` runs it, on a port, with its store on disk, and an end that nobody announces.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ingenium_components::{RunError, Surroundings, run};
use ingenium_runtime::environment::{Environment, KnativeSettings, StateSync};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::shutdown::Shutdown;
use rusqlite::Connection;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::broker::Message;

const PATIENCE: Duration = Duration::from_secs(30);

/// A component and what it needs to be started again.
pub(crate) struct Process {
    component: &'static str,
    config: Value,
    /// Its store is here, one file for each start.
    folder: PathBuf,
    starts: u32,
    sink: String,
    client: Client,
    url: String,
    shutdown: Shutdown,
    task: JoinHandle<Result<(), RunError>>,
}

impl Process {
    /// Starts `component` with an empty store in `folder`, and waits until it is ready.
    pub(crate) async fn start(
        component: &'static str,
        config: &Value,
        folder: PathBuf,
        sink: &str,
    ) -> Self {
        std::fs::create_dir(&folder).expect("a folder");
        let mut process = Self {
            component,
            config: config.clone(),
            folder,
            starts: 0,
            sink: sink.to_owned(),
            client: Client::new(),
            url: String::new(),
            shutdown: Shutdown::manual(),
            task: tokio::task::spawn_local(async { Ok(()) }),
        };
        process.launch().await;
        process
    }

    /// Gives it an event; the status of the answer.
    pub(crate) async fn give(&self, message: &Message) -> u16 {
        let Message { headers, body, .. } = message;
        let answer = self
            .client
            .send("POST", &self.url, headers, body.clone(), PATIENCE);
        answer.await.expect("an answer").status
    }

    /// Ends as a process does that is killed, and starts again from what that leaves on the disk.
    pub(crate) async fn crash(&mut self) {
        let left = self.store();
        self.starts += 1;
        // An aborted task closes its store in good order, a killed process does not: what the new process gets are
        // the files of this moment. The locking mode is exclusive, so the database and its journal are all of them.
        for suffix in ["", "-wal"] {
            let (from, to) = (with(&left, suffix), with(&self.store(), suffix));
            std::fs::copy(&from, &to).expect("a running component has both files");
        }
        self.task.abort();
        let ended = (&mut self.task).await;
        assert!(
            ended.is_err_and(|error| error.is_cancelled()),
            "it ran until now"
        );
        self.launch().await;
    }

    /// Ends in good order; what its store holds then, row by row.
    pub(crate) async fn stop(self) -> Vec<String> {
        self.shutdown.request();
        let store = self.store();
        self.task.await.expect("no panic").expect("a clean end");
        rows(&store)
    }

    fn store(&self) -> PathBuf {
        self.folder.join(format!("{}.db", self.starts))
    }

    async fn launch(&mut self) {
        self.config["state"] = self.store().to_string_lossy().into();
        let config = self.folder.join("config.json");
        std::fs::write(&config, self.config.to_string()).expect("a file");
        while !self.launched(config.clone()).await {}
    }

    /// Whether it is ready; not when somebody was faster at taking the port.
    async fn launched(&mut self, config: PathBuf) -> bool {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let environment = Environment::from([
            ("PORT", port.to_string().as_str()),
            ("K_SINK", self.sink.as_str()),
        ]);
        self.url = format!("http://127.0.0.1:{port}/");
        self.shutdown = Shutdown::manual();
        let surroundings = Surroundings {
            listen: Ipv4Addr::LOCALHOST.into(),
            settings: KnativeSettings::read(&environment).expect("settings"),
            shutdown: self.shutdown.clone(),
            state_sync: StateSync::Full,
            fixture: None,
        };
        let component = self.component;
        self.task = tokio::task::spawn_local(async move {
            run(component, Some(&config), surroundings).await.map(drop)
        });
        let ready = format!("{}readyz", self.url);
        loop {
            let answer = self.client.send("GET", &ready, &[], Vec::new(), PATIENCE);
            if answer.await.is_ok_and(|answer| answer.status == 200) {
                return true;
            }
            if self.task.is_finished() {
                match (&mut self.task).await.expect("no panic") {
                    Err(RunError::Component(ingenium::Error::Listen { .. })) => return false,
                    other => panic!("{component} has ended: {other:?}"),
                }
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Every row that says what the component knows, and every event that it still owes.
fn rows(store: &Path) -> Vec<String> {
    let connection = Connection::open(store).expect("a store");
    let mut found = Vec::new();
    for query in [
        "SELECT 'state', key, value FROM state ORDER BY 2",
        "SELECT 'seen ' || source, id, said FROM seen ORDER BY 1, 2",
        "SELECT 'natural key', key, content FROM natural_keys ORDER BY 2",
        "SELECT 'outbox', cause_source, cause_id FROM outbox ORDER BY seq",
    ] {
        let mut statement = connection.prepare(query).expect("the table is there");
        let rows = statement.query_map([], |row| {
            let cell = |n| row.get::<_, String>(n);
            Ok(format!("{} {} {}", cell(0)?, cell(1)?, cell(2)?))
        });
        found.extend(rows.expect("rows").map(|row| row.expect("a row")));
    }
    found
}
