//! `steady BARS…`: how long a run in one process takes, and how much memory, as it grows. One line of JSON a length:
//!
//! ```console
//! $ cargo bench -p ingenium-components --bench steady -- 1000000 10000000
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use gauge::{peak, timed};
use serde_json::json;

mod gauge;
mod walk;

fn main() {
    let lengths = std::env::args().filter_map(|argument| argument.parse().ok());
    for bars in lengths {
        let (measured, took) = timed(|| walk::run(bars));
        println!(
            "{}",
            json!({
                "bars": bars,
                "seconds": took.as_secs_f64(),
                "round_trips": measured.outcome.trades.len(),
                "peak_kib": peak(),
            })
        );
    }
}
