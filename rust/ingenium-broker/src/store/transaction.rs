//! What happens inside one commit.

use std::sync::Arc;

use rusqlite::{Transaction, params};
use tokio::sync::oneshot;

use super::command::{self, Accepted, Command, Note, Rejected, Settlement, State, Submission};
use super::migration::milliseconds;
use super::record::{self, Shared, StoredEvent, column};
use super::retention::{Retained, retain};
use super::writer::LateRule;

/// An answer that is given when the commit is on disk.
pub(super) type Answer = Box<dyn FnOnce(Option<&Rejected>) + Send>;

/// What a transaction has done, to be told when it holds.
#[derive(Default)]
pub(super) struct Done {
    pub(super) stored: Vec<Shared>,
    pub(super) answers: Vec<Answer>,
    pub(super) late: u64,
    /// How many events came that were there.
    pub(super) known: u64,
    /// The first offset that is kept, where retention has looked.
    pub(super) first: Option<u64>,
    /// How many events retention has removed.
    pub(super) removed: u64,
}

/// Carries a command out, up to its answer, which waits for the commit.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    command: Command,
    head: &mut u64,
    done: &mut Done,
    is_late: &LateRule,
) -> rusqlite::Result<()> {
    match command {
        Command::Publish {
            submissions,
            answer: to,
        } => match publish(transaction, submissions, head, done, is_late) {
            Ok(Ok(accepted)) => done.answers.push(answer(to, accepted)),
            Ok(Err(conflict)) => done.answers.push(reject(to, conflict)),
            Err(error) => {
                done.answers.push(answer(to, Accepted::Known));
                return Err(error);
            }
        },
        Command::Reply {
            trigger,
            offset,
            settlement,
            answer: to,
        } => {
            let result = reply(transaction, &trigger, offset, settlement, head, done);
            done.answers
                .push(answer(to, *result.as_ref().unwrap_or(&State::DeadLetter)));
            result?;
        }
        Command::PutTrigger {
            name,
            object,
            position,
            replayed,
            answer: to,
        } => {
            done.answers.push(answer(to, ()));
            let is_new: bool = transaction.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM triggers WHERE name = ?1)",
                [&name],
                |row| row.get(0),
            )?;
            if is_new && replayed > 0 {
                set_meta(transaction, &replayed_key(&name), &replayed.to_string())?;
            }
            let mut statement = transaction.prepare_cached(
                "INSERT INTO triggers (name, object, position) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET object = excluded.object",
            )?;
            statement.execute(params![name, object, column(position)])?;
        }
        Command::DeleteTrigger { name, answer: to } => {
            done.answers.push(answer(to, ()));
            transaction.execute("DELETE FROM triggers WHERE name = ?1", [&name])?;
            transaction.execute("DELETE FROM deliveries WHERE trigger = ?1", [&name])?;
            transaction.execute("DELETE FROM meta WHERE key = ?1", [replayed_key(&name)])?;
        }
        Command::PutBroker {
            name,
            object,
            answer: to,
        } => {
            done.answers.push(answer(to, ()));
            transaction.execute(
                "INSERT INTO brokers (name, object) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET object = excluded.object",
                params![name, object],
            )?;
        }
        Command::SetMeta {
            key,
            value,
            answer: to,
        } => {
            done.answers.push(answer(to, ()));
            set_meta(transaction, &key, &value)?;
        }
        Command::Retain { bounds, answer: to } => {
            let retained = retain(transaction, bounds, *head);
            if let Ok(retained) = &retained {
                done.first = Some(retained.first);
                done.removed += retained.removed;
            }
            let told = retained.as_ref().cloned().unwrap_or_default();
            done.answers.push(answer(to, told));
            retained?;
        }
        Command::Flush { answer: to } => done.answers.push(answer(to, ())),
        Command::Write | Command::Close => {}
    }
    Ok(())
}

