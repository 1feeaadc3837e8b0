//! HTTP/1.1 as it passes by: messages are cut out of the bytes, which nobody waits for.

use std::collections::VecDeque;

use bytes::{Buf as _, Bytes, BytesMut};

use crate::emission::Message;

/// The most bytes of a head.
const MAX_HEAD: usize = 64 * 1024;

/// The most headers.
const MAX_HEADERS: usize = 512;

/// So much of a body is kept: more than the contract allows, so that the rule about that sees it.
const KEPT_BODY: usize = 512 * 1024;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Request,
    Response,
}

/// Where a reader is in its stream.
#[derive(Debug)]
enum State {
    Head,
    /// So many bytes of the body are to come.
    Length(u64),
    /// The size of a chunk is to come.
    ChunkSize,
    /// So many bytes of a chunk are to come, and then a line end.
    Chunk(u64),
    /// Trailers, up to an empty line.
    Trailers,
    /// A body until the connection ends.
    UntilEnd,
    /// It is no HTTP any more, or never was.
    Opaque,
}

/// One connection, both ways.
#[derive(Debug)]
pub(super) struct Conversation {
    requests: Reader,
    responses: Reader,
    /// Methods of requests that have no answer yet.
    methods: VecDeque<String>,
}

impl Conversation {
    pub(super) fn new() -> Self {
        Self {
            requests: Reader::new(Way::Request),
            responses: Reader::new(Way::Response),
            methods: VecDeque::new(),
        }
    }

    /// Takes bytes and gives back the messages that end in them.
    pub(super) fn feed(&mut self, way: Way, bytes: &[u8]) -> Vec<Message> {
        match way {
            Way::Request => {
                let messages = self.requests.feed(bytes, &mut VecDeque::new());
                let methods = messages.iter().map(|message| message.method.clone());
                self.methods.extend(methods);
                messages
            }
            Way::Response => self.responses.feed(bytes, &mut self.methods),
        }
    }

    /// The stream has ended: a body without a length ends with it.
    pub(super) fn end(&mut self, way: Way) -> Option<Message> {
        match way {
            Way::Request => None,
            Way::Response => self.responses.end(),
        }
    }

    /// Whether something passed that is no HTTP.
    pub(super) fn is_opaque(&self) -> bool {
        let opaque = |reader: &Reader| matches!(reader.state, State::Opaque);
        opaque(&self.requests) || opaque(&self.responses)
    }
}

#[derive(Debug)]
struct Reader {
    way: Way,
    state: State,
    bytes: BytesMut,
    message: Message,
    body: BytesMut,
}

/// A head that has been read.
struct Head {
    length: usize,
    message: Message,
    status: u16,
}

impl Reader {
    fn new(way: Way) -> Self {
        Self {
            way,
            state: State::Head,
            bytes: BytesMut::new(),
            message: empty(),
            body: BytesMut::new(),
        }
    }

    fn feed(&mut self, bytes: &[u8], methods: &mut VecDeque<String>) -> Vec<Message> {
        if matches!(self.state, State::Opaque) {
            return Vec::new();
        }
        self.bytes.extend_from_slice(bytes);
        let mut done = Vec::new();
        while let Some(complete) = self.step(methods) {
            done.extend(complete);
        }
        done
    }

    /// One step; `None` where more bytes are needed.
    fn step(&mut self, methods: &mut VecDeque<String>) -> Option<Option<Message>> {
        match self.state {
            State::Head => self.head(methods),
            State::Length(left) => {
                let left = self.take(left)?;
                if left > 0 {
                    self.state = State::Length(left);
                    return None;
                }
                Some(Some(self.complete()))
            }
            State::ChunkSize => self.chunk_size(),
            State::Chunk(left) => {
                if left > 2 {
                    let rest = self.take(left - 2)?;
                    self.state = State::Chunk(rest + 2);
                    return (rest == 0).then_some(None);
                }
                if self.bytes.len() < 2 {
                    return None;
                }
                self.bytes.advance(2);
                self.state = State::ChunkSize;
                Some(None)
            }
            State::Trailers => {
                let end = self.bytes.windows(2).position(|two| two == b"\r\n");
                let Some(end) = end else {
                    return self.unless_too_long();
                };
                self.bytes.advance(end + 2);
                (end == 0).then(|| Some(self.complete())).or(Some(None))
            }
            State::UntilEnd => {
                self.take(u64::MAX);
                None
            }
            State::Opaque => {
                self.bytes.clear();
                None
            }
        }
    }

