//! When one series crosses another.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// On which side of another series a series was last.
///
/// Touching is not crossing: while both are equal the side stays what it was. The first side that is seen is no
/// crossing either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cross {
    above: Option<bool>,
}

impl Cross {
    /// Takes how the series stands to the other now; the side it has crossed to, if it has.
    pub const fn update(&mut self, now: Ordering) -> Option<Ordering> {
        let above = match now {
            Ordering::Equal => return None,
            Ordering::Greater => true,
            Ordering::Less => false,
        };
        let crossed = match self.above {
            None => false,
            Some(before) => before != above,
        };
        self.above = Some(above);
        if crossed { Some(now) } else { None }
    }
}
