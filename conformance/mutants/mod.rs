//! Broken components, one fault each, and the sound ones that they are made of.
//!
//! They link nothing of the SDK's, the broker's or the reference components': the judge is tested by what it has not
//! seen. `M-NONE` is sound and passes; every other mutant must fail exactly the checks that name it.

mod broker;
mod draft;
mod executor;
mod fault;
mod ingestor;
mod intake;
mod outlet;
mod portfolio;
mod served;
mod strategy;

use std::path::PathBuf;

use ingenium_runtime::environment::{Environment, KnativeSettings};

use crate::role::Role;

pub use fault::{Fault, LATER, NONE, SOUND, of_role};

/// Why a mutant cannot run.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    fn new(problem: impl std::fmt::Display) -> Self {
        Self(problem.to_string())
    }
}

/// What a mutant is given beside its environment.
#[derive(Debug, Default)]
pub struct Given {
    /// It behaves as if it traded with a venue.
    pub live: bool,
    /// It may sell what it does not have.
    pub margin: bool,
    /// The folder of a broker.
    pub state: Option<PathBuf>,
    /// What senders show to a broker.
    pub token: Option<String>,
}

/// Runs the mutant of this name until it is told to stop.
///
/// # Errors
/// When there is no such mutant, or the environment is not that of a component.
pub async fn run(role: Role, name: &str, given: Given) -> Result<(), Error> {
    let fault = Fault::named(role, name).ok_or_else(|| {
        let names: Vec<&str> = of_role(role).map(|fault| fault.name).collect();
        Error::new(format!(
            "the role {role} has no mutant `{name}`; it has {}",
            names.join(", ")
        ))
    })?;
    let fault = Fault {
        live: given.live,
        margin: given.margin,
        ..fault
    };
    let environment = Environment::of_process();
    let settings = KnativeSettings::read(&environment).map_err(Error::new)?;
    match role {
        Role::Broker => {
            let state = given
                .state
                .ok_or_else(|| Error::new("a broker needs --state DIR"))?;
            broker::run(fault, settings.port, state, given.token).await
        }
        Role::Ingestor => ingestor::run(fault, &environment, settings).await,
        Role::Strategy => {
            served::serve(fault, settings, &environment, strategy::Strategy::default()).await
        }
        Role::Portfolio => {
            served::serve(
                fault,
                settings,
                &environment,
                portfolio::Portfolio::default(),
            )
            .await
        }
        Role::Executor => {
            served::serve(fault, settings, &environment, executor::Executor::default()).await
        }
        Role::Sink => served::serve(fault, settings, &environment, served::Nothing).await,
        Role::Source => Err(Error::new("a source has no mutants of its own")),
    }
}
