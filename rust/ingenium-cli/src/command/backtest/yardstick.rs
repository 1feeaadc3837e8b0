//! What a run is measured by: nothing here changes an event.

use ingenium_trading::metric::Settings;
use ingenium_types::scalar::{InstrumentSymbol, Scalar as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::Data;
use crate::exit::{Code, Failure};

/// What statistics are measured by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Yardstick {
    /// Daily points in a year: 252 for equities, 365 for what trades every day
    #[arg(long = "periods", value_name = "N", default_value_t = 252.0)]
    pub(crate) periods_per_year: f64,

    /// The risk-free rate a year, as a share
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    pub(crate) risk_free: f64,

    /// The daily return below which Sortino's ratio counts a shortfall, as a share
    #[arg(long, value_name = "RETURN", default_value_t = 0.0)]
    pub(crate) minimum_acceptable: f64,

    /// The symbol to compare with; its bars are among the data
    #[arg(long, value_name = "SYMBOL")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) benchmark: Option<String>,

    /// How many configurations were tried of which this is one, for the deflated Sharpe ratio
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) trials: u32,

    /// The variance of the Sharpe ratios of the trials, a period; `sweep` measures it
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trial_variance: Option<f64>,
}

impl Default for Yardstick {
    fn default() -> Self {
        Self {
            periods_per_year: 252.0,
            risk_free: 0.0,
            minimum_acceptable: 0.0,
            benchmark: None,
            trials: 1,
            trial_variance: None,
        }
    }
}

impl Yardstick {
    /// Whether it can measure a run over `data`.
    pub(crate) fn check(&self, data: &[Data]) -> Result<(), Failure> {
        let wrong = |message: String| Err(Failure::new(Code::Usage, message));
        if !(self.periods_per_year > 0.0 && self.periods_per_year.is_finite()) {
            return wrong(format!(
                "--periods is `{}`: expected a number above zero, such as 252",
                self.periods_per_year
            ));
        }
        if !(self.risk_free > -1.0 && self.risk_free.is_finite()) {
            return wrong(format!(
                "--risk-free is `{}`: expected a share above -1, such as 0.02",
                self.risk_free
            ));
        }
        if !self.minimum_acceptable.is_finite() {
            return wrong(format!(
                "--minimum-acceptable is `{}`: expected a number",
                self.minimum_acceptable
            ));
        }
        match &self.benchmark {
            // Whose bars a file of several symbols holds is not known before it is read.
            Some(symbol)
                if !data
                    .iter()
                    .any(|data| data.symbol.as_ref().is_none_or(|one| one == symbol)) =>
            {
                let symbols: Vec<&str> = data
                    .iter()
                    .filter_map(|data| data.symbol.as_deref())
                    .collect();
                wrong(format!(
                    "--benchmark `{symbol}` is not among the data: {}",
                    symbols.join(", ")
                ))
            }
            _ => Ok(()),
        }
    }

    /// The same for the recorder.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let benchmark = self.benchmark.as_deref().map(|symbol| {
            InstrumentSymbol::parse(symbol).ok_or_else(|| {
                let message = format!("benchmark `{symbol}`: expected {}", InstrumentSymbol::FORM);
                Failure::new(Code::Usage, message)
            })
        });
        Ok(Settings {
            periods_per_year: self.periods_per_year,
            risk_free: self.risk_free,
            minimum_acceptable: self.minimum_acceptable,
            benchmark: benchmark.transpose()?,
            trials: self.trials,
            trial_variance: self.trial_variance,
        })
    }
}
