//! The second validator: ajv, asked by the script that other tests ask, too.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::question::Vector;
use crate::repository;

/// What ajv says about each vector, in both views.
///
/// # Errors
/// In words, when node does not start or ajv is not there.
pub fn verdicts(vectors: &[Vector]) -> Result<Vec<[bool; 2]>, String> {
    let mut lines = String::new();
    for vector in vectors {
        let name = vector.event_type.as_str().trim_start_matches("ingenium.");
        for view in ["strict", "reader"] {
            let schema = repository().join(format!("schemas/dist/{view}/{name}.json"));
            lines += &json!({ "schema": schema, "data": vector.data }).to_string();
            lines.push('\n');
        }
    }
    let mut child = Command::new("node")
        .arg("judge.mjs")
        .current_dir(repository().join("rust/xtask/node"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("node: {error}: run `cargo xtask setup`"))?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let output = std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(lines.as_bytes())));
        child.wait_with_output()
    });
    let output = output.map_err(|error| error.to_string())?;
    let answers: Result<Vec<bool>, String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            Ok(answer["valid"] == true)
        })
        .collect();
    let answers = answers?;
    if answers.len() != vectors.len() * 2 {
        return Err(format!(
            "ajv gave {} answers: run `cargo xtask setup`",
            answers.len()
        ));
    }
    Ok(answers.chunks(2).map(|pair| [pair[0], pair[1]]).collect())
}
