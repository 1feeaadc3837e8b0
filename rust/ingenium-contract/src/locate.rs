//! From a JSON pointer back to bytes.

use std::ops::Range;

use ingenium_types::read::Kind;
use ingenium_types::{Reader, Refusal, View};

/// The byte range of the value at `pointer` in a JSON text; nothing where there is none, or no JSON.
#[must_use]
pub fn locate(data: &[u8], pointer: &str) -> Option<Range<usize>> {
    let mut reader = Reader::new(data, View::Reader);
    let tokens: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect();
    descend(&mut reader, &tokens).ok().flatten()
}

fn descend(reader: &mut Reader<'_>, tokens: &[String]) -> Result<Option<Range<usize>>, Refusal> {
    let Some((token, rest)) = tokens.split_first() else {
        let start = reader.position();
        let length = reader.skip()?.len();
        return Ok(Some(start..start + length));
    };
    let mut found = None;
    match reader.kind()? {
        Kind::Object => {
            reader.object(|reader, name| {
                if name == token {
                    found = descend(reader, rest)?;
                    Ok(())
                } else {
                    reader.skip().map(|_| ())
                }
            })?;
        }
        Kind::Array => {
            reader.array(|reader, index| {
                if token.parse() == Ok(index) {
                    found = descend(reader, rest)?;
                    Ok(())
                } else {
                    reader.skip().map(|_| ())
                }
            })?;
        }
        // The path goes deeper than the value: there is no such place, and the rest is read on.
        _ => drop(reader.skip()?),
    }
    Ok(found)
}
