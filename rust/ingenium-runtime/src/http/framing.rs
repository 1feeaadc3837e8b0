//! Where a request starts and ends: decided by us, strictly, before the HTTP library sees a byte.
//!
//! Whoever frames a request differently from the proxy in front of it can be made to see a request that the proxy did
//! not (request smuggling). What RFC 9112 leaves open or tolerates is refused here.

use bytes::Bytes;

/// The longest head.
const MAX_HEAD: usize = 16 * 1024;
/// The longest request target.
const MAX_TARGET: usize = 8 * 1024;
/// The most headers.
const MAX_HEADERS: usize = 256;
/// The longest chunk-size line and trailer section.
const MAX_CHUNK_LINE: usize = 1024;

/// A request that is refused before it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) detail: &'static str,
}

const fn refused(status: u16, code: &'static str, detail: &'static str) -> Refused {
    Refused {
        status,
        code,
        detail,
    }
}

const fn bad(code: &'static str, detail: &'static str) -> Refused {
    refused(400, code, detail)
}

/// What a part of the input is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A whole head, checked.
    Head(Bytes),
    /// Bytes of a body.
    Body(Bytes),
    /// A head that is refused: nothing after it counts.
    Refused(Refused),
    /// A chunked body that is malformed: nothing after it counts.
    BrokenBody,
}

/// How the body of a request is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Length(u64),
    Chunked,
}

#[derive(Debug)]
enum State {
    Head(Vec<u8>),
    Length(u64),
    ChunkSize(Vec<u8>),
    ChunkData(u64),
    ChunkEnd(u8),
    Trailers(Vec<u8>),
    Over,
}

/// Splits the bytes of a connection into heads and bodies.
#[derive(Debug)]
pub(super) struct Framer {
    state: State,
    max_body: u64,
}

impl Framer {
    pub(super) const fn new(max_body: u64) -> Self {
        Self {
            state: State::Head(Vec::new()),
            max_body,
        }
    }

    /// Takes the next bytes of the connection.
    pub(super) fn feed(&mut self, mut input: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        while !input.is_empty() {
            let taken = match self.state {
                State::Head(_) => self.head(input, &mut parts),
                State::Over => input.len(),
                _ => self.body(input, &mut parts),
            };
            input = &input[taken..];
        }
        parts
    }

    fn head(&mut self, input: &[u8], parts: &mut Vec<Part>) -> usize {
        let State::Head(head) = &mut self.state else {
            return 0;
        };
        let before = head.len();
        let mut taken = 0;
        for &byte in input {
            taken += 1;
            // Empty lines before a request line are skipped, as RFC 9112 section 2.2 recommends.
            if head.is_empty() && matches!(byte, b'\r' | b'\n') && before == 0 {
                continue;
            }
            head.push(byte);
            // The end, also a wrong one: a check says which.
            if byte == b'\n' && (head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n")) {
                let head = std::mem::take(head);
                self.finish_head(head, parts);
                return taken;
            }
            if head.len() > MAX_HEAD {
                let line = head
                    .iter()
                    .position(|&byte| byte == b'\n')
                    .unwrap_or(head.len());
                let refusal = if line > MAX_TARGET {
                    refused(
                        414,
                        "target_too_long",
                        "the request target is longer than 8 KiB",
                    )
                } else {
                    refused(431, "head_too_large", "the head is larger than 16 KiB")
                };
                self.state = State::Over;
                parts.push(Part::Refused(refusal));
                return input.len();
            }
        }
        taken
    }

    fn finish_head(&mut self, head: Vec<u8>, parts: &mut Vec<Part>) {
        match check_head(&head, self.max_body) {
            Ok(Body::Length(0)) => self.state = State::Head(Vec::new()),
            Ok(Body::Length(length)) => self.state = State::Length(length),
            Ok(Body::Chunked) => self.state = State::ChunkSize(Vec::new()),
            Err(refusal) => {
                self.state = State::Over;
                return parts.push(Part::Refused(refusal));
            }
        }
        parts.push(Part::Head(head.into()));
    }

