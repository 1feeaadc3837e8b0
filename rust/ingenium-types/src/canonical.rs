//! RFC 8785: one byte sequence for all spellings of the same JSON value.

/// The canonical form of a JSON text: members sorted by UTF-16 code units, no white space, shortest escapes.
///
/// # Errors
/// When `json` is not JSON.
pub fn canonical(json: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let value: serde_json::Value = serde_json::from_slice(json)?;
    serde_json_canonicalizer::to_vec(&value)
}

/// Appends the canonical form of `json`, which this crate has written.
///
/// Most of what it writes is canonical but for the order of members: then nothing is read into values.
pub(crate) fn reorder(json: &[u8], out: &mut Vec<u8>) {
    if is_plain(json) {
        append(json, 0, out);
    } else {
        out.extend(canonical(json).expect("this crate writes JSON"));
    }
}

/// Whether texts are ASCII without escapes, and nothing else stands there but structure, `true`, `false` and `null`.
/// Shapes that this version does not know are kept as they came, and need not be so.
fn is_plain(json: &[u8]) -> bool {
    let mut in_text = false;
    json.iter().all(|&byte| match byte {
        b'"' => {
            in_text = !in_text;
            true
        }
        b'\\' => false,
        b' '..=b'~' if in_text => true,
        _ => !in_text && (byte.is_ascii_lowercase() || b"{}[]:,".contains(&byte)),
    })
}

/// Appends the value that starts at `at`; where it ends.
fn append(json: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let (open, close) = match json[at] {
        b'{' => (b'{', b'}'),
        b'[' => (b'[', b']'),
        _ => {
            let end = skip(json, at);
            out.extend_from_slice(&json[at..end]);
            return end;
        }
    };
    // Where each member or element starts, its value, and its end.
    let mut parts: Vec<(usize, usize, usize)> = Vec::with_capacity(16);
    let mut next = at + 1;
    while json[next] != close {
        let value = if open == b'{' {
            skip(json, next) + 1
        } else {
            next
        };
        let end = skip(json, value);
        parts.push((next, value, end));
        next = end + usize::from(json[end] == b',');
    }
    if open == b'{' {
        // Without the quotation mark and the colon behind a name: a name that another one starts with is the smaller.
        parts.sort_unstable_by(|a, b| json[a.0..a.1 - 2].cmp(&json[b.0..b.1 - 2]));
    }
    out.push(open);
    for (place, (start, value, _)) in parts.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&json[start..value]);
        append(json, value, out);
    }
    out.push(close);
    next + 1
}

/// Where the value that starts at `at` ends.
fn skip(json: &[u8], at: usize) -> usize {
    let mut depth = 0;
    let mut next = at;
    loop {
        match json[next] {
            b'"' => next = text_end(json, next),
            b'{' | b'[' => {
                depth += 1;
                next += 1;
            }
            b'}' | b']' => {
                depth -= 1;
                next += 1;
            }
            _ => next += 1,
        }
        let ended = depth == 0 && matches!(json.get(next), None | Some(b',' | b'}' | b']' | b':'));
        if ended {
            return next;
        }
    }
}

/// Where the text whose quotation mark is at `at` ends.
fn text_end(json: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    loop {
        match json[next] {
            b'"' => return next + 1,
            b'\\' => next += 2,
            _ => next += 1,
        }
    }
}
