//! What is run: bars, components and their configurations. Two runs of one plan end with one fingerprint.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use ingenium_components::ingestor::{self, Merge, Reading};
use ingenium_trading::backtest::Actor;
use ingenium_types::id::EventId;
use ingenium_types::scalar::{NonNegativeDecimal, Scalar as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::data::Data;
use super::foreign::Foreign;
use super::yardstick::Yardstick;
use crate::command::bars::Bars;
use crate::exit::{Code, Failure};

/// The CloudEvents source of the bars: that of `ingestor/csv`.
const INGESTOR: &str = "/ingenium/ingestor/csv";

/// A run, written down: all that its events depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Version of the event contract.
    pub(crate) contract: String,
    /// The bars.
    pub(crate) data: Vec<Data>,
    /// How the files are read; by what they say themselves if absent.
    #[serde(default, skip_serializing_if = "Reading::is_default")]
    pub(crate) reading: Reading,
    /// Bars taken of each symbol in each file; all of them if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bars: Option<u32>,
    /// Cash at the start, an exact decimal.
    pub(crate) cash: String,
    /// Executor, portfolio and strategies, in rank order.
    pub(crate) components: Vec<Component>,
    /// What the statistics are measured by.
    pub(crate) measure: Yardstick,
}

/// A component: a reference one with its configuration, or a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Component {
    /// A component of `ingenium run`.
    Reference {
        /// `ROLE/NAME`.
        name: String,
        /// Its configuration; members that are absent have their defaults.
        config: Value,
    },
    /// A component in a process of its own, in any language.
    Command {
        /// Its role.
        role: String,
        /// The program and its arguments; it listens on `PORT` and posts to `K_SINK`, or replies.
        command: Vec<String>,
    },
}

impl Plan {
    /// Whether all components run in this process, from the same events to the same events.
    pub(crate) fn is_typed(&self) -> bool {
        let mut components = self.components.iter();
        components.all(|component| matches!(component, Component::Reference { .. }))
    }

    /// What the strategy is called: its name, or the command.
    pub(crate) fn strategy(&self) -> String {
        match self.components.last() {
            Some(Component::Reference { name, .. }) => name.clone(),
            Some(Component::Command { command, .. }) => command.join(" "),
            None => String::new(),
        }
    }
}

/// The bars of a run, and how they are read.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) bars: Vec<Bars>,
    pub(crate) reading: Reading,
    /// Bars taken of each symbol in each file.
    pub(crate) limit: Option<u32>,
}

/// A plan with its bars at hand.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) plan: Plan,
    bars: Vec<Bars>,
}

impl Prepared {
    /// A plan over `input`; its configurations are tried at once.
    pub(crate) fn new(
        input: Input,
        cash: NonNegativeDecimal,
        components: Vec<Component>,
        measure: Yardstick,
    ) -> Result<Self, Failure> {
        let Input {
            bars,
            reading,
            limit,
        } = input;
        let plan = Plan {
            contract: ingenium_contract::CONTRACT_VERSION.to_owned(),
            data: bars.iter().map(Data::of).collect(),
            reading,
            bars: limit,
            cash: cash.to_string(),
            components,
            measure,
        };
        let prepared = Self { plan, bars };
        prepared.check()?;
        prepared.plan.measure.check(&prepared.plan.data)?;
        drop(prepared.merge()?);
        Ok(prepared)
    }

    /// The plan in `file`, over the bars that it names; they must be what they were.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let shown = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::new(Code::Usage, format!("`{shown}`: {error}")))?;
        let plan: Plan = serde_json::from_str(&text).map_err(|error| {
            let message = format!(
                "`{shown}`: {error}; expected a plan that `backtest run --out` has written"
            );
            Failure::new(Code::Usage, message)
        })?;
        if plan.contract != ingenium_contract::CONTRACT_VERSION {
            let message = format!(
                "`{shown}` is of contract {}, this program speaks {}; run it with the version that made it",
                plan.contract,
                ingenium_contract::CONTRACT_VERSION
            );
            return Err(Failure::new(Code::Usage, message));
        }
        let bars: Result<Vec<Bars>, Failure> = plan.data.iter().map(Data::bars).collect();
        let prepared = Self { plan, bars: bars? };
        prepared.check()?;
        Ok(prepared)
    }

    /// The components, in rank order, with no state yet; `late` counts what they say while no delivery is open.
    pub(crate) fn actors(&self, late: &Arc<AtomicU64>) -> Result<Vec<Box<dyn Actor>>, Failure> {
        let components = self.plan.components.iter();
        components
            .map(|component| match component {
                Component::Reference { name, config } => reference(name, config),
                Component::Command { role, command } => {
                    let foreign = Foreign::start(role, command, Arc::clone(late))?;
                    Ok(Box::new(foreign) as Box<dyn Actor>)
                }
            })
            .collect()
    }

    /// Whether every configuration holds.
    fn check(&self) -> Result<(), Failure> {
        for component in &self.plan.components {
            if let Component::Reference { name, config } = component {
                drop(reference(name, config)?);
            }
        }
        Ok(())
    }

    /// The input: every bar, or what is wrong with its row.
    pub(crate) fn input(
        &self,
    ) -> Result<
        impl Iterator<Item = Result<ingenium_trading::backtest::Event, ingestor::Malformed>> + use<>,
        Failure,
    > {
        Ok(ingestor::roots(
            self.merge()?,
            INGESTOR,
            Some(&self.run_id()?),
        ))
    }

    /// The same run of another strategy.
    pub(crate) fn with_strategy(&self, strategy: Component) -> Result<Self, Failure> {
        let mut run = self.clone();
        run.plan.components.pop();
        run.plan.components.push(strategy);
        run.check()?;
        Ok(run)
    }

    /// The same run, measured as one of so many.
    pub(crate) fn among(&self, trials: u32, trial_variance: Option<f64>) -> Self {
        let mut run = self.clone();
        run.plan.measure.trials = trials;
        run.plan.measure.trial_variance = trial_variance;
        run
    }

    /// Cash at the start.
    pub(crate) fn cash(&self) -> Result<NonNegativeDecimal, Failure> {
        NonNegativeDecimal::parse(&self.plan.cash).ok_or_else(|| {
            let message = format!(
                "cash is `{}`: expected {}",
                self.plan.cash,
                NonNegativeDecimal::FORM
            );
            Failure::new(Code::Usage, message)
        })
    }

    /// The run's id: the same for the same plan.
    fn run_id(&self) -> Result<String, Failure> {
        // What is only measured changes no event.
        let plan = Plan {
            measure: Yardstick::default(),
            ..self.plan.clone()
        };
        let plan = serde_json::to_string(&plan).map_err(Failure::internal)?;
        Ok(EventId::of(&["urn:ingenium:run", &plan]).to_string())
    }

    fn merge(&self) -> Result<Merge, Failure> {
        let limit = self.limit();
        let series: Result<Vec<ingestor::Bars>, ingestor::Error> = self
            .bars
            .iter()
            .map(|bars| bars.open(&self.plan.reading, limit))
            .collect();
        Ok(Merge::new(series.map_err(Failure::usage)?))
    }

    fn limit(&self) -> Option<usize> {
        self.plan
            .bars
            .map(|bars| usize::try_from(bars).unwrap_or(usize::MAX))
    }
}

fn reference(name: &str, config: &Value) -> Result<Box<dyn Actor>, Failure> {
    ingenium_components::actor(name, config)
        .map_err(|error| Failure::new(Code::Usage, format!("{name}: {error}")))
}