/// Stores the events that are not there yet: all of them, or none where one of them conflicts.
fn publish(
    transaction: &Transaction<'_>,
    submissions: Vec<Submission>,
    head: &mut u64,
    done: &mut Done,
    is_late: &LateRule,
) -> rusqlite::Result<Result<Accepted, Rejected>> {
    // One event is written or not: it needs no point to return to.
    let is_batch = submissions.len() > 1;
    if is_batch {
        transaction.execute_batch("SAVEPOINT batch")?;
    }
    let before = (*head, done.stored.len(), done.late);
    let mut accepted = Accepted::Known;
    for submission in submissions {
        let late = is_late(&submission.event.source);
        match store(transaction, submission, head, done)? {
            Ok(Accepted::Known) => {}
            Ok(Accepted::Stored) => {
                accepted = Accepted::Stored;
                done.late += u64::from(late);
            }
            Err(conflict) => {
                if is_batch {
                    transaction.execute_batch("ROLLBACK TO batch; RELEASE batch")?;
                    (*head, done.late) = (before.0, before.2);
                    done.stored.truncate(before.1);
                }
                return Ok(Err(conflict));
            }
        }
    }
    if is_batch {
        transaction.execute_batch("RELEASE batch")?;
    }
    Ok(Ok(accepted))
}

/// Stores an event that is not there yet, or may be there again.
fn store(
    transaction: &Transaction<'_>,
    submission: Submission,
    head: &mut u64,
    done: &mut Done,
) -> rusqlite::Result<Result<Accepted, Rejected>> {
    let event = &submission.event;
    if !submission.may_repeat
        && let Some(old) = record::find(transaction, &event.source, &event.id)?
    {
        let same = record::is_same(&old.event, event);
        return Ok(if same {
            done.known += 1;
            Ok(Accepted::Known)
        } else {
            Err(Rejected::Conflict(old.offset))
        });
    }
    let offset = *head + 1;
    record::insert(transaction, offset, milliseconds(), &submission)?;
    *head = offset;
    done.stored.push(Arc::new(StoredEvent {
        offset,
        event: submission.event,
        mode: submission.mode,
        trace: command::trace(&submission.headers),
    }));
    Ok(Ok(Accepted::Stored))
}

/// Stores a reply and its settlement together. A reply that cannot be stored fails the delivery (Knative's rule).
fn reply(
    transaction: &Transaction<'_>,
    trigger: &str,
    offset: u64,
    mut settlement: Settlement,
    head: &mut u64,
    done: &mut Done,
) -> rusqlite::Result<State> {
    if let Some(submission) = settlement.reply.take() {
        let id = submission.event.id.clone();
        if let Err(Rejected::Conflict(other)) = store(transaction, *submission, head, done)? {
            settlement.state = State::DeadLetter;
            settlement.reason = format!(
                "the reply `{}` has the source and id of another event, at offset {other}",
                id.escape_debug()
            );
        }
    }
    write_settlement(transaction, trigger, offset, &settlement)?;
    Ok(settlement.state)
}

/// Writes a note.
pub(super) fn write_note(transaction: &Transaction<'_>, note: &Note) -> rusqlite::Result<()> {
    match note {
        Note::Open { trigger, offset } => {
            write_delivery(transaction, trigger, *offset, "open", None)?;
        }
        Note::Settled {
            trigger,
            offset,
            settlement,
        } => {
            write_settlement(transaction, trigger, *offset, settlement)?;
        }
        Note::Position { trigger, offset } => {
            let mut statement = transaction.prepare_cached(
                "UPDATE triggers SET position = ?2 WHERE name = ?1 AND position < ?2",
            )?;
            statement.execute(params![trigger, column(*offset)])?;
        }
    }
    Ok(())
}

fn write_settlement(
    transaction: &Transaction<'_>,
    trigger: &str,
    offset: u64,
    settlement: &Settlement,
) -> rusqlite::Result<()> {
    let state = match settlement.state {
        State::Settled => "settled",
        State::DeadLetter => "dead_letter",
    };
    write_delivery(transaction, trigger, offset, state, Some(settlement))
}

