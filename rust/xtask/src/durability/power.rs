//! The power goes, again and again, on one disk: what the kernel has not written is lost.

use std::path::Path;

use rustix::process::{getpid, set_child_subreaper};

use super::bench::Bench;
use super::report::{Report, row};
use crate::{nats as peer, setup};

mod cuts;
mod disk;
mod guest;
mod line;
mod machine;
mod nats;
mod plan;
mod run;

pub(crate) use guest::run as guest;

use plan::Subject;
use run::{Outcome, Run};

/// How often the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cuts {
    pub(super) own: u32,
    /// With the syncs suppressed.
    pub(super) suppressed: u32,
    /// For each peer.
    pub(super) peers: u32,
}

/// What is needed, and the Debian packages that have it.
const PROGRAMS: &[(&str, &str)] = &[
    (machine::KERNEL, "user-mode-linux"),
    ("mkfs.ext4", "e2fsprogs"),
    ("ip", "iproute2"),
    ("strace", "strace"),
];

/// Whether a machine comes up here at all, or why not. It installs what is missing, as root.
pub(super) fn prepare(bench: &Bench) -> Result<(), String> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Err("user-mode Linux is for x86-64 only".to_owned());
    }
    setup::need(PROGRAMS)?;
    // A machine is several processes. Those that are left when the first is killed are waited for here.
    set_child_subreaper(Some(getpid())).map_err(|error| error.to_string())?;
    machine(bench, Subject::Ingenium, &bench.program)?.probe()
}

fn machine(bench: &Bench, subject: Subject, program: &Path) -> Result<Run, String> {
    Ok(Run {
        subject,
        program: program.to_owned(),
        folder: bench.folder(&format!("power-{}", subject.word()))?,
        random: bench.random(),
    })
}

pub(super) fn run(bench: &Bench, root: &Path, target: &Path, cuts: Cuts) -> Result<Report, String> {
    prepare(bench)?;
    let mut table = vec![row([
        &"broker",
        &"cuts",
        &"during a start",
        &"at a checkpoint",
        &"while the file is made",
        &"acknowledged",
        &"sent again",
        &"deliveries",
        &"lost",
        &"stored twice",
        &"altered, invented",
        &"out of order",
        &"never delivered",
        &"a cut takes",
    ])];
    let mut play = |subject, name: &str, program: &Path, cuts| {
        if cuts == 0 {
            return Ok(None);
        }
        let outcome = machine(bench, subject, program)?
            .play(cuts)
            .map_err(|message| format!("{name}: {message}"))?;
        table.push(cells(name, subject, &outcome));
        Ok::<_, String>(Some(outcome))
    };
    if let Some(outcome) = play(Subject::Ingenium, "Ingenium", &bench.program, cuts.own)? {
        judge(&outcome)?;
    }
    let name = "Ingenium, its syncs suppressed";
    if let Some(outcome) = play(Subject::Suppressed, name, &bench.program, cuts.suppressed)?
        && outcome.failed.is_none()
        && outcome.findings.lost.is_empty()
    {
        return Err("a broker whose syncs do nothing lost nothing: nothing is tried".to_owned());
    }
    if cuts.peers > 0 {
        let program = peer::install(root, target)?;
        let name = "NATS JetStream 2.15.1";
        play(Subject::Nats, name, &program, cuts.peers)?;
        let name = "NATS JetStream 2.15.1, `sync_interval: always`";
        play(Subject::NatsAlways, name, &program, cuts.peers)?;
    }
    Ok(Report {
        title: "Power cuts",
        text: TEXT.to_owned(),
        table,
        command: format!(
            "cargo xtask durability power --cuts {} --suppress-syncs {} --peers {}",
            cuts.own, cuts.suppressed, cuts.peers
        ),
    })
}

const TEXT: &str = "\
202 means on disk, also when the kernel's memory goes with the power; so does the answer to a Trigger. What a cut has left is \
a file that the broker starts from, whatever it was doing.

The broker runs on a machine that can be cut off: user-mode Linux, a kernel that is an ordinary process here and has its page \
cache in its own memory. Its disk is an ext4 in a file of the host. A cut is SIGKILL to all processes of the machine: only \
what its kernel had written to the disk is left, and the next boot replays the journal of the file system. 8 publishers send \
events of 256 keys, and after each boot resend first what got no answer, byte for byte; one subscriber takes everything. \
Before a request goes out, and before a delivery is answered, a line about it has left the machine: so the host judges what \
was really promised. In every second boot or so the kernel writes at once what nobody has synced: then some of that is on \
the disk, and some is not. The power goes 0.2 s to 3 s after the first 202 of a boot, or within 0.4 s of a start, or within 30 ms \
of the first write of a checkpoint to the file, or, each time on a new disk, within 60 ms of the file's appearance; a cut \
during a start has its own column only if the broker did not listen yet. At the end all that is open is published and \
delivered; `e2fsck` then has to find the file system sound, `ingenium broker check` the file, and the checker compares as \
above.

