//! What a run came to, and whether it is what it has to be.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::console::out as say;

/// What an engine says of a run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) version: String,
    pub(super) bars: u64,
    /// The median of the runs.
    pub(super) seconds: f64,
    /// Trips from flat to flat; a position that is open at the end is none.
    round_trips: u64,
    /// Cash and what is held at the last close, less the cash at the start; to the cent.
    profit: String,
    /// Most memory that was resident, with the bars.
    pub(super) peak_kib: Option<u64>,
}

impl Answer {
    /// From the line of JSON that every program here prints.
    ///
    /// # Errors
    /// A message, when a member is missing.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(line.trim()).map_err(|error| format!("`{line}`: {error}"))?;
        let seconds = value["seconds"].as_array().map(Vec::as_slice);
        let mut seconds: Vec<f64> = seconds
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        seconds.sort_by(f64::total_cmp);
        let answer = || {
            Some(Self {
                version: value["version"].as_str()?.to_owned(),
                bars: value["bars"].as_u64()?,
                seconds: *seconds.get(seconds.len() / 2)?,
                round_trips: value["round_trips"].as_u64()?,
                profit: value["profit"].as_str()?.to_owned(),
                peak_kib: value["peak_kib"].as_u64(),
            })
        };
        answer().ok_or_else(|| format!("`{line}` is no answer"))
    }

    /// From `report.json`; how long it took is not in there.
    ///
    /// # Errors
    /// A message naming the file.
    pub(super) fn of_report(file: &Path) -> Result<Self, String> {
        let bad = |problem: String| format!("{}: {problem}", file.display());
        let text = fs::read(file).map_err(|error| bad(error.to_string()))?;
        let report: Value =
            serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
        let amount = |value: &Value| value.as_str().and_then(|text| text.parse::<f64>().ok());
        let answer = || {
            Some(Self {
                version: report["version"].as_str()?.to_owned(),
                bars: report["counts"]["bars"].as_u64()?,
                seconds: 0.0,
                round_trips: report["statistics"]["trades"].as_u64()?,
                profit: format!(
                    "{:.2}",
                    amount(&report["equity"])? - amount(&report["plan"]["cash"])?
                ),
                peak_kib: None,
            })
        };
        answer().ok_or_else(|| bad("no such report as expected".to_owned()))
    }

    /// What has to agree.
    pub(super) fn pair(&self) -> (u64, &str) {
        (self.round_trips, &self.profit)
    }

    /// Bars a second.
    #[expect(
        clippy::cast_precision_loss,
        reason = "bars are few enough for 53 bits"
    )]
    pub(super) fn speed(&self) -> f64 {
        self.bars as f64 / self.seconds
    }
}

/// Who gave another answer than expected.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    wrong: BTreeSet<String>,
}

impl Verdict {
    /// Says what `name` has answered, and remembers it if that is not what was expected.
    pub(super) fn check(&mut self, name: &str, answer: (u64, &str), expected: (u64, &str)) {
        let (round_trips, profit) = answer;
        let mut line = format!("{name:<18} {round_trips:>6} {profit:>10}");
        if answer != expected {
            line += &format!(", expected {} {}", expected.0, expected.1);
            self.wrong.insert(name.to_owned());
        }
        say(line);
    }

    /// Whether every answer of `name` was the expected one.
    pub(super) fn agrees(&self, name: &str) -> bool {
        !self.wrong.contains(name)
    }

    /// # Errors
    /// A message naming those who did not agree.
    pub(super) fn into_result(self) -> Result<(), String> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = self.wrong.into_iter().collect();
        Err(format!("other answers than expected: {}", names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"version":"1.2","bars":10,"seconds":[5.0,1.0,2.0],"round_trips":9,"profit":"2653.60","peak_kib":null}"#;

    #[test]
    fn the_figure_is_the_median() {
        let answer = Answer::parse(LINE).expect("an answer");
        assert_eq!((answer.seconds, answer.speed()), (2.0, 5.0));
        assert_eq!(answer.pair(), (9, "2653.60"));
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(Answer::parse(&LINE.replace("profit", "gain")).is_err());
        assert!(Answer::parse(&LINE.replace("5.0,1.0,2.0", "")).is_err());
    }

    #[test]
    fn a_cent_is_a_disagreement() {
        let mut verdict = Verdict::default();
        verdict.check("right", (9, "2653.60"), (9, "2653.60"));
        verdict.check("wrong", (9, "2653.61"), (9, "2653.60"));
        assert!(verdict.agrees("right") && !verdict.agrees("wrong"));
        assert!(verdict.into_result().is_err());
    }
}
