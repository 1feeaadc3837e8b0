//! When the power goes.

use std::time::Duration;

use fastrand::Rng;

use super::plan::Subject;

/// What a machine is doing when it is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// It serves; so long after its first acknowledgement.
    Serving(Duration),
    /// The program starts, on what the last cut has left; so long after it was called.
    Starting(Duration),
    /// The write-ahead log is folded into the file; so long after the first write to it.
    Checkpoint(Duration),
    /// The program starts for the first time; so long after its file is there.
    Creating(Duration),
}

/// How many cuts there were of each kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) serving: u32,
    pub(super) starting: u32,
    pub(super) checkpoint: u32,
    pub(super) creating: u32,
}

/// The moments of so many cuts, those on new disks first.
pub(super) fn schedule(subject: Subject, cuts: u32, random: &mut Rng) -> Vec<Moment> {
    let creating = match subject {
        Subject::Ingenium => cuts.div_ceil(10),
        _ => 0,
    };
    let moments = (0..cuts).map(|cut| {
        let mut within = |milliseconds| Duration::from_millis(random.u64(milliseconds));
        match (subject, cut.saturating_sub(creating) % 6) {
            _ if cut < creating => Moment::Creating(within(0..60)),
            // Without syncs there may be nothing to start from.
            (Subject::Suppressed, _) => Moment::Serving(within(200..3000)),
            (_, 2) => Moment::Starting(within(0..START)),
            (Subject::Ingenium, 4) => Moment::Checkpoint(within(0..30)),
            _ => Moment::Serving(within(200..3000)),
        }
    });
    moments.collect()
}

/// About how long a start takes, in milliseconds. One that is over before is cut off after it.
const START: u64 = 400;

impl Tally {
    /// Counts a cut by what was going on.
    pub(super) fn count(&mut self, moment: Moment, is_at_checkpoint: bool, listens: bool) {
        let place = match moment {
            Moment::Checkpoint(_) if is_at_checkpoint => &mut self.checkpoint,
            Moment::Creating(_) if !listens => &mut self.creating,
            Moment::Starting(_) if !listens => &mut self.starting,
            _ => &mut self.serving,
        };
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fastrand::Rng;

    use super::{Moment, Subject, Tally, schedule};

    /// How many of each kind are meant.
    fn meant(subject: Subject, cuts: u32) -> [usize; 4] {
        let moments = schedule(subject, cuts, &mut Rng::with_seed(1));
        let count = |is: fn(&Moment) -> bool| moments.iter().filter(|moment| is(moment)).count();
        [
            count(|moment| matches!(moment, Moment::Serving(_))),
            count(|moment| matches!(moment, Moment::Starting(_))),
            count(|moment| matches!(moment, Moment::Checkpoint(_))),
            count(|moment| matches!(moment, Moment::Creating(_))),
        ]
    }

    #[test]
    fn a_small_run_has_all_kinds() {
        assert_eq!(meant(Subject::Ingenium, 0), [0, 0, 0, 0]);
        assert_eq!(meant(Subject::Ingenium, 10), [6, 2, 1, 1]);
        assert_eq!(meant(Subject::Ingenium, 100), [60, 15, 15, 10]);
        assert_eq!(meant(Subject::Nats, 20), [17, 3, 0, 0]);
        assert_eq!(meant(Subject::Suppressed, 5), [5, 0, 0, 0]);
    }

    /// What was meant for a start and came too late was none.
    #[test]
    fn cuts_are_counted_by_what_they_hit() {
        let mut tally = Tally::default();
        let after = Duration::from_millis(1);
        tally.count(Moment::Serving(after), false, true);
        tally.count(Moment::Starting(after), false, false);
        tally.count(Moment::Starting(after), false, true);
        tally.count(Moment::Checkpoint(after), true, true);
        tally.count(Moment::Checkpoint(after), false, true);
        tally.count(Moment::Creating(after), false, false);
        let of = (
            tally.serving,
            tally.starting,
            tally.checkpoint,
            tally.creating,
        );
        assert_eq!(of, (3, 1, 1, 1));
    }
}
