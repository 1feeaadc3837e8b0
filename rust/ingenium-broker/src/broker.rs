//! Opening a broker.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ingenium_runtime::http::server::{self, Limits as HttpLimits};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tracing::info;

use crate::config::{Config, Mode, Retention};
use crate::core::{Core, Parts, Registered};
use crate::counts::{Counters, Counts};
use crate::error::Error;
use crate::handle::Handle;
use crate::lateness::Lateness;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::store::reader::KeptTrigger;
use crate::store::{self, LateRule, Notes, Reader, Recent, Writer, reader};
use crate::trigger::{BrokerObject, Trigger};
use crate::{dispatch, retention, routes};

/// How long a body may take: with the time of its head and of the last look at it less than ten seconds.
const BODY: Duration = Duration::from_secs(4);

/// The embedded broker.
#[derive(Debug, Clone, Copy)]
pub struct Broker;

/// What the file holds when it is opened.
struct Recalled {
    recent: Recent,
    counts: Counts,
    triggers: BTreeMap<String, KeptTrigger>,
    broker: Option<String>,
}

impl Broker {
    /// Opens the store, listens, and takes events. Deliveries start with [`Handle::start_dispatch`].
    ///
    /// # Errors
    /// When the store or the address cannot be used.
    pub async fn open(mut config: Config) -> Result<Handle, Error> {
        if matches!(config.mode, Mode::Step { .. }) && config.retention != Retention::default() {
            return Err(Error::Retention);
        }
        if !config.listen.ip().is_loopback() && config.token.is_none() {
            return Err(Error::Exposed {
                address: config.listen,
            });
        }
        let path = config.path.clone();
        let opening = tokio::task::spawn_blocking(move || store::open(&path));
        let (connection, file_lock) = joined(opening.await)??;
        let reader = Reader::open(&config.path)?;
        let browser = Reader::open(&config.path)?;
        let (name, count) = (config.broker.clone(), config.limits.recent);
        let recalled = reader
            .query(move |connection| recall(connection, &name, count))
            .await;
        let recalled = recalled.map_err(|error| damaged(error, &config))?;
        let recalled = recalled.map_err(|problem| Error::Corrupt {
            path: config.path.clone(),
            problem,
        })?;
        let listener = listen(&mut config).await?;

        let counters = Arc::new(counters(&recalled.counts));
        let metrics = Arc::new(Metrics::new(config.limits.trigger_labels));
        let log = Arc::new(Log::new(
            reader.clone(),
            recalled.recent.first,
            recalled.recent.head,
            config.limits.recent,
        ));
        log.append(recalled.recent.events);
        let lateness = match &config.mode {
            Mode::Fifo => None,
            Mode::Step { input_source } => Some(Arc::new(Lateness::new(input_source.clone()))),
        };
        let (commands, queue) = mpsc::channel(config.limits.queue);
        let (failing, failed) = watch::channel(None);
        let notes = Arc::new(Notes::default());
        let writer = Writer::new(
            connection,
            Arc::clone(&log),
            Arc::clone(&notes),
            Arc::clone(&counters),
            Arc::clone(&metrics),
            rule(lateness.clone()),
            failing,
        );
        let writing = writer.start(queue);
        let triggers = triggers(recalled.triggers, &config)?;
        let broker = broker_object(recalled.broker.as_deref())?;
        info!(address = %config.listen, stored = recalled.counts.stored, triggers = triggers.len(), "broker listens");
        let core = Arc::new(Core::new(Parts {
            config,
            log,
            reader,
            browser,
            counters,
            metrics,
            lateness,
            writer: commands,
            notes,
            failed,
            broker,
            triggers,
        }));
        core.recall_existence().await?;
        core.ready.store(true, Ordering::Release);
        let server_stop = Shutdown::manual();
        let served = Arc::clone(&core);
        let handler = move |request| {
            let core = Arc::clone(&served);
            async move { routes::answer(&core, request).await }
        };
        let serving = tokio::spawn(server::serve(
            listener,
            handler,
            HttpLimits {
                body_timeout: BODY,
                ..HttpLimits::default()
            },
            server_stop.clone(),
        ));
        let dispatching = tokio::spawn(dispatch::run(Arc::clone(&core)));
        let retaining = (core.config.retention != Retention::default())
            .then(|| tokio::spawn(retention::run(Arc::clone(&core))));
        Ok(Handle {
            core,
            server_stop,
            serving,
            dispatching,
            retaining,
            writing,
            _file_lock: file_lock,
        })
    }
}

async fn listen(config: &mut Config) -> Result<TcpListener, Error> {
    let address = config.listen;
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    config.listen = listener.local_addr().map_err(failed)?;
    Ok(listener)
}

/// Reads what the file holds, or says what is damaged at its end.
fn recall(
    connection: &rusqlite::Connection,
    broker: &str,
    keep: usize,
) -> rusqlite::Result<Result<Recalled, String>> {
    let recent = match store::recent(connection, keep)? {
        Ok(recent) => recent,
        Err(problem) => return Ok(Err(problem)),
    };
    Ok(Ok(Recalled {
        recent,
        counts: reader::counts(connection)?,
        triggers: reader::triggers(connection)?,
        broker: reader::broker(connection, broker)?,
    }))
}

/// What cannot be read at the start is damage: nobody else writes here.
fn damaged(error: Error, config: &Config) -> Error {
    match error {
        Error::Store(error) => Error::Corrupt {
            path: config.path.clone(),
            problem: error.to_string(),
        },
        other => other,
    }
}

fn counters(counts: &Counts) -> Counters {
    Counters {
        stored: AtomicU64::new(counts.stored),
        delivered: AtomicU64::new(counts.delivered),
        dead_letters: AtomicU64::new(counts.dead_letters),
        late: AtomicU64::new(counts.late),
        removed: AtomicU64::new(counts.removed),
        ..Counters::default()
    }
}

fn rule(lateness: Option<Arc<Lateness>>) -> LateRule {
    match lateness {
        Some(lateness) => Box::new(move |source| lateness.is_late(source)),
        None => Box::new(|_| false),
    }
}

fn triggers(
    stored: BTreeMap<String, KeptTrigger>,
    config: &Config,
) -> Result<BTreeMap<String, Arc<Registered>>, Error> {
    let mut triggers = BTreeMap::new();
    for (name, kept) in stored {
        let trigger = Trigger::from_json(kept.object.as_bytes(), &config.namespace)?;
        let registered = Registered::new(trigger, kept.position, kept.replayed);
        triggers.insert(name, Arc::new(registered));
    }
    Ok(triggers)
}

fn broker_object(stored: Option<&str>) -> Result<BrokerObject, Error> {
    let Some(object) = stored else {
        return Ok(BrokerObject::default());
    };
    let (_, object) = BrokerObject::from_json(object.as_bytes())?;
    Ok(object)
}

fn joined<T>(ended: Result<T, tokio::task::JoinError>) -> Result<T, Error> {
    ended.map_err(|error| Error::Unavailable {
        reason: error.to_string(),
    })
}
