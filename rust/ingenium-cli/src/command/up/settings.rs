//! What is run: inputs, money, components and their triggers.

use std::fs;
use std::path::Path;

use ingenium_broker::Trigger;
use ingenium_components::ingestor::Reading;
use ingenium_components::{executor, ingestor, portfolio};
use ingenium_types::id::EventId;
use ingenium_types::scalar::NonNegativeDecimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::children::{Children, Component, Place};
use super::replace::{check_tuning, components};
use crate::command::backtest::parameters;
use crate::command::bars::{self, Bars};
use crate::command::tuning::{Members, tuned};
use crate::command::value::{parse, parse_sizing};
use crate::exit::{Code, Failure};

/// The ingestor's CloudEvents source: its events are the run's input.
pub(crate) const INGESTOR: &str = "/ingenium/ingestor/csv";

/// What identifies a run: two runs with equal identity must end with equal fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Version of the contract.
    pub(crate) contract: String,
    /// Each input's symbol, empty where each row names its own, and SHA-256.
    pub(crate) inputs: Vec<(String, String)>,
    /// How the inputs are read.
    #[serde(default, skip_serializing_if = "Reading::is_default")]
    pub(crate) reading: Reading,
    /// Bars taken of each input, if not all.
    pub(crate) bars: Option<u32>,
    /// Cash at the start.
    pub(crate) cash: String,
    /// The sizing rule.
    pub(crate) sizing: String,
    /// The fee.
    pub(crate) fee_bps: String,
    /// The strategy's name and parameters; `rsi` with all its defaults goes without saying.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) strategy: Vec<String>,
    /// More of the configurations of executor and portfolio.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) tuning: Members,
    /// Components in the place of reference ones: `ROLE=CMD` or `ROLE=URL`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) components: Vec<String>,
}

/// A run as the arguments describe it.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) identity: Identity,
    pub(crate) cash: NonNegativeDecimal,
    fee_bps: NonNegativeDecimal,
    sizing: portfolio::Sizing,
    inputs: Vec<Bars>,
    bars: Option<u32>,
    /// The components that serve, in rank order.
    components: [Component; 3],
    /// The members of the strategy's configuration that are no defaults.
    strategy: Map<String, Value>,
}

impl Settings {
    /// Reads and checks all that the arguments name.
    pub(crate) fn parse(arguments: &super::Arguments) -> Result<Self, Failure> {
        let cash: NonNegativeDecimal = parse("--cash", &arguments.cash)?;
        let fee_bps: NonNegativeDecimal = parse("--fee-bps", &arguments.fee_bps)?;
        let sizing = parse_sizing(&arguments.sizing)?;
        let reading = arguments.reading.reading()?;
        let inputs = bars::read("--csv", &arguments.csv, &reading)?;
        if let Some(parameter) = arguments.param.first()
            && arguments
                .component
                .iter()
                .any(|given| given.starts_with("strategy="))
        {
            let message = format!(
                "--param `{parameter}`: a component of your own has no parameters of ours; put it into its command"
            );
            return Err(Failure::new(Code::Usage, message));
        }
        let name = format!("strategy/{}", arguments.strategy);
        let strategy = parameters(&name, &arguments.param)?;
        let checked = ingenium_components::actor(&name, &Value::Object(strategy.clone()));
        drop(checked.map_err(|error| Failure::new(Code::Usage, format!("{name}: {error}")))?);
        let identity = Identity {
            contract: ingenium_contract::CONTRACT_VERSION.to_owned(),
            inputs: inputs
                .iter()
                .map(|input| {
                    let symbol = input.symbol.as_ref();
                    let symbol = symbol.map_or_else(String::new, ToString::to_string);
                    (symbol, input.digest())
                })
                .collect(),
            reading,
            bars: arguments.bars,
            cash: cash.to_string(),
            sizing: arguments.sizing.clone(),
            fee_bps: fee_bps.to_string(),
            strategy: if arguments.strategy == "rsi" && arguments.param.is_empty() {
                Vec::new()
            } else {
                [std::slice::from_ref(&arguments.strategy), &arguments.param].concat()
            },
            tuning: arguments.tuning.read()?,
            components: arguments.component.clone(),
        };
        check_tuning(&identity.tuning, &arguments.component)?;
        Ok(Self {
            identity,
            cash,
            fee_bps,
            sizing,
            inputs,
            bars: arguments.bars,
            components: components(&name, &arguments.component)?,
            strategy,
        })
    }

