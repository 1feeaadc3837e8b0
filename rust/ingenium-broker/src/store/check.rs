//! The whole file held against itself: what a start has no time for.

mod events;
mod references;
mod schema;

use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use super::file::open_to_read;
use super::{header, migration};
use crate::error::Error;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// SQLite finds the file damaged, cannot read a part of it, or its tables are not those of its format.
    File,
    /// An event does not decode, contradicts itself, or has another checksum.
    Event,
    /// Offsets are missing that retention has not removed.
    Offset,
    /// The base64 text beside an event is not that of its data.
    Base64,
    /// A delivery is one of an event or a trigger that is not there.
    Delivery,
    /// A trigger has passed more events than there are.
    Position,
    /// The object of a broker or a trigger cannot be read.
    Object,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 7] = [
        Self::File,
        Self::Event,
        Self::Offset,
        Self::Base64,
        Self::Delivery,
        Self::Position,
        Self::Object,
    ];

    /// The stable id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::File => "ING-S01",
            Self::Event => "ING-S02",
            Self::Offset => "ING-S03",
            Self::Base64 => "ING-S04",
            Self::Delivery => "ING-S05",
            Self::Position => "ING-S06",
            Self::Object => "ING-S07",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::File | Self::Event | Self::Offset => {
                "restore a copy; what is readable is in the view `event_json`"
            }
            Self::Base64 => "the data itself is in `events`: only readers of `event_json` see this",
            Self::Delivery => "nothing is delivered because of it; delete the row",
            Self::Position => {
                "the trigger waits for events that will not come: delete and put it again"
            }
            Self::Object => "delete the row, start the broker, and PUT the object again",
        }
    }
}

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The broken rule.
    pub rule: Rule,
    /// Table and key as a JSON pointer, such as `/events/17`; empty for the whole file.
    pub place: String,
    /// What is wrong, with the value.
    pub problem: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(f, "{}: {}", self.rule.id(), self.problem),
            place => write!(f, "{} {place}: {}", self.rule.id(), self.problem),
        }
    }
}

/// What was looked at, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The events that were read.
    pub events: u64,
    /// Those that are damaged.
    pub bad: u64,
    /// What was found, as much as was asked for.
    pub damage: Vec<Damage>,
    /// How much more was found.
    pub omitted: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.omitted == 0
    }
}

/// Checks the log at `path`, of which a broker may be writing the end: what is checked is its state at one moment.
/// Up to `most` findings are kept one by one.
///
/// # Errors
/// When there is no file, or it is no log of a version that is read here. Damage is no error but a finding.
pub fn check(path: &Path, most: usize) -> Result<Report, Error> {
    let path = &header::resolve(path)?;
    let mut judge = Judge {
        report: Report::default(),
        most,
    };
    match open_to_read(path) {
        Ok(connection) => {
            if let Err(error) = judge.log(&connection) {
                judge.unreadable("", &error);
            }
        }
        Err(Error::Corrupt { problem, .. }) => judge.add(Rule::File, String::new(), problem),
        Err(error) => return Err(error),
    }
    Ok(judge.report)
}

/// Checks a copy before anybody relies on it.
pub(super) fn refuse_damage(path: &Path) -> Result<(), Error> {
    let report = check(path, 1)?;
    let Some(first) = report.damage.first() else {
        return Ok(());
    };
    Err(Error::Corrupt {
        path: path.to_owned(),
        problem: first.to_string(),
    })
}

/// Collects what is wrong.
struct Judge {
    report: Report,
    most: usize,
}

impl Judge {
    fn log(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        // One transaction: one state of a log that is written meanwhile.
        let snapshot = connection.unchecked_transaction()?;
        let version = migration::version(&snapshot)?;
        type Part = fn(&mut Judge, &Connection, u32) -> rusqlite::Result<()>;
        let parts: [(&str, Part); 5] = [
            ("", |judge, connection, _| judge.integrity(connection)),
            ("/sqlite_schema", Self::schema),
            ("/events", Self::events),
            ("/deliveries", Self::deliveries),
            ("/triggers", |judge, connection, _| {
                judge.objects(connection)
            }),
        ];
        for (place, part) in parts {
            // A part that cannot be read says nothing about the others.
            if let Err(error) = part(self, &snapshot, version) {
                self.unreadable(place, &error);
            }
        }
        Ok(())
    }

    fn integrity(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let most = self.most.clamp(1, 1000);
        let mut statement = connection.prepare(&format!("PRAGMA integrity_check({most})"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            if text != "ok" {
                // SQLite puts a headline before what it found in one tree.
                for line in text.lines().filter(|line| !line.starts_with("***")) {
                    self.add(Rule::File, String::new(), line.to_owned());
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, rule: Rule, place: String, problem: String) {
        if self.report.damage.len() < self.most {
            self.report.damage.push(Damage {
                rule,
                place,
                problem,
            });
        } else {
            self.report.omitted += 1;
        }
    }

    fn unreadable(&mut self, place: &str, error: &rusqlite::Error) {
        self.add(
            Rule::File,
            place.to_owned(),
            format!("cannot be read: {error}"),
        );
    }
}
