//! Byte-level vectors: the data of each recorded request through the decoder.

use ingenium_types::refusal::Refusal;
use ingenium_types::{Payload, Reader, View};
use serde_json::Value;

/// The header lines and the body of a request.
fn split(request: &[u8]) -> (String, &[u8]) {
    let end = request
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    (
        String::from_utf8(request[..end].to_vec()).unwrap(),
        &request[end + 4..],
    )
}

/// Decodes the data of an event in either mode; pointers are those into the whole event.
fn decode(request: &[u8], view: View) -> Result<Payload, Refusal> {
    let (head, body) = split(request);
    let header = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    if let Some(event_type) = header("ce-type") {
        let payload = Payload::decode(event_type.parse().unwrap(), body, view);
        return payload.map_err(|refusal| refusal.under("data"));
    }
    let (mut event_type, mut data) = (None, None);
    let mut reader = Reader::new(body, View::Reader);
    reader.object(|reader, name| {
        match name {
            "type" => event_type = Some(reader.string()?.text.parse().unwrap()),
            "data" => data = Some(reader.skip()?),
            _ => drop(reader.skip()?),
        }
        Ok(())
    })?;
    reader.finish()?;
    let payload = Payload::decode(event_type.unwrap(), data.unwrap(), view);
    payload.map_err(|refusal| refusal.under("data"))
}

#[test]
fn requests_are_judged_as_the_vectors_say() {
    let mut count = 0;
    for kind in ["valid", "invalid"] {
        let folder = crate::repository().join("schemas/vectors/http").join(kind);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let vector: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let request = std::fs::read(folder.join(vector["http"].as_str().unwrap())).unwrap();
            for view in [View::Strict, View::Reader] {
                let id = &vector["id"];
                match decode(&request, view) {
                    Ok(_) => assert_eq!(kind, "valid", "{id} is accepted"),
                    Err(refusal) => {
                        assert_eq!(kind, "invalid", "{id}: {refusal}");
                        assert_eq!(vector["reject"]["rule"], refusal.rule.id(), "{id}");
                        assert_eq!(vector["reject"]["at"], refusal.pointer.as_str(), "{id}");
                    }
                }
            }
            count += 1;
        }
    }
    assert_eq!(count, 12, "a vector was added or lost: say so here");
}
