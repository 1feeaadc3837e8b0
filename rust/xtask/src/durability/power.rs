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

/// Whether a machine can run here at all, or why not. It installs what is missing, as root.
pub(super) fn prepare() -> Result<(), String> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Err("user-mode Linux is for x86-64 only".to_owned());
    }
    setup::need(PROGRAMS)
}

pub(super) fn run(bench: &Bench, root: &Path, target: &Path, cuts: Cuts) -> Result<Report, String> {
    prepare()?;
    // A machine is several processes. Those that are left when the first is killed are waited for here.
    set_child_subreaper(Some(getpid())).map_err(|error| error.to_string())?;
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
        let mut run = Run {
            subject,
            program: program.to_owned(),
            folder: bench.folder(&format!("power-{}", subject.word()))?,
            random: bench.random(),
        };
        let outcome = run
            .play(cuts)
            .map_err(|message| format!("{name}: {message}"))?;
        table.push(cells(name, &outcome));
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

const TEXT: &str = "TODO";

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
fn cells(name: &str, outcome: &Outcome) -> Vec<String> {
    let (tally, counts, findings) = (&outcome.tally, &outcome.counts, &outcome.findings);
    let cuts = tally.serving + tally.starting + tally.checkpoint + tally.creating;
    let lost = match &outcome.failed {
        Some(message) => format!("all: {message}"),
        None => findings.lost.len().to_string(),
    };
    let deliveries = counts.deliveries.to_string();
    let undelivered = findings.undelivered.len().to_string();
    let is_judged = counts.deliveries > 0;
    let or_none = |text| if is_judged { text } else { "–".to_owned() };
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
