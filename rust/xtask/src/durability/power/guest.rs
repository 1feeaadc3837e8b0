//! What happens on the machine: a broker, its publishers, a subscriber, and each thing told to the host before anybody
//! can rely on it.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Builder, sleep};
use std::time::Duration;

use fastrand::Rng;
use rustix::fs::inotify;
use rustix::termios::tcdrain;

use super::disk::{DATA, MOUNTED};
use super::line::{Line, digest};
use super::nats;
use super::plan::{Plan, Subject, TRIGGER};
use crate::console::err;
use crate::durability::checker::Event;
use crate::durability::ledger::{Ledger, Witness};
use crate::durability::process::Process;
use crate::durability::publisher::Publisher;
use crate::durability::scene;
use crate::durability::subscriber::{Failing, Subscriber};
use crate::durability::wire::{self, Connection};

/// Publishers, each with a connection.
pub(super) const PUBLISHERS: u32 = 8;

/// Partition keys in all.
pub(super) const KEYS: u32 = 256;

/// Where the subscriber listens whenever the machine is on, as the Trigger says.
const PORT: u16 = 9999;

/// How long the last delivery may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a delivery may take: nothing fails here, and a machine may be slow.
const TIMEOUT: &str = "PT20S";

/// How often it is looked whether the program has ended.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// How old a page may get before the kernel writes it, and how often it looks, in hundredths of a second.
const EAGER: [&str; 2] = [
    "/proc/sys/vm/dirty_expire_centisecs",
    "/proc/sys/vm/dirty_writeback_centisecs",
];

/// Syncs that are suppressed: those behind the first, which make the file, so that there is something to lose.
const SUPPRESSED: [&str; 7] = [
    "strace",
    "-f",
    "-o/dev/null",
    "-e",
    "trace=fsync,fdatasync",
    "-e",
    "inject=fsync,fdatasync:retval=0:when=12+",
];