The second row shows that a loss would be seen: it is the same broker, whose syncs `strace` turns into nothing from the \
twelfth of a thread on, and it has to lose events, or not to start.

NATS JetStream has the same publishers and events, cuts while it serves and starts, a stream in files on such a disk, and an \
id with each message, so that one that comes again is stored once. What is left is what the same server reads afterwards. Its rows are \
reported, not judged. As it comes it syncs every two minutes, and no boot lives as long here: the row says what its \
acknowledgement is worth until then, not how much a server loses a year.

Not tried: a disk that lies. This one keeps every write that it was given, in that order, and forgets none of a cache of its \
own.";

/// Our own run has to be without a finding.
fn judge(outcome: &Outcome) -> Result<(), String> {
    if let Some(failed) = &outcome.failed {
        return Err(failed.clone());
    }
    if let Some(first) = outcome.offences.first() {
        let count = outcome.offences.len();
        return Err(format!("{count} offences, the first: {first}"));
    }
    if let Some(complaint) = outcome.findings.complaint() {
        return Err(complaint);
    }
    if outcome.counts.acknowledged == 0 || outcome.counts.deliveries == 0 {
        return Err(format!("nothing happened: {:?}", outcome.counts));
    }
    Ok(())
}

/// A row of the table.
fn cells(name: &str, subject: Subject, outcome: &Outcome) -> Vec<String> {
    let (tally, counts, findings) = (&outcome.tally, &outcome.counts, &outcome.findings);
    let cuts = tally.serving + tally.starting + tally.checkpoint + tally.creating;
    let lost = match &outcome.failed {
        Some(message) => format!("all: {message}"),
        None => findings.lost.len().to_string(),
    };
    let deliveries = counts.deliveries.to_string();
    let undelivered = findings.undelivered.len().to_string();
    let or_none = |text| match subject {
        Subject::Ingenium => text,
        _ => "–".to_owned(),
    };
    row([
        &name,
        &cuts,
        &tally.starting,
        &tally.checkpoint,
        &tally.creating,
        &counts.acknowledged,
        &outcome.sent_again,
        &or_none(deliveries),
        &lost,
        &findings.stored_twice.len(),
        &(findings.altered.len() + findings.invented.len()),
        &findings.inversions.len(),
        &or_none(undelivered),
        &format!("{:.1} s", outcome.a_cut.as_secs_f64()),
    ])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::cuts::Tally;
    use super::{Outcome, Subject, cells, judge};
    use crate::durability::checker::{Counts, Findings};

    fn sound() -> Outcome {
        Outcome {
            tally: Tally {
                serving: 5,
                starting: 3,
                checkpoint: 2,
                creating: 1,
            },
            counts: Counts {
                acknowledged: 40,
                stored: 40,
                deliveries: 44,
                repeated: 4,
            },
            findings: Findings::default(),
            sent_again: 6,
            offences: Vec::new(),
            failed: None,
            a_cut: Duration::from_millis(2345),
        }
    }

    /// What is broken, and a part of the complaint.
    type Fault = (&'static str, fn(&mut Outcome));

    const FAULTS: [Fault; 5] = [
        ("lost 1: event 1-2", |run| {
            run.findings.lost.push("event 1-2".to_owned());
        }),
        ("undelivered 1", |run| {
            run.findings.undelivered.push("event 1-2".to_owned());
        }),
        ("does not listen", |run| {
            run.failed = Some("the broker does not listen".to_owned());
        }),
        ("1 offences", |run| {
            run.offences.push("no broker".to_owned());
        }),
        ("nothing happened", |run| run.counts.deliveries = 0),
    ];

    #[test]
    fn a_run_without_findings_passes_and_no_other() {
        assert_eq!(judge(&sound()), Ok(()));
        for (problem, seed) in FAULTS {
            let mut run = sound();
            seed(&mut run);
            let complaint = judge(&run).expect_err(problem);
            assert!(complaint.contains(problem), "{complaint}");
        }
    }

    #[test]
    fn rows_say_what_was_judged() {
        let own = cells("Ingenium", Subject::Ingenium, &sound());
        assert_eq!(own.join(" "), "Ingenium 11 3 2 1 40 6 44 0 0 0 0 0 2.3 s");
        let peer = cells("NATS", Subject::Nats, &sound());
        assert_eq!(peer.join(" "), "NATS 11 3 2 1 40 6 – 0 0 0 0 – 2.3 s");
        let mut run = sound();
        run.failed = Some("it ends".to_owned());
        assert_eq!(cells("NATS", Subject::Nats, &run)[8], "all: it ends");
    }
}
