//! How often the decoders ask for memory, counted by divan's allocation profiler.
//!
//! A valid OHLC event whose texts are at most 23 bytes long asks for none; longer ids ask once each.

use ingenium_contract::decode;
use ingenium_types::{EventType, Payload, View};

#[path = "validate/corpus.rs"]
#[expect(dead_code, reason = "the other benchmark uses all of it")]
mod corpus;

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench]
fn ohlc_payload(bencher: divan::Bencher<'_, '_>) {
    let payloads = corpus::payloads(EventType::IngestorData, |data| {
        data["Type"] == "data.type.ohlc"
    });
    let bytes = payloads.first().expect("a bar").clone();
    bencher.bench(|| {
        Payload::decode(
            EventType::IngestorData,
            divan::black_box(&bytes),
            View::Strict,
        )
    });
}

#[divan::bench]
fn ohlc_event(bencher: divan::Bencher<'_, '_>) {
    let events = corpus::events();
    let bytes = events.first().expect("a bar").clone();
    bencher.bench(|| decode(divan::black_box(&bytes), View::Strict).is_ok());
}
