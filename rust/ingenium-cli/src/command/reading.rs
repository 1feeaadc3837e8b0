//! Options that say how files of bars are to be read.

use std::collections::BTreeMap;

use ingenium_components::ingestor::{Field, Reading};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::value::parse;
use crate::exit::{Code, Failure};

/// How files of bars are to be read, where they do not tell themselves.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The column of a field, by name or by `#N`: date, time, open, high, low, close, adjusted_close, volume, symbol
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,

    /// How dates are written, where the rows do not tell: iso, epoch, ymd, dmy or mdy
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,

    /// How long a bar lasts, such as `1m` or `1d`; the most common step between rows unless given
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,

    /// Scale prices by the adjusted close: none or all
    #[arg(long, value_name = "PRICES", default_value = "none")]
    adjust: String,
}

impl Options {
    /// What the options say.
    pub(crate) fn reading(&self) -> Result<Reading, Failure> {
        let mut map = BTreeMap::new();
        for argument in &self.map {
            let (field, column) = mapped(argument)?;
            if map.insert(field, column).is_some() {
                let message = format!("--map `{argument}`: the field was given before");
                return Err(Failure::new(Code::Usage, message));
            }
        }
        let date_format = self.date_format.as_deref();
        let period = self.period.as_deref();
        Ok(Reading {
            map,
            date_format: date_format
                .map(|name| variant("--date-format", name))
                .transpose()?,
            period: period.map(|text| parse("--period", text)).transpose()?,
            adjust: variant("--adjust", &self.adjust)?,
        })
    }
}

fn mapped(argument: &str) -> Result<(Field, String), Failure> {
    let wrong = |problem: String| {
        let message = format!("--map `{argument}`: {problem}");
        Failure::new(Code::Usage, message)
    };
    let (field, column) = argument
        .split_once('=')
        .filter(|(_, column)| !column.trim().is_empty())
        .ok_or_else(|| {
            wrong("expected FIELD=COLUMN, such as `close=Last` or `date=#1`".to_owned())
        })?;
    let field = field
        .parse()
        .map_err(|error| wrong(format!("there is no field `{field}`: {error}")))?;
    Ok((field, column.to_owned()))
}

/// A value of an enumeration by its name in a configuration.
fn variant<T: DeserializeOwned>(option: &str, name: &str) -> Result<T, Failure> {
    serde_json::from_value(Value::String(name.to_owned()))
        .map_err(|error| Failure::new(Code::Usage, format!("{option}: {error}")))
}
