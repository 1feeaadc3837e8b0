//! How fast the judge is, against the `jsonschema` crate on the same bytes in the same run.
//!
//! `cargo xtask bench` runs this and prints the ratios; `docs/performance.md` says what they mean.
use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use ingenium_types::{EventType, Payload, View};
use serde_json::Value;

#[path = "validate/corpus.rs"]
mod corpus;
#[path = "validate/peer.rs"]
mod peer;

fn payload(criterion: &mut Criterion) {
    type Keep = fn(&Value) -> bool;
    let cases: [(&str, EventType, Keep); 3] = [
        ("ohlc", EventType::IngestorData, |data| {
            data["Type"] == "data.type.ohlc"
        }),
        ("order", EventType::PortfolioOrder, |_| true),
        ("execution", EventType::ExecutorExecution, |_| true),
    ];
    for (name, event_type, keep) in cases {
        let payloads = corpus::payloads(event_type, keep);
        let interpreter = peer::interpreter(event_type);
        let mut group = criterion.benchmark_group(format!("payload/{name}"));
        group.throughput(criterion::Throughput::Elements(payloads.len() as u64));
        group.bench_function("ingenium", |bencher| {
            bencher.iter(|| {
                for bytes in &payloads {
                    let payload = Payload::decode(event_type, black_box(bytes), View::Strict);
                    assert!(black_box(&payload).is_ok());
                }
            });
        });
        group.bench_function("jsonschema-compiled", |bencher| {
            bencher.iter(|| {
                for bytes in &payloads {
                    let value: Value = serde_json::from_slice(black_box(bytes)).expect("JSON");
                    assert!(peer::is_valid(event_type, &value));
                }
            });
        });
        group.bench_function("jsonschema", |bencher| {
            bencher.iter(|| {
                for bytes in &payloads {
                    let value: Value = serde_json::from_slice(black_box(bytes)).expect("JSON");
                    assert!(interpreter.is_valid(&value));
                }
            });
        });
    }
}

fn refused(criterion: &mut Criterion) {
    let event_type = EventType::PortfolioOrder;
    let payloads = corpus::invalid(event_type);
    let mut group = criterion.benchmark_group("refused/order");
    group.throughput(criterion::Throughput::Elements(payloads.len() as u64));
    group.bench_function("ingenium", |bencher| {
        bencher.iter(|| {
            for bytes in &payloads {
                let refusal = Payload::decode(event_type, black_box(bytes), View::Strict);
                assert!(black_box(&refusal).is_err());
            }
        });
    });
    group.bench_function("jsonschema-compiled", |bencher| {
        bencher.iter(|| {
            for bytes in &payloads {
                let value: Value = serde_json::from_slice(black_box(bytes)).expect("JSON");
                assert!(!peer::is_valid(event_type, &value));
            }
        });
    });
}

fn event(criterion: &mut Criterion) {
    let canonical = corpus::events();
    let shuffled = corpus::shuffled(&canonical);
    for (name, events) in [("canonical", canonical), ("any-order", shuffled)] {
        corpus::keep(name, &events);
        let events: Vec<Bytes> = events.into_iter().map(Bytes::from).collect();
        let mut group = criterion.benchmark_group(format!("event/{name}"));
        group.throughput(criterion::Throughput::Elements(events.len() as u64));
        group.bench_function("ingenium", |bencher| {
            bencher.iter(|| {
                for event in &events {
                    let event = ingenium_contract::decode(black_box(event), View::Strict);
                    assert!(black_box(&event).is_ok());
                }
            });
        });
        group.bench_function("jsonschema-compiled", |bencher| {
            bencher.iter(|| {
                for event in &events {
                    assert!(peer::is_valid_event(black_box(event)));
                }
            });
        });
        group.bench_function("sonic-rs-parse-only", |bencher| {
            bencher.iter(|| {
                for event in &events {
                    let value: sonic_rs::Value =
                        sonic_rs::from_slice(black_box(event)).expect("JSON");
                    black_box(value);
                }
            });
        });
    }
}

criterion_group!(benches, payload, refused, event);
criterion_main!(benches);
