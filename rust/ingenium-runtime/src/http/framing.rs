//! Where a request ends, and whether two readers could disagree about it.
//!
//! Judged before the HTTP library sees a byte. The library takes a length together with a transfer coding, a
//! missing or second `Host`, bare line feeds and compressed bodies; each of them lets two programs on one path read
//! different requests out of the same bytes (RFC 9112, section 11.2), so each of them is refused here.

use std::borrow::Cow;

/// The longest head that is read, request line and empty line included.
pub const MAX_HEAD: usize = 16 * 1024;

/// The most headers that a head may have.
pub const MAX_HEADERS: usize = 256;

/// How the body of a request is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks until an empty one.
    Chunked,
}

/// Why a request is not read: the answer to give before the connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The stable code of the reason.
    pub code: &'static str,
    /// What is wrong, for people.
    pub detail: Cow<'static, str>,
}

impl Refusal {
    pub(super) fn new(
        status: u16,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let detail = detail.into();
        Self {
            status,
            code,
            detail,
        }
    }

    fn bad(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, code, detail)
    }

    pub(super) fn too_large(limit: u64) -> Self {
        let detail = format!("the body is larger than {limit} bytes; send less data per event");
        Self::new(413, "body_too_large", detail)
    }
}

/// Looks for the end of a head in `bytes`, of which the first `seen` were looked at before.
///
/// # Errors
/// As soon as it is certain that no legal head will come of it.
pub fn find_end(bytes: &[u8], seen: usize) -> Result<Option<usize>, Refusal> {
    if bytes.first().is_some_and(|&byte| !is_token(byte)) {
        return Err(Refusal::bad(
            "request_line",
            "the bytes are no HTTP request; send `METHOD /path HTTP/1.1`",
        ));
    }
    for (at, &byte) in bytes.iter().enumerate().skip(seen) {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match (before, byte) {
            (Some(b'\r'), b'\n') if bytes[..at - 1].ends_with(b"\r\n") => {
                return within_limit(at + 1).map(Some);
            }
            (Some(b'\r'), b'\n') => {}
            (Some(b'\r'), _) | (_, b'\n') => {
                return Err(Refusal::bad("line_ending", "a line does not end in CR LF"));
            }
            (_, 0) => return Err(Refusal::bad("control_character", "the head holds a NUL")),
            _ => {}
        }
    }
    within_limit(bytes.len()).map(|_| None)
}

fn within_limit(length: usize) -> Result<usize, Refusal> {
    if length <= MAX_HEAD {
        return Ok(length);
    }
    let detail =
        format!("the request head is longer than {MAX_HEAD} bytes; put large values into the data");
    Err(Refusal::new(431, "head_too_large", detail))
}

/// Judges a complete head and says how its body is framed.
///
/// # Errors
/// The first reason to refuse it.
pub fn judge(head: &[u8], max_body: u64) -> Result<Framing, Refusal> {
    let text = head.strip_suffix(b"\r\n\r\n").unwrap_or(head);
    let mut lines = split_lines(text);
    let version = request_line(lines.next().unwrap_or_default())?;
    let mut facts = Facts::default();
    for (number, line) in lines.enumerate() {
        if number == MAX_HEADERS {
            let detail = format!("the request has more than {MAX_HEADERS} headers");
            return Err(Refusal::new(431, "too_many_headers", detail));
        }
        let (name, value) = header_line(line)?;
        facts.note(name, value)?;
    }
    if facts.hosts == 0 && version == Version::Http11 {
        return Err(Refusal::bad(
            "host",
            "`Host` is missing; HTTP/1.1 asks for it",
        ));
    }
    match (facts.length, facts.chunked) {
        (Some(_), true) => Err(Refusal::bad(
            "ambiguous_length",
            "`Content-Length` and `Transfer-Encoding` both stand; send one of them",
        )),
        (None, true) if version == Version::Http10 => Err(Refusal::bad(
            "transfer_encoding",
            "HTTP/1.0 has no `Transfer-Encoding`; send `Content-Length`",
        )),
        (None, true) => Ok(Framing::Chunked),
        (Some(length), false) if length > max_body => Err(Refusal::too_large(max_body)),
        (length, false) => Ok(Framing::Length(length.unwrap_or(0))),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

fn split_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    // Every LF follows a CR here: `find_end` has refused the others.
    text.split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn request_line(line: &[u8]) -> Result<Version, Refusal> {
    let mut parts = line.split(|&byte| byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refusal::bad(
            "request_line",
            "the request line is not `METHOD /path HTTP/1.1` with single spaces",
        ));
    };
    if method.is_empty() || !method.iter().copied().all(is_token) {
        return Err(Refusal::bad("method", "the method is no token"));
    }
    let version = match version {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        _ => return Err(Refusal::bad("http_version", "the version is not HTTP/1.1")),
    };
    let origin_form = target.starts_with(b"/") || target == b"*";
    let printable = target
        .iter()
        .all(|&byte| byte.is_ascii_graphic() && byte != b'#');
    if origin_form && printable {
        return Ok(version);
    }
    Err(Refusal::bad(
        "target",
        "the request target is no path; send `/namespace/broker`, percent-encoded",
    ))
}

fn header_line(line: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        return Err(Refusal::bad(
            "obsolete_folding",
            "a header goes on in the next line; send it in one",
        ));
    }
    let colon = line.iter().position(|&byte| byte == b':');
    let (name, value) = line.split_at(colon.unwrap_or(0));
    if name.is_empty() || !name.iter().copied().all(is_token) {
        return Err(Refusal::bad(
            "header_name",
            "a header name is no token followed by a colon",
        ));
    }
    let value = value[1..].trim_ascii();
    if value
        .iter()
        .any(|&byte| byte != b'\t' && byte.is_ascii_control())
    {
        return Err(Refusal::bad(
            "control_character",
            "a header value holds a control character; percent-encode it",
        ));
    }
    Ok((name, value))
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

/// What the headers say about the message itself.
#[derive(Debug, Default)]
struct Facts {
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
}

impl Facts {
    fn note(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refusal> {
        let named = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if named("host") {
            self.host(value)
        } else if named("content-length") {
            self.content_length(value)
        } else if named("transfer-encoding") {
            self.transfer_encoding(value)
        } else if named("expect") && !value.eq_ignore_ascii_case(b"100-continue") {
            Err(Refusal::new(
                417,
                "expectation",
                "only `Expect: 100-continue` can be met",
            ))
        } else if named("content-encoding") && !value.eq_ignore_ascii_case(b"identity") {
            Err(Refusal::new(
                415,
                "content_encoding",
                "compressed bodies are not read; send the body as it is, without `Content-Encoding`",
            ))
        } else {
            Ok(())
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Refusal> {
        self.hosts += 1;
        let misleading = |byte: &u8| !byte.is_ascii_graphic() || b"/@,?#\\".contains(byte);
        if self.hosts > 1 || value.iter().any(misleading) {
            return Err(Refusal::bad("host", "`Host` stands twice or is no host"));
        }
        Ok(())
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let length = std::str::from_utf8(value)
            .ok()
            .filter(|_| digits && self.length.is_none())
            .and_then(|text| text.parse().ok());
        let Some(length) = length else {
            return Err(Refusal::bad(
                "content_length",
                "`Content-Length` stands twice or is no decimal number below 2^64",
            ));
        };
        self.length = Some(length);
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(Refusal::bad(
                "transfer_encoding",
                "`Transfer-Encoding` is not exactly `chunked`",
            ));
        }
        self.chunked = true;
        Ok(())
    }
}
