//! The reference components by name.

use std::path::Path;
use std::time::Duration;

use ingenium::Component;
use ingenium::sink::Sink;
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

/// Runs the component `name`, configured by the file `config`, until it is done or told to stop.
///
/// # Errors
/// [`RunError`].
pub async fn run(
    name: &str,
    config: Option<&Path>,
    settings: &KnativeSettings,
    shutdown: Shutdown,
) -> Result<Outcome, RunError> {
    match name {
        "ingestor/csv" => {
            let config: ingestor::Config = load(config)?;
            let uri = settings.sink.as_ref().ok_or(ingenium::Error::NoSink)?;
            let timeout = settings.sink_timeout.min(Duration::from_secs(30));
            let sink = Sink::new(uri.to_string(), timeout);
            let done = ingestor::ingest(&config, &settings.ce_overrides, &sink, &shutdown).await?;
            return Ok(if done {
                Outcome::Finished
            } else {
                Outcome::Interrupted
            });
        }
        "strategy/rsi" => {
            let config: strategy::Config = load(config)?;
            serve(
                config.role()?,
                &config.source,
                config.state.as_deref(),
                settings,
                shutdown,
            )
            .await?;
        }
        "portfolio/long-only" => {
            let config: portfolio::Config = load(config)?;
            check_lot(config.lot)?;
            serve(
                config.role(),
                &config.source,
                config.state.as_deref(),
                settings,
                shutdown,
            )
            .await?;
        }
        "executor/paper" => {
            let config: executor::Config = load(config)?;
            check_lot(config.lot)?;
            serve(
                config.role(),
                &config.source,
                config.state.as_deref(),
                settings,
                shutdown,
            )
            .await?;
        }
        other => {
            return Err(RunError::Unknown {
                name: other.to_owned(),
            });
        }
    }
    Ok(Outcome::Finished)
}

async fn serve<R>(
    role: R,
    source: &str,
    state: Option<&Path>,
    settings: &KnativeSettings,
    shutdown: Shutdown,
) -> Result<(), RunError>
where
    R: ingenium::trading::Role + Send + Sync + 'static,
    R::State: Send,
{
    let mut component = Component::new(role, source);
    if let Some(path) = state {
        component = component.state(path);
    }
    Ok(component.run(settings, shutdown).await?)
}
