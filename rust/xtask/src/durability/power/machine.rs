//! A machine that can be cut off: user-mode Linux, whose kernel is an ordinary process of this one. What it has not
//! written to its disk is gone with it, as on a machine without power.

use std::io::{BufRead as _, BufReader, PipeReader, pipe};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rustix::fs::{StatVfsMountFlags, statvfs};
use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpgid};

use super::line::{Line, digest};
use super::plan::TRIGGER;
use crate::durability::ledger::Ledger;
use crate::durability::publisher;

/// The kernel as a program.
pub(super) const KERNEL: &str = "linux.uml";

/// Its memory, in MiB. It is taken from the host as it is used.
const MEMORY: u64 = 512;

/// Longer than anything takes that a machine does. It is there for one that hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// How many of the last lines are kept for a complaint.
const LINES: usize = 25;

/// A shell that waits: when this program goes, however it goes, the shell's input ends, and the machine is cut off.
/// Nobody else would end it.
const KEEPER: &str = r#"read -r _; kill -KILL -"$1""#;

/// Why a machine did not get where it should.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It did not run: nothing is known about the program.
    Machine(String),
    /// It did, and the program failed.
    Program(String),
}

impl From<Trouble> for String {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Machine(text) | Trouble::Program(text) => text,
        }
    }
}

/// What its console has said.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) on: bool,
    pub(super) file: bool,
    pub(super) starting: bool,
    pub(super) listens: bool,
    pub(super) subscribed: bool,
    pub(super) checkpoints: u64,
    /// Since it is on.
    pub(super) acknowledged: u64,
    pub(super) done: bool,
    failed: Option<String>,
    /// The kernel has ended by itself.
    off: bool,
    log: Vec<String>,
}

#[derive(Default)]
struct Console {
    said: Mutex<Said>,
    changed: Condvar,
}

/// A machine that is on.
pub(super) struct Machine {
    kernel: Child,
    is_on: bool,
    console: Arc<Console>,
    reader: Option<JoinHandle<()>>,
    keeper: Option<Child>,
}

impl Machine {
    /// Switches it on. Its console goes into the ledger.
    pub(super) fn start(folder: &Path, ledger: &Arc<Ledger>) -> Result<Self, Trouble> {
        let failed = |error: std::io::Error| Trouble::Machine(format!("{KERNEL}: {error}"));
        let mut command = Command::new(KERNEL);
        command.args(["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"]);
        command.arg(format!("init={}", folder.join("init").display()));
        command.arg(format!("ubd0={}", folder.join("disk.img").display()));
        // Sockets of its own management console, else they pile up at home.
        command.arg(format!("uml_dir={}", folder.join("uml").display()));
        command.args(["umid=machine", "con=null", "con0=null,fd:1", "ssl=null"]);
        // A kernel that panics ends at once.
        command.args(["quiet", "panic=-1"]);
        command.arg(format!("mem={MEMORY}M"));
        if !has_memory("/dev/shm") {
            command.env("TMPDIR", folder);
        }
        // What the kernel says before it has a console is written to both.
        let (output, input) = pipe().map_err(failed)?;
        let errors = input.try_clone().map_err(failed)?;
        command.stdin(Stdio::null()).stdout(input).stderr(errors);
        // Its processes are a group, which is what is killed.
        let kernel = command.process_group(0).spawn().map_err(failed)?;
        // It holds the other end of the pipe.
        drop(command);
        let mut machine = Self {
            kernel,
            is_on: true,
            console: Arc::default(),
            reader: None,
            keeper: None,
        };
        let group = machine.kernel.id().to_string();
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper", &group])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn();
        machine.keeper = Some(keeper.map_err(failed)?);
        let (console, ledger) = (Arc::clone(&machine.console), Arc::clone(ledger));
        let read = move || console.read(output, &ledger);
        machine.reader = Some(Builder::new().spawn(read).map_err(failed)?);
        Ok(machine)
    }

