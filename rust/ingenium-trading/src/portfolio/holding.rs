//! One instrument in the account.

use std::collections::BTreeMap;

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::position::Position;

/// One instrument in the account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holding {
    /// What is held.
    pub position: Position,
    /// The last final close.
    pub mark: Option<Decimal>,
    /// The end of the bar that gave the mark.
    pub marked_at: Option<UtcTimestamp>,
    /// Orders without a terminal execution, by `OrderId`.
    pub orders: BTreeMap<String, OpenOrder>,
}

impl Holding {
    /// What `position` at `mark` is worth more than what is held, at its mark.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit.
    pub(super) fn gain(
        &self,
        position: &Position,
        mark: Option<Decimal>,
    ) -> Result<Decimal, Inexact> {
        let before = self.position.value(self.mark.unwrap_or_default())?;
        exact::sub(position.value(mark.unwrap_or_default())?, before)
    }

    /// Takes the close of the bar that ends at `at`.
    pub(super) const fn mark_at(&mut self, close: Decimal, at: UtcTimestamp) {
        self.mark = Some(close);
        self.marked_at = Some(at);
    }
}

/// An order on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// Its side.
    #[serde(with = "side")]
    pub side: OrderSide,
    /// Its quantity.
    pub quantity: Decimal,
    /// What was filled so far, less what was taken back.
    pub cumulative: Decimal,
    /// The cash still reserved for it.
    pub reserved: Decimal,
    /// What it was filled in all, once a terminal execution has said so: fills that are still on their way are
    /// waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filled: Option<Decimal>,
    /// When it was decided; absent in rows of an earlier version: before everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<UtcTimestamp>,
    /// The latest event `time` of its executions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<UtcTimestamp>,
    /// What its fills cost beyond the reservation.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub overspent: Decimal,
    /// Quantity of its fills that were taken back or kept aside: terminal executions may count them.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub voided: Decimal,
}

impl OpenOrder {
    /// An order that has just been decided.
    #[must_use]
    pub const fn new(
        side: OrderSide,
        quantity: Decimal,
        reserved: Decimal,
        timestamp: UtcTimestamp,
    ) -> Self {
        Self {
            side,
            quantity,
            cumulative: Decimal::ZERO,
            reserved,
            filled: None,
            timestamp: Some(timestamp),
            known_at: None,
            overspent: Decimal::ZERO,
            voided: Decimal::ZERO,
        }
    }

    /// What may still be filled.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn leaves(&self) -> Result<Decimal, Inexact> {
        let leaves = exact::sub(self.filled.unwrap_or(self.quantity), self.cumulative)?;
        Ok(leaves.max(Decimal::ZERO))
    }

    /// Whether a terminal execution was met and every fill that it counts.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn is_over(&self) -> Result<bool, Inexact> {
        let met = exact::add(self.cumulative, self.voided)?;
        Ok(self.filled.is_some_and(|filled| met >= filled))
    }
}

/// A side in a state row, as on the wire.
pub(super) mod side {
    use ingenium_types::event::OrderSide;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::portfolio) fn serialize<S: Serializer>(
        side: &OrderSide,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(side.as_str())
    }

    pub(in crate::portfolio) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OrderSide, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
