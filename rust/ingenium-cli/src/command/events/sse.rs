//! The format of server-sent events, as far as a log is written in it (WHATWG HTML, section 9.2.6).

/// What ends with an empty line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// What is to be said on the next connection.
    pub(super) id: Option<String>,
    /// The lines of data; `None` where there are none, so that this is no event.
    pub(super) data: Option<String>,
}

/// Cuts a stream into blocks. Memory is that of the longest block and one piece.
#[derive(Debug, Default)]
pub(super) struct Parser {
    bytes: Vec<u8>,
    /// Up to here there is no line end.
    searched: usize,
    block: Block,
}

impl Parser {
    /// Takes what has come.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// The next block that is whole.
    pub(super) fn next(&mut self) -> Option<Block> {
        let mut start = 0;
        let mut found = None;
        while found.is_none()
            && let Some(length) = self.bytes[self.searched.max(start)..]
                .iter()
                .position(|&byte| byte == b'\n')
        {
            let end = self.searched.max(start) + length;
            let line = String::from_utf8_lossy(&self.bytes[start..end]);
            let line = line.strip_suffix('\r').unwrap_or(&line);
            start = end + 1;
            self.searched = start;
            if line.is_empty() {
                found = Some(std::mem::take(&mut self.block));
            } else {
                self.block.take(line);
            }
        }
        self.bytes.drain(..start);
        self.searched = if found.is_some() { 0 } else { self.bytes.len() };
        found
    }
}

impl Block {
    fn take(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => self.id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // The type stands in the event, and a line without a name is a comment.
            _ => {}
        }
    }
}