    /// The run's id: the same for the same identity, so a resumed run is the same run.
    pub(crate) fn run_id(&self) -> Result<String, Failure> {
        let identity = serde_json::to_string(&self.identity).map_err(Failure::internal)?;
        Ok(EventId::of(&["urn:ingenium:run", &identity]).to_string())
    }

    /// Writes shipped bars and the components' configuration files into `root`.
    pub(crate) fn write(&self, root: &Path) -> Result<(), Failure> {
        let (bars, config) = (root.join("bars"), root.join("config"));
        for folder in [&bars, &config, &root.join("logs"), &root.join("state")] {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        }
        let files: Result<Vec<ingestor::File>, Failure> = self
            .inputs
            .iter()
            .map(|input| input.placed(&bars))
            .collect();
        let state = |name: &str| Some(root.join("state").join(format!("{name}.db")));
        let source = INGESTOR.to_owned();
        let ingestor = ingestor::Config {
            source,
            files: files?,
            run: Some(self.run_id()?),
            limit: self.limit(),
            ..ingestor::Config::default().with_reading(self.identity.reading.clone())
        };
        let mut strategy = self.strategy.clone();
        strategy.insert("state".to_owned(), serde_json::json!(state("strategy")));
        let fee_bps = self.fee_bps;
        let portfolio = portfolio::Config {
            state: state("portfolio"),
            initial_cash: self.cash,
            sizing: self.sizing.clone(),
            fee_bps,
            ..portfolio::Config::default()
        };
        let executor = executor::Config {
            state: state("executor"),
            fee_bps,
            ..executor::Config::default()
        };
        write_json(&config.join("ingestor.json"), &ingestor)?;
        write_json(&config.join("strategy.json"), &strategy)?;
        let tuning = &self.identity.tuning;
        let portfolio = tuned(&portfolio, tuning, "portfolio")?;
        let executor = tuned(&executor, tuning, "executor")?;
        write_json(&config.join("portfolio.json"), &portfolio)?;
        write_json(&config.join("executor.json"), &executor)
    }

    /// The components that serve, in rank order.
    pub(crate) const fn components(&self) -> &[Component; 3] {
        &self.components
    }

    /// The component that feeds the run.
    pub(crate) fn ingestor(&self) -> Component {
        Component {
            name: "ingestor",
            place: Place::Registry("ingestor/csv".to_owned()),
        }
    }

    /// One trigger for each component and event type that it acts on.
    pub(crate) fn triggers(&self, children: &Children) -> Vec<Trigger> {
        let strategy = match self.strategy.get("source") {
            Some(Value::String(source)) => source.clone(),
            _ => match &self.components[2].place {
                Place::Registry(name) => format!("/ingenium/{name}"),
                Place::Command(_) | Place::Url(_) => String::new(),
            },
        };
        let wiring = [
            (
                "executor",
                "10",
                "/ingenium/executor/paper",
                &["ingestor.data", "portfolio.order", "portfolio.cancel"][..],
            ),
            (
                "portfolio",
                "20",
                "/ingenium/portfolio/main",
                &["ingestor.data", "strategy.signal", "executor.execution"],
            ),
            ("strategy", "30", strategy.as_str(), &["ingestor.data"]),
        ];
        let mut triggers = Vec::new();
        for (name, rank, source, types) in wiring {
            let ours = self.components.iter().any(|component| {
                component.name == name && matches!(component.place, Place::Registry(_))
            });
            for event in types {
                let trigger = format!("{name}-{}", event.replace('.', "-"));
                let trigger =
                    Trigger::new(super::NAMESPACE, trigger, super::BROKER, children.url(name))
                        .with_type(format!("ingenium.{event}"))
                        .with_annotation("ingenium.example/rank", rank);
                // What source a stranger's events have is known when they come.
                triggers.push(if ours {
                    trigger.with_annotation("ingenium.example/source", source)
                } else {
                    trigger
                });
            }
        }
        triggers
    }

    fn limit(&self) -> Option<usize> {
        self.bars
            .map(|bars| usize::try_from(bars).unwrap_or(usize::MAX))
    }

    /// How many rows the inputs have, for the progress bar: rows may turn out malformed.
    pub(crate) fn expected_bars(&self) -> u64 {
        let most = self.limit().unwrap_or(usize::MAX);
        let rows = self.inputs.iter().map(|input| input.rows().min(most));
        rows.sum::<usize>() as u64
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(value).map_err(Failure::internal)?;
    fs::write(path, json).map_err(|error| unwritable(path, &error))
}

pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!(
        "data directory: `{}`: {error}; name a writable one with --data-dir",
        path.display()
    );
    Failure::new(Code::Usage, message)
}