    fn body(&mut self, input: &[u8], parts: &mut Vec<Part>) -> usize {
        let Some((taken, next)) = self.body_step(input) else {
            self.state = State::Over;
            parts.push(Part::BrokenBody);
            return input.len();
        };
        parts.push(Part::Body(Bytes::copy_from_slice(&input[..taken])));
        if let Some(state) = next {
            self.state = state;
        }
        taken
    }

    /// How many bytes belong to the body's current part, and what comes next; `None` where it is malformed.
    fn body_step(&mut self, input: &[u8]) -> Option<(usize, Option<State>)> {
        let fresh = || State::Head(Vec::new());
        match &mut self.state {
            State::Length(left) | State::ChunkData(left) => {
                let taken =
                    usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                *left -= taken as u64;
                let done = *left == 0;
                let next = if matches!(self.state, State::Length(_)) {
                    fresh()
                } else {
                    State::ChunkEnd(0)
                };
                Some((taken, done.then_some(next)))
            }
            State::ChunkSize(line) => {
                line.push(input[0]);
                if line.len() > MAX_CHUNK_LINE {
                    return None;
                }
                if input[0] != b'\n' {
                    return Some((1, None));
                }
                let size = chunk_size(line)?;
                Some((
                    1,
                    Some(if size == 0 {
                        State::Trailers(Vec::new())
                    } else {
                        State::ChunkData(size)
                    }),
                ))
            }
            State::ChunkEnd(seen) => {
                let wanted = [b'\r', b'\n'][usize::from(*seen)];
                if input[0] != wanted {
                    return None;
                }
                *seen += 1;
                let next = (*seen == 2).then(|| State::ChunkSize(Vec::new()));
                Some((1, next))
            }
            State::Trailers(lines) => {
                lines.push(input[0]);
                if lines.len() > MAX_CHUNK_LINE {
                    return None;
                }
                let ends = lines.as_slice() == b"\r\n" || lines.ends_with(b"\r\n\r\n");
                let bare = input[0] == b'\n' && !lines.ends_with(b"\r\n");
                if bare {
                    None
                } else {
                    Some((1, ends.then(fresh)))
                }
            }
            State::Head(_) | State::Over => None,
        }
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\r\n")?;
    let digits = line.split(|&byte| byte == b';').next()?;
    let clean = !line.iter().any(|&byte| byte == b'\r' || byte == b'\n');
    if !clean || !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn check_head(head: &[u8], max_body: u64) -> Result<Body, Refused> {
    let Some(lines) = head.strip_suffix(b"\r\n\r\n") else {
        return Err(bad("bare_line_feed", "a line ends in LF without CR"));
    };
    let mut lines = lines
        .split(|&byte| byte == b'\n')
        .enumerate()
        .map(|(number, line)| (number, line))
        .peekable();
    let mut complete = Vec::new();
    while let Some((_, line)) = lines.next() {
        let line = if lines.peek().is_some() {
            line.strip_suffix(b"\r")
                .ok_or(bad("bare_line_feed", "a line ends in LF without CR"))?
        } else {
            line
        };
        complete.push(line);
    }
    let (request_line, fields) = complete
        .split_first()
        .ok_or(bad("request_line", "there is no request line"))?;
    let is_1_0 = check_request_line(request_line)?;
    if fields.len() > MAX_HEADERS {
        return Err(refused(
            431,
            "too_many_headers",
            "there are more than 256 headers",
        ));
    }
    let mut headers = Vec::with_capacity(fields.len());
    for field in fields {
        headers.push(check_field(field)?);
    }
    check_framing(&headers, is_1_0, max_body)
}

/// Whether the version is 1.0.
fn check_request_line(line: &[u8]) -> Result<bool, Refused> {
    let parts: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    let [method, target, version] = parts.as_slice() else {
        return Err(bad(
            "request_line",
            "the request line is not METHOD TARGET VERSION",
        ));
    };
    if target.len() > MAX_TARGET {
        return Err(refused(
            414,
            "target_too_long",
            "the request target is longer than 8 KiB",
        ));
    }
    if method.is_empty() || !method.iter().copied().all(is_token) {
        return Err(bad("method", "the method is no token"));
    }
    let asterisk = *target == b"*" && *method == b"OPTIONS";
    if !(target.starts_with(b"/") || asterisk) || !target.iter().all(u8::is_ascii_graphic) {
        return Err(bad("target", "the request target does not start with /"));
    }
    match *version {
        b"HTTP/1.1" => Ok(false),
        b"HTTP/1.0" => Ok(true),
        _ => Err(bad("version", "the version is not HTTP/1.1")),
    }
}

type Field<'a> = (String, &'a [u8]);

fn check_field(line: &[u8]) -> Result<Field<'_>, Refused> {
    if line
        .first()
        .is_some_and(|&byte| byte == b' ' || byte == b'\t')
    {
        return Err(bad("obs_fold", "a header is folded over two lines"));
    }
    let colon = line
        .iter()
        .position(|&byte| byte == b':')
        .ok_or(bad("header", "a header has no colon"))?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    if name.is_empty() || !name.iter().copied().all(is_token) {
        return Err(bad("header_name", "a header name is no token"));
    }
    if value
        .iter()
        .any(|&byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f)
    {
        return Err(bad(
            "header_value",
            "a header value holds a control character",
        ));
    }
    Ok((String::from_utf8_lossy(name).to_ascii_lowercase(), value))
}

