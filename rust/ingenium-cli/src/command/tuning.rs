//! What the reference executor and portfolio do beyond their defaults: `--slippage`, and `--config` for all the rest.

use std::fs;

use ingenium_types::scalar::{NonNegativeDecimal, PositiveDecimal, Scalar};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::exit::{Code, Failure};

/// Members that other options or the run itself decide.
const TAKEN: [(&str, &str); 5] = [
    ("source", "it follows from the component"),
    ("state", "the run decides where state is kept"),
    ("initial_cash", "use --cash"),
    ("sizing", "use --sizing, which takes JSON as well"),
    ("fee_bps", "use --fee-bps, or `fees`"),
];

/// Options of executor and portfolio.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Tuning {
    /// How much worse fills are: `none`, `bps:N`, `ticks:N:SIZE` or `volume-share:IMPACT:LIMIT`
    #[arg(long, value_name = "RULE", default_value = "none")]
    slippage: String,

    /// More of the executor's or portfolio's configuration: a JSON file, as `ingenium run ROLE/NAME --schema` describes it
    #[arg(long, value_name = "ROLE=FILE")]
    config: Vec<String>,
}

/// Members of configurations, by role: `executor` and `portfolio`.
pub(crate) type Members = Map<String, Value>;

impl Tuning {
    /// Reads the options and the files that they name.
    pub(crate) fn read(&self) -> Result<Members, Failure> {
        let mut members = Members::new();
        for argument in &self.config {
            let (role, file) = self.file(argument)?;
            if members.insert(role.clone(), Value::Object(file)).is_some() {
                let message = format!("--config `{argument}`: the {role} was given before");
                return Err(Failure::new(Code::Usage, message));
            }
        }
        let slippage = slippage(&self.slippage)?;
        if slippage != json!("none") {
            let executor = members.entry("executor").or_insert_with(|| json!({}));
            if executor.get("slippage").is_some() {
                let message = format!(
                    "--slippage `{}`: the file of --config says another",
                    self.slippage
                );
                return Err(Failure::new(Code::Usage, message));
            }
            executor["slippage"] = slippage;
        }
        Ok(members)
    }

    fn file(&self, argument: &str) -> Result<(String, Map<String, Value>), Failure> {
        let wrong =
            |problem: &str| Failure::new(Code::Usage, format!("--config `{argument}`: {problem}"));
        let (role, path) = argument
            .split_once('=')
            .filter(|(role, _)| ["executor", "portfolio"].contains(role))
            .ok_or_else(|| wrong("expected executor=FILE or portfolio=FILE"))?;
        let text = fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
        let members: Map<String, Value> =
            serde_json::from_str(&text).map_err(|error| wrong(&error.to_string()))?;
        for (name, instead) in TAKEN {
            if members.contains_key(name) {
                return Err(wrong(&format!("`{name}` does not belong there: {instead}")));
            }
        }
        Ok((role.to_owned(), members))
    }
}

/// `base` with the members of `role` in their places.
pub(crate) fn tuned(
    base: &impl Serialize,
    members: &Members,
    role: &str,
) -> Result<Value, Failure> {
    let mut config = serde_json::to_value(base).map_err(Failure::internal)?;
    if let Some(Value::Object(members)) = members.get(role) {
        for (name, value) in members {
            config[name] = value.clone();
        }
    }
    Ok(config)
}

fn slippage(rule: &str) -> Result<Value, Failure> {
    let wrong = || {
        let message = format!(
            "--slippage is `{rule}`: expected `none`, `bps:5`, `ticks:1:0.01` or `volume-share:0.1:0.025`"
        );
        Failure::new(Code::Usage, message)
    };
    fn scalar<T: Scalar>(text: &str) -> Option<String> {
        T::parse(text).map(|_| text.to_owned())
    }
    let parts: Vec<&str> = rule.split(':').collect();
    let found = match parts[..] {
        ["none"] => Some(json!("none")),
        ["bps", points] => scalar::<NonNegativeDecimal>(points).map(|bps| json!({ "bps": bps })),
        ["ticks", count, size] => count
            .parse::<u32>()
            .ok()
            .zip(scalar::<PositiveDecimal>(size))
            .map(|(count, size)| json!({"ticks": {"count": count, "size": size}})),
        ["volume-share", impact, limit] => scalar::<NonNegativeDecimal>(impact)
            .zip(scalar::<NonNegativeDecimal>(limit))
            .map(|(impact, limit)| json!({"volume_share": {"impact": impact, "limit": limit}})),
        _ => None,
    };
    found.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_what_the_executor_reads() {
        for (rule, expected) in [
            ("none", json!("none")),
            ("bps:5", json!({"bps": "5"})),
            (
                "ticks:2:0.01",
                json!({"ticks": {"count": 2, "size": "0.01"}}),
            ),
            (
                "volume-share:0.1:0.025",
                json!({"volume_share": {"impact": "0.1", "limit": "0.025"}}),
            ),
        ] {
            let found = slippage(rule).expect("a rule");
            assert_eq!(found, expected);
            let config = json!({ "slippage": found });
            assert!(
                ingenium_components::actor("executor/paper", &config).is_ok(),
                "{rule}"
            );
        }
        for wrong in [
            "",
            "bps",
            "bps:-1",
            "bps:x",
            "ticks:1",
            "ticks:1:0",
            "volume-share:1",
            "much",
        ] {
            assert!(slippage(wrong).is_err(), "{wrong}");
        }
    }
}
