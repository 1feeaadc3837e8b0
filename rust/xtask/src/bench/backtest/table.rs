//! The figures as a table in Markdown, as they stand in docs/performance.md.

use super::answer::{Answer, Verdict};

const HEAD: &str = "\
| Engine | Version | Bars | Seconds | Bars/s | Ingenium is faster by | Agrees | Peak MiB |
|---|---|---:|---:|---:|---:|---|---:|
";

/// A row each: an answer, or the reason why there is none.
pub(super) fn markdown(
    (name, own): (&str, &Answer),
    peers: &[(&str, Result<Answer, &str>)],
    verdict: &Verdict,
) -> String {
    let mut text = HEAD.to_owned() + &row(name, own, "", verdict.agrees(name));
    for (name, answer) in peers {
        text += &match answer {
            Ok(answer) => {
                let ratio = format!("{:.2} ×", own.speed() / answer.speed());
                row(name, answer, &ratio, verdict.agrees(name))
            }
            Err(reason) => {
                let reason = reason.replace('|', "\\|");
                format!("| {name} | not installed: {reason} | | | | | | |\n")
            }
        };
    }
    text
}

fn row(name: &str, answer: &Answer, ratio: &str, agrees: bool) -> String {
    let peak = answer.peak_kib.map(|kib| (kib / 1024).to_string());
    format!(
        "| {name} | {} | {} | {:.2} | {:.0} | {ratio} | {} | {} |\n",
        answer.version,
        answer.bars,
        answer.seconds,
        answer.speed(),
        if agrees { "yes" } else { "no" },
        peak.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_missing_says_why() {
        let line = r#"{"version":"1","bars":10,"seconds":[2.0],"round_trips":1,"profit":"0.00"}"#;
        let own = Answer::parse(line).expect("an answer");
        let other = Answer::parse(&line.replace("2.0", "5.0")).expect("an answer");
        let peers = [("slow", Ok(other)), ("absent", Err("no wheel"))];
        let mut verdict = Verdict::default();
        verdict.check("slow", (1, "0.01"), own.pair());
        let text = markdown(("own", &own), &peers, &verdict);
        let rows: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| own | 1 | 10 | 2.00 | 5 |  | yes |  |",
                "| slow | 1 | 10 | 5.00 | 2 | 2.50 × | no |  |",
                "| absent | not installed: no wheel | | | | | | |",
            ]
        );
    }
}
