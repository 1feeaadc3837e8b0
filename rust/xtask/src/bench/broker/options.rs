//! Which cases are measured, and how large.

use super::backlog;
use super::load::Load;
use super::race;

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    One,
    Five,
    Paced,
    Batch,
    Components,
    Backlog,
}

/// By their names on the command line.
const CASES: &[(&str, Case)] = &[
    ("one", Case::One),
    ("five", Case::Five),
    ("paced", Case::Paced),
    ("batch", Case::Batch),
    ("components", Case::Components),
    ("backlog", Case::Backlog),
];

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) cases: Vec<Case>,
    /// The size of the backlog.
    pub(super) events: u64,
}

impl Case {
    /// A case in which every event has a request of its own; wanted are figures of Ingenium, and ratios to its peers.
    pub(super) fn single(&self) -> Option<race::Case> {
        let (name, load, wanted): (_, _, &[&str]) = match self {
            Self::One => (
                "1 subscriber",
                Load::burst(1, 64, 400),
                &["35,000/s", "6 ×", "2 ×"],
            ),
            Self::Five => ("5 subscribers", Load::burst(5, 64, 200), &["10,000/s"]),
            Self::Paced => (
                "1 subscriber, 1,000 events/s",
                Load::paced(1, 4, 1000, 1000),
                &["350 µs, 1 ms"],
            ),
            Self::Batch | Self::Components | Self::Backlog => return None,
        };
        Some(race::Case { name, load, wanted })
    }
}

impl Options {
    /// Reads them; without a case all are meant but the backlog, which takes ten minutes and eight gigabytes.
    pub(super) fn parse(mut options: &[&str]) -> Result<Self, String> {
        let mut cases = Vec::new();
        let mut events = backlog::EVENTS;
        while let Some((first, others)) = options.split_first() {
            options = others;
            if *first == "--events" {
                let number = options.first().and_then(|number| number.parse().ok());
                events = number
                    .filter(|events| *events > 0)
                    .ok_or("--events: expected a number of events")?;
                options = &options[1..];
                continue;
            }
            let known = CASES.iter().find(|(name, _)| name == first);
            let names: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
            let (_, case) =
                known.ok_or_else(|| format!("`{first}`: expected {}", names.join(", ")))?;
            cases.push(*case);
        }
        if cases.is_empty() {
            let all = CASES.iter().map(|(_, case)| *case);
            cases = all.filter(|case| *case != Case::Backlog).collect();
        }
        Ok(Self { cases, events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_named_and_the_long_one_has_to_be() {
        let all = |options: &[&str]| Options::parse(options).map(|options| options.cases);
        assert_eq!(all(&["one"]), Ok(vec![Case::One]));
        assert_eq!(all(&["paced", "five"]), Ok(vec![Case::Paced, Case::Five]));
        assert!(all(&[]).is_ok_and(|cases| !cases.contains(&Case::Backlog)));
        let few = Options::parse(&["backlog", "--events", "1000"]);
        assert!(few.is_ok_and(|few| few.events == 1000 && few.cases == [Case::Backlog]));
        for wrong in [
            &["six"][..],
            &["--events"],
            &["--events", "0"],
            &["backlog", "5"],
        ] {
            assert!(all(wrong).is_err(), "{wrong:?}");
        }
    }
}