/// Does what the plan in a folder says. On the machine only.
pub(crate) fn run(folder: &Path) -> ExitCode {
    let console = match Console::open() {
        Ok(console) => Arc::new(console),
        Err(error) => {
            err(format!("/dev/console: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match act(folder, &console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            console.say(&Line::Failed(message));
            ExitCode::FAILURE
        }
    }
}

fn act(folder: &Path, console: &Arc<Console>) -> Result<(), String> {
    let plan = Plan::read(folder)?;
    if plan.is_eager {
        for name in EAGER {
            fs::write(name, "1").map_err(|error| format!("{name}: {error}"))?;
        }
    }
    let data = folder.join(MOUNTED).join(DATA);
    if plan.subject.is_nats() {
        nats::serve(&plan, &data, console)
    } else {
        broker(&plan, &data, console)
    }
}

fn broker(plan: &Plan, data: &Path, console: &Arc<Console>) -> Result<(), String> {
    let subscriber = Subscriber::bind_to(PORT, TRIGGER, Failing::Never, Duration::ZERO)?;
    let ledger = Ledger::witnessed(&[TRIGGER], Box::new(Arc::clone(console)));
    let wrapper: &[&str] = if plan.subject == Subject::Suppressed {
        &SUPPRESSED
    } else {
        &[]
    };
    let wrapper: Vec<String> = wrapper.iter().map(|word| (*word).to_owned()).collect();
    thread::scope(|scope| {
        // It listens before the broker does: a delivery that nobody takes would only wait.
        scope.spawn(|| subscriber.serve(scope, &ledger));
        let mut random = Rng::with_seed(plan.seed);
        let result = start(plan, data, &wrapper, &subscriber, console).and_then(|process| {
            let (process, address) = process;
            ledger.moved(Some(address));
            if plan.is_last {
                ledger.stop();
            } else {
                watch(&data.join("broker.db"), console)?;
            }
            let mut publishers = Vec::new();
            for number in 0..PUBLISHERS {
                let (last, open) = plan.share((number..KEYS).step_by(PUBLISHERS as usize));
                let publisher = Publisher::resume(random.fork(), last, open);
                let ledger = &ledger;
                publishers.push(scope.spawn(move || publisher.run(ledger)));
            }
            if !plan.is_last {
                return serve(process);
            }
            for publisher in publishers {
                publisher.join().map_err(|_| "a publisher panicked")?;
            }
            last(plan, process, &ledger)
        });
        if let Err(message) = &result {
            // The ends wait for a broker: this is not the time to wait for them.
            console.say(&Line::Failed(message.clone()));
            ledger.give_up();
        }
        subscriber.stop();
        result
    })
}

/// Starts the program, with its Trigger.
fn start(
    plan: &Plan,
    data: &Path,
    wrapper: &[String],
    subscriber: &Subscriber,
    console: &Arc<Console>,
) -> Result<(Process, std::net::SocketAddr), String> {
    console.say(&Line::Starting);
    let file = data.join("broker.db");
    if !file.exists() {
        look_out(file, console)?;
    }
    let mut process = Process::start(&plan.program, data, wrapper)?;
    let address = process.address()?;
    console.say(&Line::Listens);
    let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
    let request = wire::request("GET", &scene::path(TRIGGER), "", b"");
    let answer = connection
        .ask(&request)
        .map_err(|error| error.to_string())?;
    match answer.status() {
        Some(200) => {}
        Some(404) if plan.is_subscribed && plan.subject == Subject::Ingenium => {
            return Err("a Trigger that was acknowledged is lost".to_owned());
        }
        Some(404) => scene::put(&mut connection, subscriber, TIMEOUT)?,
        _ => return Err(format!("the Trigger: {}", answer.line)),
    }
    console.say(&Line::Subscribed);
    Ok((process, address))
}

/// Serves until the power goes.
fn serve(mut process: Process) -> Result<(), String> {
    loop {
        if let Some(status) = process.ended()? {
            let (_, log) = process.wait()?;
            return Err(format!("the broker ends with {status}: {}", log.join("\n")));
        }
        sleep(LOOK);
    }
}

/// Waits for what is owed, and ends the program.
fn last(plan: &Plan, mut process: Process, ledger: &Ledger) -> Result<(), String> {
    let missing = ledger.wait_accepted(TRIGGER, &plan.owed, PATIENCE);
    if missing > 0 {
        let all = plan.owed.len();
        return Err(format!(
            "{missing} deliveries of {all} that are owed did not come within {PATIENCE:?}"
        ));
    }
    process.terminate()?;
    let (status, log) = process.wait()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("the broker ends with {status}: {}", log.join("\n")))
}

/// Says when the file is there.
fn look_out(file: PathBuf, console: &Arc<Console>) -> Result<(), String> {
    let console = Arc::clone(console);
    let look = move || {
        while !file.exists() {
            sleep(Duration::from_millis(1));
        }
        console.say(&Line::File);
    };
    // It ends with the file, or with the power.
    let thread = Builder::new().spawn(look);
    thread.map(drop).map_err(|error| error.to_string())
}

/// Says when the file itself is written: by then a checkpoint has begun.
fn watch(file: &Path, console: &Arc<Console>) -> Result<(), String> {
    let console = Arc::clone(console);
    let watched = inotify::init(inotify::CreateFlags::CLOEXEC)
        .map_err(|error| format!("inotify: {error}"))?;
    inotify::add_watch(&watched, file, inotify::WatchFlags::MODIFY)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let read = move || {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(watched, &mut buffer);
        while events.next().is_ok() {
            console.say(&Line::Checkpoint);
            // A checkpoint is many writes.
            sleep(Duration::from_millis(100));
            while !events.is_buffer_empty() && events.next().is_ok() {}
        }
    };
    // It watches until the power goes.
    let thread = Builder::new().spawn(read);
    thread.map(drop).map_err(|error| error.to_string())
}

/// The console, which the host reads.
pub(super) struct Console(Mutex<File>);

impl Console {
    fn open() -> std::io::Result<Self> {
        let file = OpenOptions::new().write(true).open("/dev/console")?;
        Ok(Self(Mutex::new(file)))
    }

    /// Says a line, and comes back when it is out of the machine.
    pub(super) fn say(&self, line: &Line) {
        let line = format!("{line}\n");
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said = file.write_all(line.as_bytes());
        // Without a console nothing that is done here can be judged.
        if said.and_then(|()| Ok(tcdrain(&*file)?)).is_err() {
            std::process::abort();
        }
    }
}

impl Witness for Arc<Console> {
    fn sent(&self, event: Event) {
        self.say(&Line::Sent(event));
    }

    fn taken(&self, event: Event) {
        self.say(&Line::Taken(event));
    }

    fn received(&self, event: Event, body: &[u8]) {
        self.say(&Line::Received(event, digest(body)));
    }

    fn offence(&self, what: &str) {
        self.say(&Line::Offence(what.to_owned()));
    }
}
