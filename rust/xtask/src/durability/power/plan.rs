//! What a machine is to do when it is switched on. The host writes it into a file that the machine can read.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::durability::checker::Event;
use crate::durability::ledger::Progress;

/// The one Trigger, and its subscriber.
pub(super) const TRIGGER: &str = "steady";

/// Its file beside the disk.
pub(super) const FILE: &str = "plan.json";

/// Which program is on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Ingenium,
    /// The same, and its syncs do nothing: whether a loss would be seen.
    Suppressed,
    Nats,
    /// NATS that is told to sync before it acknowledges.
    NatsAlways,
}

/// All there is to know after a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) subject: Subject,
    pub(super) program: PathBuf,
    /// The last time: nothing new, but what is open; then the program ends.
    pub(super) is_last: bool,
    /// The Trigger was acknowledged.
    pub(super) is_subscribed: bool,
    /// The kernel writes at once what nobody has synced, so that some of it is on the disk and some is not.
    pub(super) is_eager: bool,
    pub(super) seed: u64,
    pub(super) progress: Vec<Progress>,
    /// The last time: what the subscriber has to get.
    pub(super) owed: Vec<Event>,
}

impl Subject {
    const ALL: [(Self, &str); 4] = [
        (Self::Ingenium, "ingenium"),
        (Self::Suppressed, "suppressed"),
        (Self::Nats, "nats"),
        (Self::NatsAlways, "nats-always"),
    ];

    /// Its word in a plan, and its folder.
    pub(super) fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(subject, _)| *subject == self);
        found.map_or("", |(_, word)| word)
    }

    pub(super) fn is_nats(self) -> bool {
        matches!(self, Self::Nats | Self::NatsAlways)
    }
}

impl Plan {
    pub(super) fn write(&self, folder: &Path) -> Result<(), String> {
        let progress = self.progress.iter();
        let progress: Vec<_> = progress
            .map(|of| json!([of.key, of.acknowledged, of.sent]))
            .collect();
        let owed: Vec<String> = self.owed.iter().map(|event| event.id()).collect();
        let plan = json!({
            "subject": self.subject.word(),
            "program": self.program.display().to_string(),
            "last": self.is_last,
            "subscribed": self.is_subscribed,
            "eager": self.is_eager,
            "seed": self.seed,
            "progress": progress,
            "owed": owed,
        });
        let path = folder.join(FILE);
        fs::write(&path, plan.to_string()).map_err(|error| format!("{}: {error}", path.display()))
    }

    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE);
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| failed(&error))?;
        let plan = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        Self::parse(&plan).ok_or_else(|| failed(&"it is no plan"))
    }

    fn parse(plan: &Value) -> Option<Self> {
        let word = plan["subject"].as_str()?;
        let mut subjects = Subject::ALL.iter();
        let (subject, _) = subjects.find(|(_, other)| *other == word)?;
        let progress = plan["progress"].as_array()?.iter().map(|of| {
            Some(Progress {
                key: of[0].as_u64()?.try_into().ok()?,
                acknowledged: of[1].as_u64()?,
                sent: of[2].as_u64()?,
            })
        });
        let owed = plan["owed"].as_array()?.iter();
        let owed = owed.map(|id| Event::from_id(id.as_str()?));
        Some(Self {
            subject: *subject,
            program: plan["program"].as_str()?.into(),
            is_last: plan["last"].as_bool()?,
            is_subscribed: plan["subscribed"].as_bool()?,
            is_eager: plan["eager"].as_bool()?,
            seed: plan["seed"].as_u64()?,
            progress: progress.collect::<Option<_>>()?,
            owed: owed.collect::<Option<_>>()?,
        })
    }

    /// The keys of a publisher, each with the number of its last event, and the events that are open.
    pub(super) fn share(&self, keys: impl Iterator<Item = u32>) -> (Vec<(u32, u64)>, Vec<Event>) {
        let (mut last, mut open) = (Vec::new(), Vec::new());
        for key in keys {
            let Some(of) = self.progress.iter().find(|of| of.key == key) else {
                last.push((key, 0));
                continue;
            };
            last.push((key, of.sent));
            let numbers = of.acknowledged + 1..=of.sent;
            open.extend(numbers.map(|number| Event { key, number }));
        }
        (last, open)
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Plan, Progress, Subject};

    fn plan() -> Plan {
        let of = |key, acknowledged, sent| Progress {
            key,
            acknowledged,
            sent,
        };
        Plan {
            subject: Subject::NatsAlways,
            program: "/opt/a program".into(),
            is_last: true,
            is_subscribed: false,
            is_eager: true,
            seed: u64::MAX,
            progress: vec![of(1, 4, 4), of(2, 0, 1), of(5, 7, 8)],
            owed: vec![Event { key: 5, number: 8 }],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = std::env::temp_dir().join(format!("plan-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        plan().write(&folder).expect("written");
        let read = Plan::read(&folder);
        std::fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(read, Ok(plan()));
    }

    #[test]
    fn publishers_go_on_where_they_were() {
        let (last, open) = plan().share(1..4);
        assert_eq!(last, [(1, 4), (2, 1), (3, 0)]);
        assert_eq!(open, [Event { key: 2, number: 1 }]);
        let (last, open) = plan().share([5].into_iter());
        assert_eq!(last, [(5, 8)]);
        assert_eq!(open, [Event { key: 5, number: 8 }]);
    }
}
