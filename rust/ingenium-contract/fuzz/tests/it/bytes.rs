//! Every body over bytes that once mattered to some parser.

use ingenium_fuzz::{Sampler, batch, binary, decimal, decoders, structured, timestamp};
use ingenium_types::EventType;

/// The envelope that a sample stands in, with a hole for its data.
fn event(event_type: EventType, data: &[u8]) -> Vec<u8> {
    let mut event = format!(
        r#"{{"specversion":"1.0","id":"1","source":"/ingenium/x/y","type":"{event_type}","subject":"AAPL","time":"2030-10-01T00:00:00Z","datacontenttype":"application/json","dataschema":"{}","partitionkey":"AAPL","data":"#,
        event_type.schema_id()
    )
    .into_bytes();
    event.extend_from_slice(data);
    event.push(b'}');
    event
}

#[test]
fn envelopes_around_samples() {
    for &event_type in EventType::ALL {
        let mut sampler = Sampler::new(event_type, 2);
        for _ in 0..300 {
            let data = sampler.bytes();
            let whole = event(event_type, &data);
            structured(&whole);
            structured(&sampler.blur(whole.clone()));
            batch(&[b"[", whole.as_slice(), b"]"].concat());
            let head = format!(
                "ce-specversion:1.0\nce-id:1\nce-source:/x\nce-type:{event_type}\ncontent-type:application/json\n\n"
            );
            binary(&sampler.blur([head.as_bytes(), &data].concat()));
            decoders(&sampler.blur([&[7], data.as_slice()].concat()));
        }
    }
}

#[test]
fn scalars_around_their_grammar() {
    let mut sampler = Sampler::new(EventType::IngestorData, 3);
    for text in [
        "0",
        "-0",
        "-0.0",
        "1.",
        ".5",
        "00",
        "1e5",
        "+1",
        "9999999999.999999999999999999",
        "10000000000.00000000001",
        "999999999999999999.9999999999",
        "-1.50",
        "1970-01-01T00:00:00Z",
        "2261-12-31T23:59:59.999999999Z",
        "2000-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2020-02-30T00:00:00Z",
        "2020-06-31T00:00:00Z",
        "2020-01-01T00:00:60Z",
        "2020-01-01T00:00:00.Z",
        "2020-01-01T00:00:00.1234567890Z",
        "2262-01-01T00:00:00Z",
    ] {
        for _ in 0..300 {
            let blurred = sampler.blur(text.as_bytes().to_vec());
            decimal(&blurred);
            timestamp(&blurred);
        }
        decimal(text.as_bytes());
        timestamp(text.as_bytes());
    }
}
