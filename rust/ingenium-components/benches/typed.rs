//! How fast a whole run is in one process: RSI(14) 30/70, market orders, next-open fills, fees, statistics.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use walk::{Walk, run};

mod walk;

const BARS: usize = 100_000;

fn typed(criterion: &mut Criterion) {
    assert!(run(BARS).outcome.trades.len() > 100, "the walk trades");
    let mut group = criterion.benchmark_group("backtest");
    group
        .throughput(Throughput::Elements(BARS as u64))
        .sample_size(10);
    group.bench_function("typed", |bencher| bencher.iter(|| black_box(run(BARS))));
    group.bench_function("bars-only", |bencher| {
        bencher.iter(|| Walk::new(BARS).map(|event| black_box(event).time).max());
    });
    group.finish();
}

criterion_group!(benches, typed);
criterion_main!(benches);
