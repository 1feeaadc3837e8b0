//! `ingenium backtest compare`: two kept runs beside each other.

use std::path::PathBuf;

use serde_json::Value;

use super::terminal::say;
use super::verify::read;
use crate::exit::{Code, Failure};

/// Show where two kept runs differ
///
/// Exit status 0 means that they said the same, 1 that they did not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium backtest compare run-1 run-2")]
pub(crate) struct Arguments {
    /// The folder of a run
    #[arg(value_name = "A")]
    before: PathBuf,

    /// The folder of another
    #[arg(value_name = "B")]
    after: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let (before, after) = (read(&arguments.before)?, read(&arguments.after)?);
    let differences = differences(&before, &after);
    if differences.is_empty() {
        say("no difference");
        return Ok(Code::Good);
    }
    for (name, before, after) in &differences {
        say(&format!("{name:<32} {before:>24} {after:>24}"));
    }
    Ok(if before["fingerprint"] == after["fingerprint"] {
        Code::Good
    } else {
        Code::Bad
    })
}

/// Every value that differs: its place, and what it is in each.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    walk("", before, after, &mut found);
    found
}

fn walk(place: &str, before: &Value, after: &Value, found: &mut Vec<(String, String, String)>) {
    use Value::{Array, Null, Object};
    let below = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    match (before, after) {
        (Object(a), Object(b)) => {
            for name in a
                .keys()
                .chain(b.keys().filter(|name| !a.contains_key(*name)))
            {
                let (a, b) = (a.get(name).unwrap_or(&Null), b.get(name).unwrap_or(&Null));
                walk(&below(name), a, b, found);
            }
        }
        (Array(a), Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                walk(&below(&index.to_string()), a, b, found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push((place.to_owned(), shown(a), shown(b))),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("{} items", items.len()),
        other => other.to_string(),
    }
}