    /// Waits until its console has said so.
    pub(super) fn wait(&self, until: &str, holds: impl Fn(&Said) -> bool) -> Result<(), Trouble> {
        let said = self.console.wait(PATIENCE, &holds);
        if let Some(failed) = &said.failed {
            return Err(Trouble::Program(failed.clone()));
        }
        if holds(&said) {
            return Ok(());
        }
        let log = said.log.join("\n  ");
        let why = if said.off {
            "went off"
        } else {
            "did not get there in time"
        };
        Err(Trouble::Machine(format!(
            "user-mode Linux {why}, before {until}; it said last:\n  {log}"
        )))
    }

    /// Lets it run for so long, unless something fails.
    pub(super) fn live(&self, time: Duration) -> Result<(), Trouble> {
        drop(self.console.wait(time, &|_| false));
        self.wait("it was cut off", |said| !said.off)
    }

    /// Cuts it off, and looks after the remains; what its console has said in all.
    pub(super) fn cut(mut self) -> Result<Said, Trouble> {
        self.end()
            .map_err(|error| Trouble::Machine(format!("{KERNEL}: {error}")))?;
        let said = std::mem::take(&mut *self.console.said());
        Ok(said)
    }

    fn end(&mut self) -> std::io::Result<()> {
        if !std::mem::replace(&mut self.is_on, false) {
            return Ok(());
        }
        let group = i32::try_from(self.kernel.id()).ok().and_then(Pid::from_raw);
        let group = group.ok_or_else(|| std::io::Error::other("no process id"))?;
        // The group has its number as long as its first process is not waited for.
        kill_process_group(group, Signal::KILL)?;
        self.kernel.wait()?;
        // Its other processes are this one's children by now: when the last is waited for there are none left.
        while waitpgid(group, WaitOptions::empty()).is_ok() {}
        if let Some(mut keeper) = self.keeper.take() {
            keeper.kill()?;
            keeper.wait()?;
        }
        // What the console had said when the power went is in the pipe.
        let read = self.reader.take().map(JoinHandle::join);
        let read = read.transpose().map(drop);
        read.map_err(|_| std::io::Error::other("the reader of the console failed"))
    }
}

/// A harness that fails leaves no machine behind.
impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.end());
    }
}

impl Console {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is so, or until it cannot come to it any more.
    fn wait(&self, patience: Duration, holds: &impl Fn(&Said) -> bool) -> MutexGuard<'_, Said> {
        let is_open = |said: &mut Said| !holds(said) && said.failed.is_none() && !said.off;
        let waited = self
            .changed
            .wait_timeout_while(self.said(), patience, is_open);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn read(&self, output: PipeReader, ledger: &Ledger) {
        let mut output = BufReader::new(output);
        let mut bytes = Vec::new();
        // A line without an end is what a cut has left of it.
        while output.read_until(b'\n', &mut bytes).is_ok() && bytes.ends_with(b"\n") {
            let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            match Line::parse(&text) {
                Some(line) => {
                    note(&line, ledger);
                    self.said().note(line);
                }
                None => self.said().log(text),
            }
            self.changed.notify_all();
            bytes.clear();
        }
        self.said().off = true;
        self.changed.notify_all();
    }
}

impl Said {
    fn note(&mut self, line: Line) {
        match line {
            Line::On => self.on = true,
            Line::File => self.file = true,
            Line::Starting => self.starting = true,
            Line::Listens => self.listens = true,
            Line::Subscribed => self.subscribed = true,
            Line::Checkpoint => self.checkpoints += 1,
            Line::Taken(_) => self.acknowledged += 1,
            Line::Failed(text) => self.failed = Some(text),
            Line::Done => self.done = true,
            Line::Sent(_) | Line::Received(..) | Line::Offence(_) => {}
        }
    }

    fn log(&mut self, text: String) {
        if self.log.len() == LINES {
            self.log.remove(0);
        }
        self.log.push(text);
    }
}

