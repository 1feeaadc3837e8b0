//! What is common to all runs: bars, money, strategy, yardstick.

use ingenium_components::{executor, portfolio};
use ingenium_types::scalar::NonNegativeDecimal;
use serde_json::Value;

use super::parameter::parameters;
use super::plan::{Component, Input, Prepared};
use super::yardstick::Yardstick;
use crate::command::tuning::{Tuning, tuned};
use crate::command::value::{parse, parse_sizing};
use crate::command::{bars, reading};
use crate::exit::{Code, Failure};

/// What to run.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Settings {
    /// Bars to run, a CSV file; the symbol is that of its column, or the file's name, unless given
    #[arg(long, value_name = "FILE[=SYMBOL]")]
    data: Vec<String>,

    #[command(flatten)]
    reading: reading::Options,

    /// Take only the first N bars of each symbol in each file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    bars: Option<u32>,

    /// The strategy, as in `ingenium run strategy/NAME`
    #[arg(long, value_name = "NAME", default_value = "rsi")]
    strategy: String,

    /// Cash at the start
    #[arg(long, value_name = "AMOUNT", default_value = "100000")]
    cash: String,

    /// How much to buy: `percent-equity:SHARE`, `fixed:QUANTITY`, or JSON as the portfolio's `sizing`
    #[arg(long, value_name = "RULE", default_value = "percent-equity:0.30")]
    sizing: String,

    /// Fee in basis points of each fill
    #[arg(long, value_name = "BPS", default_value = "0")]
    fee_bps: String,

    #[command(flatten)]
    tuning: Tuning,

    /// A portfolio or executor of your own in the place of ours: a command, which gets PORT and K_SINK
    #[arg(long, value_name = "ROLE=CMD")]
    component: Vec<String>,

    #[command(flatten)]
    measure: Yardstick,
}

impl Settings {
    /// The reference strategy with these members of its configuration.
    pub(crate) fn strategy(&self, given: &[String]) -> Result<Component, Failure> {
        let name = format!("strategy/{}", self.strategy);
        let config = Value::Object(parameters(&name, given)?);
        Ok(Component::Reference { name, config })
    }

    /// Daily points in a year.
    pub(crate) const fn periods_per_year(&self) -> f64 {
        self.measure.periods_per_year
    }

    /// The run of `strategy` between the reference portfolio and executor.
    pub(crate) fn prepare(&self, strategy: Component) -> Result<Prepared, Failure> {
        let cash: NonNegativeDecimal = parse("--cash", &self.cash)?;
        let fee_bps: NonNegativeDecimal = parse("--fee-bps", &self.fee_bps)?;
        let executor = executor::Config {
            fee_bps,
            ..executor::Config::default()
        };
        let portfolio = portfolio::Config {
            initial_cash: cash,
            sizing: parse_sizing(&self.sizing)?,
            fee_bps,
            ..portfolio::Config::default()
        };
        let tuning = self.tuning.read()?;
        let mut components = vec![
            Component::Reference {
                name: "executor/paper".to_owned(),
                config: tuned(&executor, &tuning, "executor")?,
            },
            Component::Reference {
                name: "portfolio/long-only".to_owned(),
                config: tuned(&portfolio, &tuning, "portfolio")?,
            },
            strategy,
        ];
        for given in &self.component {
            let (place, component) = in_place(given)?;
            if let Component::Command { role, .. } = &component
                && tuning.contains_key(role)
            {
                let message =
                    format!("--component `{given}`: --slippage and --config are about our {role}");
                return Err(Failure::new(Code::Usage, message));
            }
            if matches!(components[place], Component::Command { .. }) {
                let message = format!("--component `{given}`: the role was given before");
                return Err(Failure::new(Code::Usage, message));
            }
            components[place] = component;
        }
        let reading = self.reading.reading()?;
        let bars = bars::read("--data", &self.data, &reading)?;
        let input = Input {
            bars,
            reading,
            limit: self.bars,
        };
        Prepared::new(input, cash, components, self.measure.clone())
    }
}

/// What `--component` names: the place in rank order, and the component.
fn in_place(given: &str) -> Result<(usize, Component), Failure> {
    let wrong = |problem: &str| {
        let message = format!(
            "--component `{given}`: {problem}; expected ROLE=CMD, ROLE one of executor, portfolio; a strategy stands after --"
        );
        Failure::new(Code::Usage, message)
    };
    let (role, command) = given
        .split_once('=')
        .filter(|(_, command)| !command.trim().is_empty())
        .ok_or_else(|| wrong("it names no component"))?;
    let place = match role {
        "executor" => 0,
        "portfolio" => 1,
        _ => return Err(wrong("there is no such role here")),
    };
    let command = ["sh", "-c", command].map(str::to_owned).to_vec();
    let role = role.to_owned();
    Ok((place, Component::Command { role, command }))
}
