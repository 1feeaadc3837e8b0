//! One-minute bars of a walk that turns often enough to trade, the same ones everywhere and every time.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// 2020-01-01T00:00:00Z.
const START: u64 = 1_577_836_800;

/// Prices stay positive, in cents.
const LOWEST: i64 = 1_000;

/// A linear congruential generator: integers only, so no machine rounds differently.
struct Walk {
    state: u64,
    close: i64,
}

impl Walk {
    const fn new() -> Self {
        Self {
            state: 7,
            close: 100_000,
        }
    }

    /// A number from 0 to `most`.
    fn draw(&mut self, most: u32) -> i64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // The low bits of such a generator repeat soon.
        i64::try_from((self.state >> 33) % (u64::from(most) + 1)).expect("below 2^31")
    }

    /// Open, high, low and close of the next bar, in cents.
    ///
    /// A bar seldom opens where the last one closed: an engine that fills at the close is found out.
    fn bar(&mut self) -> [i64; 4] {
        let open = (self.close + self.draw(4) - 2).max(LOWEST);
        let close = (open + self.draw(30) - 15).max(LOWEST);
        let high = open.max(close) + self.draw(3);
        let low = open.min(close) - self.draw(3);
        self.close = close;
        [open, high, low, close]
    }
}

/// Writes the file of `bars` bars into `folder`.
pub(super) fn file(folder: &Path, bars: usize) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("minutes-{bars}.csv"));
    let mut out = BufWriter::new(File::create(&path)?);
    write(&mut out, bars)?;
    out.flush()?;
    Ok(path)
}

fn write(out: &mut impl Write, bars: usize) -> io::Result<()> {
    let mut walk = Walk::new();
    writeln!(out, "Date,Open,High,Low,Close,Volume")?;
    for at in (START..).step_by(60).take(bars) {
        let [open, high, low, close] = walk.bar().map(price);
        writeln!(out, "{at},{open},{high},{low},{close},100000")?;
    }
    Ok(())
}

fn price(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_the_same_every_time() {
        let mut text = Vec::new();
        write(&mut text, 3).expect("memory takes it");
        assert_eq!(
            String::from_utf8(text).expect("digits"),
            "Date,Open,High,Low,Close,Volume\n\
             1577836800,1000.01,1000.09,1000.00,1000.08,100000\n\
             1577836860,1000.06,1000.08,1000.06,1000.08,100000\n\
             1577836920,1000.10,1000.22,1000.07,1000.19,100000\n"
        );
    }

    #[test]
    fn bars_are_consistent() {
        let mut walk = Walk::new();
        for _ in 0..10_000 {
            let [open, high, low, close] = walk.bar();
            assert!(low <= open.min(close) && open.max(close) <= high && low > 0);
        }
    }
}
