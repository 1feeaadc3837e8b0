//! One program on one machine that is cut off again and again, and the verdict at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::cuts::{Moment, Tally, schedule};
use super::disk;
use super::machine::{Machine, Trouble};
use super::nats;
use super::plan::{Plan, Subject, TRIGGER};
use crate::durability::checker::{self, Counts, Findings, Row};
use crate::durability::file;
use crate::durability::ledger::Ledger;

/// A machine's folder, and what is on it.
pub(super) struct Run {
    pub(super) subject: Subject,
    pub(super) program: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) random: Rng,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) tally: Tally,
    pub(super) counts: Counts,
    pub(super) findings: Findings,
    pub(super) sent_again: u64,
    /// What the ends saw that they may not see.
    pub(super) offences: Vec<String>,
    /// The program did not go on after a cut: why.
    pub(super) failed: Option<String>,
    /// With its boot, its life and its end.
    pub(super) a_cut: Duration,
}

impl Run {
    /// Cuts it off so often.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the stop watch of a developer command"
    )]
    pub(super) fn play(&mut self, cuts: u32) -> Result<Outcome, String> {
        disk::prepare(&self.folder)?;
        let ledger = Arc::new(Ledger::new(self.triggers()));
        let mut tally = Tally::default();
        let mut is_subscribed = false;
        let mut failed = None;
        let start = Instant::now();
        for (number, moment) in (1..).zip(schedule(self.subject, cuts, &mut self.random)) {
            let cut = match moment {
                Moment::Creating(_) => self.creation(moment, &mut tally),
                _ => self.cut(&ledger, moment, &mut is_subscribed, &mut tally),
            };
            match cut {
                Ok(()) => {}
                Err(Trouble::Program(message)) => {
                    failed = Some(format!("cut {number}, {moment:?}: {message}"));
                    break;
                }
                Err(Trouble::Machine(message)) => {
                    return Err(format!("cut {number}, {moment:?}: {message}"));
                }
            }
        }
        let a_cut = start.elapsed().checked_div(cuts).unwrap_or_default();
        if failed.is_none() {
            match self.last(&ledger, is_subscribed) {
                Ok(()) => {}
                Err(Trouble::Program(message)) => failed = Some(format!("at the end: {message}")),
                Err(Trouble::Machine(message)) => return Err(message),
            }
        }
        let ledger = Arc::into_inner(ledger).ok_or("a console is still read")?;
        let (mut observed, offences, sent_again) = ledger.into_observed();
        let mut outcome = Outcome {
            tally,
            counts: Counts::default(),
            findings: Findings::default(),
            sent_again,
            offences,
            failed,
            a_cut,
        };
        if outcome.failed.is_none() {
            observed.stored = self.rows()?;
        }
        (outcome.findings, outcome.counts) = checker::check(&observed);
        Ok(outcome)
    }

    /// Only the broker's deliveries are judged.
    fn triggers(&self) -> &'static [&'static str] {
        match self.subject {
            Subject::Ingenium => &[TRIGGER],
            _ => &[],
        }
    }

    /// Switches the machine on.
    fn machine(
        &mut self,
        ledger: &Arc<Ledger>,
        is_last: bool,
        is_subscribed: bool,
    ) -> Result<Machine, Trouble> {
        let plan = Plan {
            subject: self.subject,
            program: self.program.clone(),
            is_last,
            is_subscribed,
            is_eager: self.subject == Subject::Ingenium && self.random.bool(),
            seed: self.random.u64(..),
            progress: ledger.progress(),
            owed: if is_last && self.subject == Subject::Ingenium {
                ledger.owed(TRIGGER)
            } else {
                Vec::new()
            },
        };
        plan.write(&self.folder).map_err(Trouble::Machine)?;
        Machine::start(&self.folder, ledger)
    }

    /// Switches it on, waits for the moment, and cuts it off.
    fn cut(
        &mut self,
        ledger: &Arc<Ledger>,
        moment: Moment,
        is_subscribed: &mut bool,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        let machine = self.machine(ledger, false, *is_subscribed)?;
        let mut is_at_checkpoint = false;
        match moment {
            Moment::Serving(after) => {
                machine.wait("the first acknowledgement", |said| said.acknowledged > 0)?;
                machine.live(after)?;
            }
            Moment::Starting(after) => {
                machine.wait("the program was called", |said| said.starting)?;
                machine.live(after)?;
            }
            Moment::Creating(after) => {
                machine.wait("there was a file", |said| said.file)?;
                machine.live(after)?;
            }
            Moment::Checkpoint(after) => {
                machine.wait("a checkpoint", |said| said.checkpoints > 0)?;
                is_at_checkpoint = true;
                // No more than a checkpoint takes: it is not looked whether anything fails.
                sleep(after);
            }
        }
        let said = machine.cut()?;
        *is_subscribed |= said.subscribed;
        tally.count(moment, is_at_checkpoint, said.listens);
        Ok(())
    }

    /// Cuts it off while the program makes its file on a new disk; what is left has to be a beginning.
    fn creation(&mut self, moment: Moment, tally: &mut Tally) -> Result<(), Trouble> {
        disk::renew(&self.folder).map_err(Trouble::Machine)?;
        let ledger = Arc::new(Ledger::new(self.triggers()));
        let mut is_subscribed = false;
        self.cut(&ledger, moment, &mut is_subscribed, tally)?;
        self.last(&ledger, is_subscribed)?;
        self.rows().map_err(Trouble::Program)?;
        disk::renew(&self.folder).map_err(Trouble::Machine)
    }

    /// Switches it on for the last time: what is open is published, what is owed delivered, and all ends in order.
    fn last(&mut self, ledger: &Arc<Ledger>, is_subscribed: bool) -> Result<(), Trouble> {
        let machine = self.machine(ledger, true, is_subscribed)?;
        machine.wait("all was delivered", |said| said.done)?;
        machine.cut().map(drop)
    }

    /// Switches it on, only to see whether its kernel comes up.
    pub(super) fn probe(&mut self) -> Result<(), String> {
        disk::prepare(&self.folder)?;
        let machine = self.machine(&Arc::default(), false, false)?;
        machine.wait("its first process", |said| said.on)?;
        Ok(machine.cut().map(drop)?)
    }

    /// What is on the disk.
    fn rows(&self) -> Result<Vec<Row>, String> {
        let data = disk::take(&self.folder)?;
        if self.subject.is_nats() {
            return nats::rows(&self.program, &data, &self.folder, self.subject);
        }
        let rows = file::rows(&data)?;
        if self.subject == Subject::Ingenium {
            sound(&self.program, &data)?;
        }
        Ok(rows)
    }
}

/// No delivery was given up, and the broker's own check finds nothing.
fn sound(program: &Path, data: &Path) -> Result<(), String> {
    let dead_letters = file::dead_letters(data)?;
    if dead_letters > 0 {
        return Err(format!("{dead_letters} deliveries were given up"));
    }
    file::check(program, data)
}
