//! How long a run is, and how much memory it takes, as it grows: one line a length, in bars.
//!
//! ```console
//! $ cargo bench -p ingenium-components --bench steady -- 1000000 10000000
//! ```

use std::time::Instant;

use walk::run;

mod walk;

fn main() {
    let lengths = std::env::args().filter_map(|argument| argument.parse().ok());
    let lengths: Vec<usize> = lengths.collect();
    let lengths = if lengths.is_empty() {
        vec![1_000_000]
    } else {
        lengths
    };
    for bars in lengths {
        let start = Instant::now();
        let measured = run(bars);
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{{\"bars\": {bars}, \"seconds\": {seconds:.3}, \"bars_per_second\": {:.0}, \"trades\": {}, \"peak_kib\": {}}}",
            bars as f64 / seconds,
            measured.outcome.trades.len(),
            peak_kib()
        );
    }
}

/// The most memory that this process has had; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    figure.map_or(0, |figure| figure.parse().expect("a number"))
}