fn check_framing(headers: &[Field<'_>], is_1_0: bool, max_body: u64) -> Result<Body, Refused> {
    let all = |name: &str| -> Vec<&[u8]> {
        headers
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| *value)
            .collect()
    };
    if all("host").len() != 1 {
        return Err(bad("host", "there must be exactly one Host header"));
    }
    let (lengths, encodings) = (all("content-length"), all("transfer-encoding"));
    if !lengths.is_empty() && !encodings.is_empty() {
        return Err(bad(
            "length_and_encoding",
            "Content-Length and Transfer-Encoding exclude each other",
        ));
    }
    if all("expect")
        .iter()
        .any(|value| !value.eq_ignore_ascii_case(b"100-continue"))
    {
        return Err(refused(
            417,
            "expectation",
            "only 100-continue can be expected",
        ));
    }
    if all("content-encoding")
        .iter()
        .any(|value| !value.eq_ignore_ascii_case(b"identity"))
    {
        return Err(refused(
            415,
            "content_encoding",
            "bodies are not decoded: send them plain",
        ));
    }
    match (encodings.as_slice(), lengths.as_slice()) {
        ([], []) => Ok(Body::Length(0)),
        ([encoding], []) if !is_1_0 && encoding.eq_ignore_ascii_case(b"chunked") => {
            Ok(Body::Chunked)
        }
        (_, []) => Err(bad(
            "transfer_encoding",
            "the only transfer encoding is chunked, in HTTP/1.1",
        )),
        (_, [length]) => {
            let digits =
                !length.is_empty() && length.len() <= 20 && length.iter().all(u8::is_ascii_digit);
            let text = std::str::from_utf8(length).unwrap_or_default();
            let too_large = refused(413, "body_too_large", "the body is larger than 1 MiB");
            if !digits {
                return Err(bad("content_length", "Content-Length is no whole number"));
            }
            let length: u64 = text.parse().map_err(|_| too_large.clone())?;
            if length > max_body {
                Err(too_large)
            } else {
                Ok(Body::Length(length))
            }
        }
        _ => Err(bad("content_length", "Content-Length stands twice")),
    }
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}