    fn head(&mut self, methods: &mut VecDeque<String>) -> Option<Option<Message>> {
        if self.bytes.is_empty() {
            return None;
        }
        let read = match self.way {
            Way::Request => request(&self.bytes),
            Way::Response => response(&self.bytes),
        };
        let head = match read {
            Ok(Some(head)) => head,
            Ok(None) => return self.unless_too_long(),
            Err(_) => return self.opaque(),
        };
        let raw = self.bytes.split_to(head.length).freeze();
        self.message = head.message;
        if self.way == Way::Request {
            self.message.head = raw;
            if self.message.method == "CONNECT" {
                return self.opaque();
            }
            self.state = match self.framing() {
                Some(state) => state,
                None => State::Length(0),
            };
            return Some(None);
        }
        if head.status == 101 {
            return self.opaque();
        }
        if (100..200).contains(&head.status) {
            return Some(None); // the answer itself is still to come
        }
        let method = methods.pop_front().unwrap_or_default();
        let bodyless = method == "HEAD" || matches!(head.status, 204 | 304);
        // What is no 2xx holds no event; its body is read over.
        if !(200..300).contains(&head.status) {
            self.message
                .headers
                .retain(|(name, _)| name == "content-length" || name == "transfer-encoding");
        }
        self.state = match self.framing() {
            _ if bodyless => State::Length(0),
            Some(state) => state,
            None => State::UntilEnd,
        };
        if !(200..300).contains(&head.status) {
            self.message.headers.clear();
        }
        Some(None)
    }

    fn framing(&self) -> Option<State> {
        let value = |name: &str| {
            let found = self.message.headers.iter().find(|(other, _)| other == name);
            found.map(|(_, value)| String::from_utf8_lossy(value).trim().to_ascii_lowercase())
        };
        if value("transfer-encoding").is_some_and(|coding| coding.ends_with("chunked")) {
            return Some(State::ChunkSize);
        }
        let length = value("content-length")?;
        length.parse().ok().map(State::Length)
    }

    fn chunk_size(&mut self) -> Option<Option<Message>> {
        match httparse::parse_chunk_size(&self.bytes) {
            Ok(httparse::Status::Complete((head, size))) => {
                self.bytes.advance(head);
                self.state = match size {
                    0 => State::Trailers,
                    size => State::Chunk(size.saturating_add(2)),
                };
                Some(None)
            }
            Ok(httparse::Status::Partial) => self.unless_too_long(),
            Err(_) => self.opaque(),
        }
    }

    /// Moves up to `wanted` bytes into the body; gives back how many are still wanted.
    fn take(&mut self, wanted: u64) -> Option<u64> {
        let there = self.bytes.len();
        let taken = usize::try_from(wanted).map_or(there, |wanted| wanted.min(there));
        let part = self.bytes.split_to(taken);
        let room = KEPT_BODY.saturating_sub(self.body.len());
        self.body.extend_from_slice(&part[..part.len().min(room)]);
        Some(wanted - taken as u64)
    }

    fn complete(&mut self) -> Message {
        self.state = State::Head;
        let mut message = std::mem::replace(&mut self.message, empty());
        message.body = self.body.split().freeze();
        message
    }

    fn end(&mut self) -> Option<Message> {
        matches!(self.state, State::UntilEnd).then(|| self.complete())
    }

