//! Runs every fuzz body over the corpus and over generated inputs: what a fuzzer finds stays found.

use ingenium_fuzz::{Sampler, Tally, agree, corpus};
use ingenium_types::{EventType, View};

mod bytes;
mod derived;
mod schemas;

#[test]
fn all_judges_agree_on_every_vector() {
    let mut tally = Tally::default();
    for &event_type in EventType::ALL {
        for payload in corpus(event_type) {
            for view in [View::Strict, View::Reader] {
                let bytes = payload.to_string();
                match agree(event_type, view, bytes.as_bytes()) {
                    Ok(agreement) => tally.add(agreement),
                    Err(disagreement) => panic!("{disagreement}"),
                }
            }
        }
    }
    assert_eq!(tally.explained, 0, "a vector needs no explanation: {tally}");
    assert!(tally.accepted > 200 && tally.refused > 700, "{tally}");
}

/// A thousandth of what `cargo xtask agreement` does, with the same samples first.
#[test]
fn all_judges_agree_on_samples_near_the_border() {
    for &event_type in EventType::ALL {
        let mut sampler = Sampler::new(event_type, 1);
        let mut tally = Tally::default();
        for _ in 0..1000 {
            let bytes = sampler.bytes();
            for view in [View::Strict, View::Reader] {
                match agree(event_type, view, &bytes) {
                    Ok(agreement) => tally.add(agreement),
                    Err(disagreement) => panic!("{disagreement}"),
                }
            }
        }
        let (accepted, refused) = (tally.accepted, tally.refused);
        assert!(
            accepted > 300 && refused > 300,
            "samples stand on both sides of the border: {event_type}: {tally}"
        );
    }
}
