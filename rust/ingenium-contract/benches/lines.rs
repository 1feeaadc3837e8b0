//! `lines FILE`: seconds to read FILE and parse each line with the fastest JSON parser at hand, and nothing more: the
//! floor under `ingenium validate`. `cargo xtask bench` calls it.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::io::{BufRead as _, BufReader};

#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
fn main() {
    // cargo passes `--bench`, too.
    let Some(file) = std::env::args()
        .skip(1)
        .find(|argument| argument != "--bench")
    else {
        return;
    };
    let start = std::time::Instant::now();
    let file = std::fs::File::open(file).expect("a readable file");
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .expect("a readable file")
        > 0
    {
        let value: sonic_rs::Value = sonic_rs::from_slice(&line).expect("JSON");
        std::hint::black_box(value);
        line.clear();
    }
    println!("{}", start.elapsed().as_secs_f64());
}
