//! `--param`: members of a strategy's configuration, one value or a range of them.

use ingenium_components::{ConfigError, RunError};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::exit::{Code, Failure};

/// A configuration of the parameters: each value is a text where the configuration wants one, else JSON.
pub(crate) fn parameters(name: &str, given: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut config = Map::new();
    for parameter in given {
        let wrong =
            |problem: &str| Failure::new(Code::Usage, format!("--param `{parameter}`: {problem}"));
        let (key, value) = parameter
            .split_once('=')
            .ok_or_else(|| wrong("expected KEY=VALUE, such as period=10"))?;
        if config.contains_key(key) {
            return Err(wrong("the key was given before"));
        }
        let text = Value::String(value.to_owned());
        let candidates = [Some(text), serde_json::from_str(value).ok()];
        let mut problem = String::new();
        let fitting = candidates.into_iter().flatten().find(|candidate| {
            let alone = Value::Object(Map::from_iter([(key.to_owned(), candidate.clone())]));
            match ingenium_components::actor(name, &alone) {
                // Whether values go together is asked of all of them, later.
                Ok(_) | Err(RunError::Config(ConfigError::Value { .. })) => true,
                Err(error) => {
                    problem = error.to_string();
                    false
                }
            }
        });
        config.insert(key.to_owned(), fitting.ok_or_else(|| wrong(&problem))?);
    }
    Ok(config)
}

/// No sweep has more values of one parameter: somebody has mistyped the step.
const MOST_VALUES: usize = 10_000;

/// All values of `KEY=A..B:STEP` as `KEY=VALUE`, both ends included; anything else stands for itself.
pub(crate) fn values(parameter: &str) -> Result<Vec<String>, Failure> {
    let Some((key, range)) = parameter.split_once('=') else {
        return Ok(vec![parameter.to_owned()]);
    };
    let Some((first, rest)) = range.split_once("..") else {
        return Ok(vec![parameter.to_owned()]);
    };
    let wrong = |problem: &str| {
        let message = format!(
            "--param `{parameter}`: {problem}; expected KEY=A..B:STEP, such as period=5..20:1"
        );
        Failure::new(Code::Usage, message)
    };
    let (last, step) = rest.split_once(':').unwrap_or((rest, "1"));
    let number = |text: &str| {
        text.parse::<Decimal>()
            .map_err(|_| wrong(&format!("`{text}` is no number")))
    };
    let (first, last, step) = (number(first)?, number(last)?, number(step)?);
    if step <= Decimal::ZERO {
        return Err(wrong("the step is not above zero"));
    }
    if last < first {
        return Err(wrong("it ends before it begins"));
    }
    let mut values = Vec::new();
    let mut value = first;
    while value <= last {
        if values.len() == MOST_VALUES {
            return Err(wrong(&format!("it has more than {MOST_VALUES} values")));
        }
        values.push(format!("{key}={}", value.normalize()));
        value = value
            .checked_add(step)
            .ok_or_else(|| wrong("its numbers are too large"))?;
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_both_ends() {
        for (parameter, expected) in [
            ("period=10", &["period=10"][..]),
            ("period=5..7", &["period=5", "period=6", "period=7"]),
            (
                "oversold=20..30:5",
                &["oversold=20", "oversold=25", "oversold=30"],
            ),
            ("x=0.1..0.35:0.1", &["x=0.1", "x=0.2", "x=0.3"]),
            ("name=a", &["name=a"]),
        ] {
            assert_eq!(values(parameter).expect("a range"), expected, "{parameter}");
        }
        for wrong in [
            "x=a..b",
            "x=5..1",
            "x=1..2:0",
            "x=1..2:-1",
            "x=0..1:0.00001",
        ] {
            assert!(values(wrong).is_err(), "{wrong}");
        }
    }
}
