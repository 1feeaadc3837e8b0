//! How long an order lives, and on which bars it may trade (FIX `TimeInForce`, tag 59).
//!
//! | `TimeInForce` | Trades | Ends |
//! |---|---|---|
//! | GTC | on every bar | filled |
//! | GTD | until `ExpiresAt`; of a bar that goes beyond it, at the open only | EXPIRED at `ExpiresAt` |
//! | DAY | in the session of its `Timestamp`, or in the next one that has bars | EXPIRED at the session's end |
//! | IOC | at the first price | CANCELED, IOC_REMAINDER |
//! | FOK | at the first price, all of it or nothing | CANCELED, FOK_UNFILLED |
//! | OPG | at the open of the first bar of a session | EXPIRED there |
//! | CLS | at the close of the session's last bar | EXPIRED there |
//!
//! Bars outside of the session are for orders with `ExtendedHours`; OPG and CLS are for the session's own.

use ingenium_types::event::{OrderTimeInForce as Tif, OrderType};
use ingenium_types::scalar::UtcTimestamp;

use super::timing::{Part, Timing};
use super::{KeptBar, Session, Working};

/// What a bar is to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing: it starts too early, or outside of the hours.
    NotYet,
    /// Something to trade on.
    Trades(Part),
    /// The last bar of its session so far: the order may trade at its close, if no other comes.
    MayClose,
    /// Too late: the order was over at this instant.
    Over(UtcTimestamp),
}

impl Working {
    /// The time in force; GTC unless said otherwise.
    pub(super) fn time_in_force(&self) -> Tif {
        self.order.time_in_force.unwrap_or(Tif::Gtc)
    }

    /// Whether the order may trade outside of the session.
    fn is_extended(&self) -> bool {
        self.order.extended_hours == Some(true)
            && !matches!(self.time_in_force(), Tif::Opg | Tif::Cls)
    }

    /// What `bar` is to this order.
    pub(super) fn turn(&mut self, bar: &KeptBar, hours: &Session, timing: Timing) -> Turn {
        let session = |instant| {
            if self.is_extended() {
                Some(hours.date(instant))
            } else {
                hours.of(instant)
            }
        };
        let (tif, now) = (self.time_in_force(), session(bar.start));
        if matches!(tif, Tif::Day | Tif::Cls) {
            // The session that holds the decision, if it has bars, be they earlier ones; else the next one that has.
            if self.session.is_none()
                && now.is_some()
                && (bar.start >= self.decided || session(self.decided) == now)
            {
                self.session = now;
            }
            let end = self.session.and_then(|session| {
                if self.is_extended() {
                    hours.midnight_after(session)
                } else {
                    hours.end(session)
                }
            });
            if let Some(end) = end
                && bar.start >= end
            {
                return Turn::Over(end);
            }
            if tif == Tif::Cls {
                return self.closing_turn(bar, now, end, timing);
            }
        }
        if tif == Tif::Gtd
            && let Some(end) = self.order.expires_at
            && bar.start >= end
        {
            return Turn::Over(end);
        }
        let active = timing.active(self.decided.as_nanoseconds());
        let is_market = self.order.type_ == OrderType::Market;
        let in_time = if is_market && timing == Timing::SameClose && tif != Tif::Opg {
            bar.end.as_nanoseconds() >= active
        } else {
            bar.start.as_nanoseconds() >= active
        };
        if now.is_none() || !in_time {
            return Turn::NotYet;
        }
        self.part(bar, timing)
    }

    /// The part of a bar that is in time.
    fn part(&self, bar: &KeptBar, timing: Timing) -> Turn {
        let is_market = self.order.type_ == OrderType::Market;
        let usual = match self.time_in_force() {
            Tif::Opg if bar.first => Part::Open,
            Tif::Opg => return Turn::NotYet,
            _ if is_market => timing.part(),
            Tif::Ioc | Tif::Fok => Part::Open,
            Tif::Gtc | Tif::Day | Tif::Gtd | Tif::Cls => Part::Whole,
        };
        // When within the bar its prices came is not known: those after the order's end cannot be told from the others.
        let ends_within = self.time_in_force() == Tif::Gtd
            && self.order.expires_at.is_some_and(|end| bar.end > end);
        match usual {
            Part::Whole if ends_within => Turn::Trades(Part::Open),
            Part::Close if ends_within => Turn::NotYet,
            Part::Whole | Part::Open | Part::Close => Turn::Trades(usual),
        }
    }

    /// What a bar is to a CLS order of the session that ends at `end`.
    fn closing_turn(
        &self,
        bar: &KeptBar,
        now: Option<i64>,
        end: Option<UtcTimestamp>,
        timing: Timing,
    ) -> Turn {
        let active = timing.active(self.decided.as_nanoseconds());
        // The close comes after the decision even where the bar began before it.
        if now.is_none() || now != self.session || bar.end.as_nanoseconds() <= active {
            return Turn::NotYet;
        }
        match end {
            Some(end) if bar.end < end => Turn::MayClose,
            _ => Turn::Trades(Part::Close),
        }
    }
}
