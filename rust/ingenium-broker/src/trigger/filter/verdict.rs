//! What a filter says of an event.

/// Knative's broker on channels knows filters that say nothing; at the end they let the event pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Pass,
    Fail,
    Undecided,
}

impl From<bool> for Verdict {
    fn from(passes: bool) -> Self {
        if passes { Self::Pass } else { Self::Fail }
    }
}

impl Verdict {
    /// One that fails decides, then one that passes.
    pub(super) fn all(verdicts: impl Iterator<Item = Self>) -> Self {
        Self::first(verdicts, Self::Fail)
    }

    /// One that passes decides, then one that fails.
    pub(super) fn any(verdicts: impl Iterator<Item = Self>) -> Self {
        Self::first(verdicts, Self::Pass)
    }

    pub(super) const fn not(self) -> Self {
        match self {
            Self::Pass => Self::Fail,
            Self::Fail => Self::Pass,
            Self::Undecided => Self::Undecided,
        }
    }

    /// The verdict that decides alone if it is among these, else what the others say.
    fn first(verdicts: impl Iterator<Item = Self>, decides: Self) -> Self {
        let mut said = Self::Undecided;
        for verdict in verdicts {
            if verdict == decides {
                return decides;
            }
            if verdict != Self::Undecided {
                said = verdict;
            }
        }
        said
    }
}
