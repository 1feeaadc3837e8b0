//! When a MARKET order meets the market.

/// The moment at which a MARKET order fills. "After the decision" is by the order's `Timestamp`.
///
/// Other orders follow the path of the bars that start at or after the decision, whatever the timing; a latency delays
/// them, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timing {
    /// At the open of the first bar that starts at or after the decision: what a strategy that decides at a bar's close
    /// can get.
    #[default]
    NextOpen,
    /// At the close of that bar.
    NextClose,
    /// At the first close at or after the decision, so at the close that the decision has seen. Optimistic: nobody can
    /// trade at a price that has just been the last.
    SameClose,
    /// As `NextOpen`, so many nanoseconds later: the first bar that starts at or after decision plus latency.
    Latency(u64),
}

impl Timing {
    /// Nanoseconds since 1970 from which an order that was decided at `decided` is in the market.
    pub(super) const fn active(self, decided: i64) -> i64 {
        match self {
            Self::Latency(delay) => decided.saturating_add_unsigned(delay),
            Self::NextOpen | Self::NextClose | Self::SameClose => decided,
        }
    }

    /// Which part of a bar a MARKET order trades on.
    pub(super) const fn part(self) -> Part {
        match self {
            Self::NextOpen | Self::Latency(_) => Part::Open,
            Self::NextClose | Self::SameClose => Part::Close,
        }
    }
}

/// The part of a bar that an order may trade on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Its whole path.
    Whole,
    /// Its first price only.
    Open,
    /// Its last price only.
    Close,
}
