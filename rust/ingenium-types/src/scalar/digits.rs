//! Numbers as digits, without the machinery of formatting: scalars are most of what an event is.

/// Room for the text of a number or a moment, which is written from its end.
pub(super) struct Room {
    bytes: [u8; Self::SIZE],
    start: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            bytes: [0; Self::SIZE],
            start: Self::SIZE,
        }
    }
}

impl Room {
    /// A decimal has 28 digits, a point and a sign; a timestamp has 30 characters.
    const SIZE: usize = 32;

    /// What was written.
    pub(super) fn text(&self) -> &str {
        str::from_utf8(&self.bytes[self.start..]).expect("digits and marks are ASCII")
    }

    /// Puts a byte before what was written.
    pub(super) const fn byte(&mut self, byte: u8) {
        self.start -= 1;
        self.bytes[self.start] = byte;
    }

    /// Puts a number of at least `least` digits before what was written.
    pub(super) fn number(&mut self, number: u128, least: usize) {
        let end = self.start;
        // Numbers of 64 bits divide faster, and most have no more.
        let mut rest = number;
        while rest > u128::from(u64::MAX) {
            self.byte(b'0' + (rest % 10) as u8);
            rest /= 10;
        }
        let mut rest = rest as u64;
        while rest > 0 {
            self.byte(b'0' + (rest % 10) as u8);
            rest /= 10;
        }
        while end - self.start < least {
            self.byte(b'0');
        }
    }
}