/// Writes how a delivery stands. One row from values: from a query, SQLite would copy each page that it changes first,
/// to be able to undo a part of the statement.
fn write_delivery(
    transaction: &Transaction<'_>,
    trigger: &str,
    offset: u64,
    state: &str,
    settlement: Option<&Settlement>,
) -> rusqlite::Result<()> {
    // What comes after its trigger was deleted belongs to nobody.
    let mut known = transaction.prepare_cached("SELECT 1 FROM triggers WHERE name = ?1")?;
    if !known.exists([trigger])? {
        return Ok(());
    }
    let mut statement = transaction.prepare_cached(
        "INSERT INTO deliveries (trigger, offset, state, attempts, status, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (trigger, offset) DO UPDATE SET
         state = excluded.state, attempts = excluded.attempts, status = excluded.status, reason = excluded.reason",
    )?;
    statement.execute(params![
        trigger,
        column(offset),
        state,
        settlement.map_or(0, |settlement| settlement.attempts),
        settlement.and_then(|settlement| settlement.status),
        settlement.map_or("", |settlement| &settlement.reason),
    ])?;
    Ok(())
}

/// The key in `meta` of the last offset that a trigger replays.
pub(super) fn replayed_key(trigger: &str) -> String {
    format!("replayed/{trigger}")
}

/// Keeps a value.
pub(super) fn set_meta(
    transaction: &Transaction<'_>,
    key: &str,
    value: &str,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?;
    statement.execute(params![key, value])?;
    Ok(())
}

fn answer<T: Send + 'static>(to: oneshot::Sender<Result<T, Rejected>>, value: T) -> Answer {
    // An asker that has gone away needs no answer: what it asked for is done all the same.
    Box::new(move |rejected| {
        drop(to.send(match rejected {
            None => Ok(value),
            Some(rejected) => Err(rejected.clone()),
        }));
    })
}

fn reject<T: Send + 'static>(to: oneshot::Sender<Result<T, Rejected>>, why: Rejected) -> Answer {
    Box::new(move |rejected| drop(to.send(Err(rejected.cloned().unwrap_or(why)))))
}

/// The answer of a command that is not carried out.
pub(super) fn into_answer(command: Command) -> Answer {
    match command {
        Command::Publish { answer: to, .. } => answer(to, Accepted::Known),
        Command::Retain { answer: to, .. } => answer(to, Retained::default()),
        Command::Reply { answer: to, .. } => answer(to, State::DeadLetter),
        Command::Write | Command::Close => Box::new(|_| {}),
        Command::PutTrigger { answer: to, .. }
        | Command::DeleteTrigger { answer: to, .. }
        | Command::PutBroker { answer: to, .. }
        | Command::SetMeta { answer: to, .. }
        | Command::Flush { answer: to } => answer(to, ()),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::command::{Note, Settlement, State};
    use super::super::schema;
    use super::write_note;

    /// From outside it is a race that is seldom lost.
    #[test]
    fn what_comes_after_its_trigger_was_deleted_leaves_nothing() {
        let mut log = Connection::open_in_memory().expect("memory");
        schema::create(&log).expect("tables");
        log.execute_batch("INSERT INTO triggers VALUES ('kept', '{}', 0)")
            .expect("a trigger");
        let transaction = log.transaction().expect("a transaction");
        for trigger in ["kept", "gone"] {
            for (offset, settlement) in [(1, None), (2, Some(State::Settled))] {
                let trigger = trigger.to_owned();
                let note = match settlement {
                    None => Note::Open { trigger, offset },
                    Some(state) => Note::Settled {
                        trigger,
                        offset,
                        settlement: Settlement {
                            state,
                            attempts: 1,
                            status: Some(202),
                            reason: String::new(),
                            reply: None,
                        },
                    },
                };
                write_note(&transaction, &note).expect("written");
            }
        }
        let left: String = transaction
            .query_row(
                "SELECT group_concat(trigger || offset || state) FROM deliveries",
                [],
                |row| row.get(0),
            )
            .expect("rows");
        assert_eq!(left, "kept1open,kept2settled");
    }
}
