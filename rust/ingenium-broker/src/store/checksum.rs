//! What a row of the log says of itself. SQLite sees when a page is torn or a tree is broken, not when a digit of a
//! price has changed.

/// The columns of an event that are not repeated in others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) offset: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub(super) stored: i64,
    pub(super) attributes: &'a str,
    pub(super) mode: &'a str,
    pub(super) headers: &'a str,
    pub(super) data: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl Content<'_> {
    /// CRC-32 (that of ISO-HDLC, as in zlib) of the offset and the time, eight bytes each, then of each text and the
    /// body behind its length of eight bytes; all numbers with the highest byte first.
    pub(super) fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.offset.to_be_bytes());
        hasher.update(&self.stored.to_be_bytes());
        for bytes in [
            self.attributes.as_bytes(),
            self.mode.as_bytes(),
            self.headers.as_bytes(),
            self.data.unwrap_or_default().as_bytes(),
            self.body,
        ] {
            hasher.update(&(bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        }
        hasher.finalize()
    }
}
