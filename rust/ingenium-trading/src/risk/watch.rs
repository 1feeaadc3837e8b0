//! Watches over the equity: they trip the state of trading.

use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::{Limits, RiskState, Stop};

const DAY: i64 = 86_400_000_000_000;

impl RiskState {
    /// Looks at the equity before and after an event of `at`; whether there is something new to remember.
    ///
    /// What ends at `at`, as a bar does, belongs to the day of the nanosecond before: a daily bar ends when the next day
    /// begins.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit.
    pub(crate) fn watch(
        &mut self,
        limits: &Limits,
        before: Decimal,
        after: Decimal,
        at: UtcTimestamp,
        ends: bool,
    ) -> Result<bool, Inexact> {
        let old = (self.day, self.peak, self.tripped, self.resume);
        if self.resume < limits.resume {
            *self = Self {
                resume: limits.resume,
                orders: std::mem::take(&mut self.orders),
                losses: std::mem::take(&mut self.losses),
                ..Self::default()
            };
        }
        let day = (at.as_nanoseconds() - i64::from(ends)).div_euclid(DAY);
        if self.day < Some(day) {
            self.day = Some(day);
            self.day_open = before;
        }
        let peak = self.peak.unwrap_or(before).max(before).max(after);
        self.peak = Some(peak);
        let watches = [
            ("max_daily_loss", limits.max_daily_loss, self.day_open),
            ("max_drawdown", limits.max_drawdown, peak),
        ];
        for (reason, stop, from) in watches {
            if let Some(stop) = stop
                && stop.then > self.tripped
                && is_reached(stop, from, after)?
            {
                self.tripped = stop.then;
                self.reason = Some(reason.to_owned());
                self.at = Some(at);
            }
        }
        Ok(old != (self.day, self.peak, self.tripped, self.resume))
    }
}

/// Whether the loss from one equity to another is the limit or more.
fn is_reached(stop: Stop, from: Decimal, to: Decimal) -> Result<bool, Inexact> {
    let loss = exact::sub(from, to)?;
    Ok(loss > Decimal::ZERO && loss >= exact::mul(stop.share, from)?)
}
