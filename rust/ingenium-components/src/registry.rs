//! The reference components by name.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ingenium::Component;
use ingenium::sink::Sink;
use ingenium::trading::Role;
use ingenium_runtime::environment::KnativeSettings;
use ingenium_runtime::shutdown::Shutdown;

use crate::config::{ConfigError, check_lot, load};
use crate::{executor, ingestor, portfolio, strategy};

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
}

/// How a component ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did all there was to do, or was asked to stop and drained.
    Finished,
    /// It was asked to stop before its input had ended.
    Interrupted,
}

/// The names of all components.
#[must_use]
pub fn names() -> Vec<&'static str> {
    vec![
        "ingestor/csv",
        "strategy/rsi",
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
    match name {
        "ingestor/csv" => return ingest(load(config)?, &surroundings).await,
        "strategy/rsi" => {
            let config: strategy::Config = load(config)?;
            serve(config.role()?, config.source, config.state, surroundings).await?;
        }
        "portfolio/long-only" => {
            let config: portfolio::Config = load(config)?;
            check_lot(config.lot)?;
            serve(config.role(), config.source, config.state, surroundings).await?;
        }
        "executor/paper" => {
            let config: executor::Config = load(config)?;
            check_lot(config.lot)?;
            serve(config.role()?, config.source, config.state, surroundings).await?;
        }
        other => {
            return Err(RunError::Unknown {
                name: other.to_owned(),
            });
        }
    }
    Ok(Outcome::Finished)
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
        config
            .files
            .push(ingestor::File::named_after_its_symbol(path)?);
    }
    let uri = settings.sink.as_ref().ok_or(ingenium::Error::NoSink)?;
    let sink = Sink::new(uri.to_string(), settings.sink_timeout);
    let done = ingestor::ingest(&config, &settings.ce_overrides, &sink, shutdown).await?;
    Ok(if done {
        Outcome::Finished
    } else {
        Outcome::Interrupted
    })
}

async fn serve<R>(
    role: R,
    source: String,
    state: Option<PathBuf>,
    surroundings: Surroundings,
) -> Result<(), RunError>
where
    R: Role + Send + Sync + 'static,
    R::State: Send,
{
    let Surroundings {
        listen,
        settings,
        shutdown,
        ..
    } = surroundings;
    let mut component = Component::new(role, source).listen(listen);
    if let Some(path) = state {
        component = component.state(path);
    }
    Ok(component.run(&settings, shutdown).await?)
}