/// What the ends on the machine saw.
fn note(line: &Line, ledger: &Ledger) {
    match line {
        Line::Sent(event) => ledger.sent(*event, &publisher::body(*event)),
        Line::Taken(event) => ledger.taken(*event),
        Line::Received(event, seen) => {
            let body = publisher::body(*event);
            let other = seen.to_le_bytes();
            let is_same = digest(&body) == *seen;
            let body = if is_same { &body[..] } else { &other };
            // The subscriber has it: whether the broker gets to know is not its trouble.
            let place = ledger.received(TRIGGER, *event, body);
            ledger.accepted(TRIGGER, place);
        }
        Line::Offence(text) => ledger.offence(text.clone()),
        _ => {}
    }
}

/// Whether a machine's memory may lie there: it is mapped to be executed, and containers have little of it.
fn has_memory(folder: &str) -> bool {
    statvfs(folder).is_ok_and(|found| {
        !found.f_flag.contains(StatVfsMountFlags::NOEXEC)
            && found.f_bavail.saturating_mul(found.f_frsize) > (MEMORY + 64) << 20
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ledger, Line, TRIGGER, digest, note, publisher};
    use crate::durability::checker::{self, Event, Row};

    const FIRST: Event = Event { key: 3, number: 1 };
    const NEXT: Event = Event { key: 3, number: 2 };

    fn row(event: Event) -> Row {
        Row {
            source: event.source(),
            id: event.id(),
            body: publisher::body(event).into(),
        }
    }

    fn findings(lines: &[Line], rows: &[Event]) -> checker::Findings {
        let ledger = Ledger::new(&[TRIGGER]);
        for line in lines {
            note(line, &ledger);
        }
        let (mut observed, ..) = ledger.into_observed();
        observed.stored = rows.iter().map(|event| row(*event)).collect();
        checker::check(&observed).0
    }

    fn received(event: Event) -> Line {
        Line::Received(event, digest(&publisher::body(event)))
    }

    /// What came out of the console is what is judged.
    #[test]
    fn lines_are_judged() {
        let sound = [
            Line::Sent(FIRST),
            Line::Taken(FIRST),
            received(FIRST),
            // Sent, and cut off.
            Line::Sent(NEXT),
        ];
        assert_eq!(findings(&sound, &[FIRST]).complaint(), None);
        assert_eq!(findings(&sound, &[]).lost.len(), 1);
        assert_eq!(findings(&sound, &[FIRST, FIRST]).stored_twice.len(), 1);
        assert_eq!(findings(&sound, &[FIRST, NEXT]).undelivered.len(), 1);
        let other = [&sound[..2], &[Line::Received(FIRST, 1)]].concat();
        assert_eq!(findings(&other, &[FIRST]).altered.len(), 1);
        let disorder = [
            &sound[..2],
            &[received(NEXT), received(FIRST), sound[3].clone()],
        ]
        .concat();
        assert_eq!(findings(&disorder, &[FIRST, NEXT]).inversions.len(), 1);
    }

    /// The next machine goes on with what this one got no answer for.
    #[test]
    fn what_is_open_is_known() {
        let ledger = Ledger::new(&[TRIGGER]);
        for line in [
            Line::Sent(FIRST),
            Line::Taken(FIRST),
            received(FIRST),
            Line::Sent(NEXT),
            Line::Sent(NEXT),
        ] {
            note(&line, &ledger);
        }
        let progress = ledger.progress();
        assert_eq!(progress.len(), 1);
        let of = (progress[0].key, progress[0].acknowledged, progress[0].sent);
        assert_eq!(of, (3, 1, 2));
        assert_eq!(ledger.owed(TRIGGER), [NEXT]);
        let wait = |events: &[Event]| ledger.wait_accepted(TRIGGER, events, Duration::ZERO);
        assert_eq!(wait(&[FIRST]), 0);
        assert_eq!(wait(&[FIRST, NEXT]), 1);
    }
}
