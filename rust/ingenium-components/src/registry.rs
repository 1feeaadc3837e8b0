//! The reference components by name.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use ingenium::Component;
use ingenium::sink::Sink;
use ingenium::trading::Role;
use ingenium::trading::backtest::{Actor, Typed};
use ingenium_runtime::environment::{KnativeSettings, StateSync};
use ingenium_runtime::shutdown::Shutdown;

use crate::config::{ConfigError, Source, check_lot};
use crate::{executor, ingestor, portfolio, replay, strategy};

/// Why a component did not run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There is no component of this name.
    #[error("there is no component `{name}`; there are {}", names().join(", "))]
    Unknown {
        /// The name.
        name: String,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The component cannot be served.
    #[error(transparent)]
    Component(#[from] ingenium::Error),
    /// The input cannot be ingested.
    #[error(transparent)]
    Ingest(#[from] ingestor::Error),
    /// The events cannot be replayed.
    #[error(transparent)]
    Replay(#[from] replay::Error),
}

/// How a component ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did all there was to do, or was asked to stop and drained.
    Finished,
    /// It was asked to stop before its input had ended.
    Interrupted,
}

impl Outcome {
    const fn of(done: bool) -> Self {
        if done {
            Self::Finished
        } else {
            Self::Interrupted
        }
    }
}

/// The names of all components.
#[must_use]
pub fn names() -> Vec<&'static str> {
    vec![
        "ingestor/csv",
        "ingestor/replay",
        "strategy/rsi",
        "strategy/sma-cross",
        "portfolio/long-only",
        "executor/paper",
    ]
}

/// Where and how a component runs.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The address to listen on: all of them in a pod, the loopback on a machine of one's own.
    pub listen: IpAddr,
    /// What Knative has set.
    pub settings: KnativeSettings,
    /// When to stop.
    pub shutdown: Shutdown,
    /// `INGENIUM_STATE_SYNC`: what is on disk when an event is acknowledged.
    pub state_sync: StateSync,
    /// `INGENIUM_FIXTURE`: the file of an ingestor whose configuration names none, called after its symbol.
    pub fixture: Option<PathBuf>,
}

/// Runs the component `name`, configured by the file `config`, until it is done or told to stop.
///
/// # Errors
/// [`RunError`].
pub async fn run(
    name: &str,
    config: Option<&Path>,
    surroundings: Surroundings,
) -> Result<Outcome, RunError> {
    let config = config.map_or(Source::Defaults, Source::File);
    if name == "ingestor/csv" {
        return ingest(config.load()?, &surroundings).await;
    }
    if name == "ingestor/replay" {
        return replay(config.load()?, &surroundings).await;
    }
    with_role(name, config, Serve(surroundings))?.await?;
    Ok(Outcome::Finished)
}

/// The component `name` for a run in this process, configured by `config`; its `state` file is left alone.
///
/// # Errors
/// [`RunError`]; an ingestor is no such component, it is the input.
pub fn actor(name: &str, config: &serde_json::Value) -> Result<Box<dyn Actor>, RunError> {
    with_role(name, Source::Value(config), InProcess)
}

/// The JSON Schema of the configuration of the component `name`.
///
/// # Errors
/// [`RunError::Unknown`].
pub fn config_schema(name: &str) -> Result<schemars::Schema, RunError> {
    Ok(match name {
        "ingestor/csv" => schemars::schema_for!(ingestor::Config),
        "ingestor/replay" => schemars::schema_for!(replay::Config),
        "strategy/rsi" => schemars::schema_for!(strategy::rsi::Config),
        "strategy/sma-cross" => schemars::schema_for!(strategy::sma_cross::Config),
        "portfolio/long-only" => schemars::schema_for!(portfolio::Config),
        "executor/paper" => schemars::schema_for!(executor::Config),
        other => {
            return Err(RunError::Unknown {
                name: other.to_owned(),
            });
        }
    })
}

/// What is done with a role, whatever its type.
trait Purpose {
    type Output;

    fn with<R>(self, role: R, source: String, state: Option<PathBuf>) -> Self::Output
    where
        R: Role + Send + Sync + 'static,
        R::State: Send;
}

/// The one table from names to roles.
fn with_role<P: Purpose>(
    name: &str,
    config: Source<'_>,
    purpose: P,
) -> Result<P::Output, RunError> {
    Ok(match name {
        "strategy/rsi" => {
            let config: strategy::rsi::Config = config.load()?;
            purpose.with(config.role()?, config.source, config.state)
        }
        "strategy/sma-cross" => {
            let config: strategy::sma_cross::Config = config.load()?;
            purpose.with(config.role()?, config.source, config.state)
        }
        "portfolio/long-only" => {
            let config: portfolio::Config = config.load()?;
            config.check()?;
            purpose.with(config.role(), config.source, config.state)
        }
        "executor/paper" => {
            let config: executor::Config = config.load()?;
            check_lot(config.lot)?;
            purpose.with(config.role()?, config.source, config.state)
        }
        other => {
            return Err(RunError::Unknown {
                name: other.to_owned(),
            });
        }
    })
}

struct InProcess;

impl Purpose for InProcess {
    type Output = Box<dyn Actor>;

    fn with<R>(self, role: R, source: String, _: Option<PathBuf>) -> Box<dyn Actor>
    where
        R: Role + Send + Sync + 'static,
        R::State: Send,
    {
        Box::new(Typed::new(role, source))
    }
}

struct Serve(Surroundings);

impl Purpose for Serve {
    type Output = Pin<Box<dyn Future<Output = Result<(), ingenium::Error>>>>;

    fn with<R>(self, role: R, source: String, state: Option<PathBuf>) -> Self::Output
    where
        R: Role + Send + Sync + 'static,
        R::State: Send,
    {
        let Surroundings {
            listen,
            settings,
            shutdown,
            state_sync,
            ..
        } = self.0;
        let component = Component::new(role, source).listen(listen);
        let mut component = component.state_sync(state_sync);
        if let Some(path) = state {
            component = component.state(path);
        }
        Box::pin(async move { component.run(&settings, shutdown).await })
    }
}

async fn ingest(
    mut config: ingestor::Config,
    surroundings: &Surroundings,
) -> Result<Outcome, RunError> {
    let Surroundings {
        settings,
        shutdown,
        fixture,
        ..
    } = surroundings;
    if let Some(path) = fixture
        && config.files.is_empty()
    {
        config.files.push(ingestor::File {
            path: path.clone(),
            symbol: None,
        });
    }
    let uri = settings.sink.as_ref().ok_or(ingenium::Error::NoSink)?;
    let sink = Sink::new(uri.to_string(), settings.sink_timeout);
    let done = ingestor::ingest(&config, &settings.ce_overrides, &sink, shutdown).await?;
    Ok(Outcome::of(done))
}

async fn replay(
    mut config: replay::Config,
    surroundings: &Surroundings,
) -> Result<Outcome, RunError> {
    let Surroundings {
        settings,
        shutdown,
        fixture,
        ..
    } = surroundings;
    config.file = config.file.or_else(|| fixture.clone());
    let uri = settings.sink.as_ref().ok_or(ingenium::Error::NoSink)?;
    let sink = Sink::new(uri.to_string(), settings.sink_timeout);
    let done = replay::replay(&config, &settings.ce_overrides, &sink, shutdown).await?;
    Ok(Outcome::of(done))
}
