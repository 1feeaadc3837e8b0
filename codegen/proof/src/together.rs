//! A trading system of strangers: a strategy in Go, a portfolio in Python, an executor in TypeScript, none of ours
//! between the bars and the fills.

use serde_json::Value;

use crate::foreign::{ALL, Foreign};
use crate::repository;
use crate::workshop::run;

/// Who takes which part.
const PARTS: [(&str, &str); 3] = [
    ("strategy", "go-strategy"),
    ("portfolio", "python-portfolio"),
    ("executor", "typescript-executor"),
];

/// What the system came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// How many orders there were.
    pub orders: u64,
    /// The fingerprint of the run in lockstep.
    pub lockstep: String,
    /// That of the run over the broker.
    pub brokered: String,
}

/// Runs the system over the shipped bars, in lockstep and over the broker. The components were made before.
///
/// # Errors
/// In words, when a run fails.
pub fn together() -> Result<Together, String> {
    let command = |name: &str| {
        let foreign = ALL.iter().find(|foreign| foreign.name == name);
        foreign
            .map(Foreign::shell)
            .ok_or_else(|| format!("there is no {name}"))
    };
    let mut in_place = Vec::new();
    for (role, name) in PARTS {
        in_place.push(format!("{role}={}", command(name)?));
    }
    let program = repository()
        .join("target/debug/ingenium")
        .display()
        .to_string();
    let folder = repository().join("target/proof/foreign");
    let data = folder.join("together").display().to_string();
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<String>>()
    };

    let mut lockstep = words(&[
        &program, "backtest", "run", "--bars", "200", "--format", "json",
    ]);
    for given in &in_place[1..] {
        lockstep.extend(words(&["--component", given]));
    }
    lockstep.extend(words(&["--", "sh", "-c", &command(PARTS[0].1)?]));
    let lockstep = last_document(&run(&lockstep, &folder, &[])?)?;

    let mut brokered = words(&[
        &program,
        "up",
        "--bars",
        "200",
        "--exit-when-done",
        "--fresh",
        "--port",
        "0",
    ]);
    brokered.extend(words(&["--format", "jsonl", "--data-dir", &data]));
    for given in &in_place {
        brokered.extend(words(&["--component", given]));
    }
    let brokered = run(&brokered, &folder, &[])?;
    let brokered = last_document(brokered.lines().last().unwrap_or_default())?;

    let print = |document: &Value| {
        document["fingerprint"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Together {
        orders: brokered["orders"].as_u64().unwrap_or_default(),
        lockstep: print(&lockstep),
        brokered: print(&brokered),
    })
}

fn last_document(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))
}