    fn unless_too_long(&mut self) -> Option<Option<Message>> {
        if self.bytes.len() > MAX_HEAD {
            return self.opaque();
        }
        None
    }

    fn opaque(&mut self) -> Option<Option<Message>> {
        self.state = State::Opaque;
        self.bytes.clear();
        None
    }
}

fn empty() -> Message {
    Message {
        method: String::new(),
        path: String::new(),
        query: None,
        headers: Vec::new(),
        head: Bytes::new(),
        body: Bytes::new(),
    }
}

fn request(bytes: &[u8]) -> Result<Option<Head>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut read = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = read.parse(bytes)? else {
        return Ok(None);
    };
    let target = read.path.unwrap_or_default();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    let message = Message {
        method: read.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query,
        headers: named(read.headers),
        ..empty()
    };
    Ok(Some(Head {
        length,
        message,
        status: 0,
    }))
}

fn response(bytes: &[u8]) -> Result<Option<Head>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut read = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = read.parse(bytes)? else {
        return Ok(None);
    };
    let message = Message {
        headers: named(read.headers),
        ..empty()
    };
    Ok(Some(Head {
        length,
        message,
        status: read.code.unwrap_or_default(),
    }))
}

fn named(headers: &[httparse::Header<'_>]) -> Vec<(String, Vec<u8>)> {
    let headers = headers.iter();
    headers
        .map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUESTS: &[u8] = b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nCE-Id: 1\r\ncontent-length: 3\r\n\r\none\
        GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n\
        POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\ntwo\r\n2\r\n!!\r\n0\r\nt: 1\r\n\r\n";

    const RESPONSES: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nce-id: r\r\ncontent-length: 5\r\n\r\nreply\
        HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 503 Busy\r\ncontent-length: 4\r\nce-id: no\r\n\r\nbusy\
        HTTP/1.1 200 OK\r\n\r\nuntil the end";

    /// The same messages, however the bytes are cut.
    #[test]
    fn every_cut_gives_the_same_messages() {
        for size in 1..REQUESTS.len().max(RESPONSES.len()) {
            let mut conversation = Conversation::new();
            let mut bodies = Vec::new();
            for (way, bytes) in [(Way::Request, REQUESTS), (Way::Response, RESPONSES)] {
                for part in bytes.chunks(size) {
                    bodies.extend(conversation.feed(way, part));
                }
                bodies.extend(conversation.end(way));
            }
            assert!(!conversation.is_opaque(), "{size}");
            let shown: Vec<String> = bodies
                .iter()
                .map(|message| {
                    let body = String::from_utf8_lossy(&message.body);
                    format!("{} {} {}", message.method, message.headers.len(), body)
                })
                .collect();
            assert_eq!(
                shown,
                [
                    "POST 3 one",
                    "GET 1 ",
                    "POST 2 two!!",
                    " 2 reply",
                    " 0 ",
                    " 0 busy",
                    " 0 until the end"
                ],
                "{size}"
            );
        }
    }

    #[test]
    fn what_is_no_http_is_left_alone() {
        let mut conversation = Conversation::new();
        assert!(
            conversation
                .feed(Way::Request, b"\x16\x03\x01\x02")
                .is_empty()
        );
        assert!(conversation.is_opaque());
        let mut conversation = Conversation::new();
        let head = [b"POST / HTTP/1.1\r\nx: ".as_slice(), &[b'y'; 2 * MAX_HEAD]].concat();
        assert!(conversation.feed(Way::Request, &head).is_empty());
        assert!(conversation.is_opaque());
    }

    #[test]
    fn a_large_body_is_cut() {
        let mut conversation = Conversation::new();
        let length = 3 * KEPT_BODY;
        let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        assert!(conversation.feed(Way::Request, head.as_bytes()).is_empty());
        let mut messages = Vec::new();
        for _ in 0..3 {
            messages.extend(conversation.feed(Way::Request, &vec![b'x'; KEPT_BODY]));
        }
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].body.len(), KEPT_BODY);
    }
}
