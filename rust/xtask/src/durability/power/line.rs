//! What a machine tells the host, line by line, before it is cut off.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::durability::checker::Event;

/// A line of the console that is meant for the host. Others are the kernel's, and of whatever fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// The kernel is up, and its first process runs.
    On,
    /// The program is about to be started.
    Starting,
    /// Its file is there, for the first time, and not finished.
    File,
    /// It listens.
    Listens,
    /// Its Trigger is there, as the program itself says.
    Subscribed,
    /// The file itself is written, which only a checkpoint does.
    Checkpoint,
    /// An event goes out now.
    Sent(Event),
    /// An event is acknowledged.
    Taken(Event),
    /// A delivery is there, and not answered yet; with what [`digest`] says of its body.
    Received(Event, u64),
    /// An end saw what it may not see.
    Offence(String),
    /// The program does not do what it is there for.
    Failed(String),
    /// All is delivered, the program has ended, and the disk is no longer mounted.
    Done,
}

impl Line {
    /// Reads a line of the console.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let event = || Event::from_id(rest);
        let bare = |this: Self| rest.is_empty().then_some(this);
        match word {
            "@on" => bare(Self::On),
            "@file" => bare(Self::File),
            "@starting" => bare(Self::Starting),
            "@listens" => bare(Self::Listens),
            "@subscribed" => bare(Self::Subscribed),
            "@checkpoint" => bare(Self::Checkpoint),
            "@sent" => event().map(Self::Sent),
            "@taken" => event().map(Self::Taken),
            "@received" => {
                let (id, digest) = rest.split_once(' ')?;
                let digest = u64::from_str_radix(digest, 16).ok()?;
                Some(Self::Received(Event::from_id(id)?, digest))
            }
            "@offence" => Some(Self::Offence(rest.to_owned())),
            "@failed" => Some(Self::Failed(rest.to_owned())),
            "@done" => bare(Self::Done),
            _ => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A text is one line, whatever is in it.
        let flat = |text: &str| text.lines().collect::<Vec<_>>().join(" / ");
        match self {
            Self::On => write!(f, "@on"),
            Self::File => write!(f, "@file"),
            Self::Starting => write!(f, "@starting"),
            Self::Listens => write!(f, "@listens"),
            Self::Subscribed => write!(f, "@subscribed"),
            Self::Checkpoint => write!(f, "@checkpoint"),
            Self::Sent(event) => write!(f, "@sent {}", event.id()),
            Self::Taken(event) => write!(f, "@taken {}", event.id()),
            Self::Received(event, digest) => write!(f, "@received {} {digest:x}", event.id()),
            Self::Offence(text) => write!(f, "@offence {}", flat(text)),
            Self::Failed(text) => write!(f, "@failed {}", flat(text)),
            Self::Done => write!(f, "@done"),
        }
    }
}

/// Equal on both sides, which are the same program: a body need not go over the console.
pub(super) fn digest(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Line, digest};
    use crate::durability::checker::Event;

    #[test]
    fn what_is_said_is_read() {
        let event = Event {
            key: 12,
            number: 345,
        };
        for line in [
            Line::On,
            Line::Starting,
            Line::File,
            Line::Listens,
            Line::Subscribed,
            Line::Checkpoint,
            Line::Sent(event),
            Line::Taken(event),
            Line::Received(event, digest(b"body")),
            Line::Received(event, 0),
            Line::Offence("event 1-2 is answered with None".to_owned()),
            Line::Failed(String::new()),
            Line::Done,
        ] {
            assert_eq!(Line::parse(&line.to_string()), Some(line));
        }
    }

    #[test]
    fn a_text_stays_in_its_line() {
        let line = Line::Failed("one\ntwo".to_owned()).to_string();
        assert_eq!(line, "@failed one / two");
    }

    /// The kernel's lines, and what a cut has left of one of ours.
    #[test]
    fn other_lines_are_nothing() {
        for line in [
            "",
            "[    1.480000] Run /init as init process",
            "@",
            "@sen",
            "@sent",
            "@sent 7",
            "@sent 7-",
            "@taken x-1",
            "@received 1-2",
            "@received 1-2 ",
            "@received 1-2 xyz",
            "@done already",
            " @done",
        ] {
            assert_eq!(Line::parse(line), None, "{line}");
        }
    }
}
