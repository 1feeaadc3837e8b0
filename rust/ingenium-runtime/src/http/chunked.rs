//! The framing of a chunked body (RFC 9112, section 7.1), followed byte by byte without decoding it.

use super::framing::Refusal;

/// The longest chunk-size line that is read. Extensions have no use here, but are legal.
const MAX_SIZE_LINE: usize = 256;

/// The most bytes of trailers that are read; they are read past, not kept.
const MAX_TRAILERS: usize = 4096;

/// A place in a chunked body.
#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
    data: u64,
    max_data: u64,
}

#[derive(Debug)]
enum State {
    /// In a chunk-size line: the value so far, whether an extension has begun, bytes of the line.
    Size {
        value: Option<u64>,
        extension: bool,
        length: usize,
    },
    /// After the CR of a chunk-size line.
    SizeEnd(u64),
    Data(u64),
    /// Between a chunk's last byte and its CR LF: how many of the two have come.
    DataEnd(u8),
    /// In the trailers: bytes so far, bytes of the current line, whether the last byte was a CR.
    Trailer {
        total: usize,
        line: usize,
        carriage_return: bool,
    },
    Done,
}

const NEXT_SIZE: State = State::Size {
    value: None,
    extension: false,
    length: 0,
};

impl Scanner {
    pub(super) const fn new(max_data: u64) -> Self {
        Self {
            state: NEXT_SIZE,
            data: 0,
            max_data,
        }
    }

    /// How many of `bytes` belong to the body, and whether it ends with them.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Result<(usize, bool), Refusal> {
        let mut at = 0;
        while at < bytes.len() {
            if let State::Data(left) = self.state {
                let run = usize::try_from(left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len() - at);
                at += run;
                let left = left - run as u64;
                self.state = if left == 0 {
                    State::DataEnd(0)
                } else {
                    State::Data(left)
                };
                continue;
            }
            self.step(bytes[at])?;
            at += 1;
            if matches!(self.state, State::Done) {
                return Ok((at, true));
            }
        }
        Ok((at, false))
    }

    fn step(&mut self, byte: u8) -> Result<(), Refusal> {
        match &mut self.state {
            State::Size {
                value,
                extension,
                length,
            } => {
                *length += 1;
                if *length > MAX_SIZE_LINE {
                    return Err(malformed());
                }
                match (byte, *value) {
                    (b'\r', Some(size)) => self.state = State::SizeEnd(size),
                    (b'\t' | b' '..=b'~', Some(_)) if *extension => {}
                    (b';', Some(_)) => *extension = true,
                    (digit, so_far) => *value = Some(next_digit(so_far, digit)?),
                }
            }
            State::SizeEnd(size) => {
                let size = *size;
                expect(byte, b'\n')?;
                self.data = self.data.saturating_add(size);
                if self.data > self.max_data {
                    return Err(Refusal::too_large(self.max_data));
                }
                self.state = if size == 0 {
                    State::Trailer {
                        total: 0,
                        line: 0,
                        carriage_return: false,
                    }
                } else {
                    State::Data(size)
                };
            }
            State::DataEnd(0) => {
                expect(byte, b'\r')?;
                self.state = State::DataEnd(1);
            }
            State::DataEnd(_) => {
                expect(byte, b'\n')?;
                self.state = NEXT_SIZE;
            }
            State::Trailer {
                total,
                line,
                carriage_return,
            } => {
                *total += 1;
                if *total > MAX_TRAILERS {
                    return Err(Refusal::new(
                        431,
                        "trailers_too_large",
                        "the trailers are longer than 4096 bytes",
                    ));
                }
                match (byte, *carriage_return) {
                    (b'\n', true) if *line == 0 => self.state = State::Done,
                    (b'\n', true) => (*line, *carriage_return) = (0, false),
                    (b'\r', false) => *carriage_return = true,
                    (b'\n' | b'\r' | 0, _) | (_, true) => return Err(malformed()),
                    (_, false) => *line += 1,
                }
            }
            State::Data(_) | State::Done => {}
        }
        Ok(())
    }
}

fn next_digit(so_far: Option<u64>, byte: u8) -> Result<u64, Refusal> {
    let digit = char::from(byte).to_digit(16).ok_or_else(malformed)?;
    let so_far = so_far.unwrap_or(0);
    // 16 hex digits are all that 64 bits hold.
    if so_far >> 60 != 0 {
        return Err(malformed());
    }
    Ok(so_far << 4 | u64::from(digit))
}

fn expect(byte: u8, wanted: u8) -> Result<(), Refusal> {
    if byte == wanted {
        Ok(())
    } else {
        Err(malformed())
    }
}

fn malformed() -> Refusal {
    Refusal::new(400, "chunked_body", "the chunked body is malformed")
}
