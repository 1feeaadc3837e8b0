//! The conversations that are under way, put together from the copies of their bytes.

use std::collections::HashMap;

use super::pipe::{Part, What};
use super::wire::Conversation;
use crate::emission::Message;

/// What is kept of connections that have not ended.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// And how many of its two ways have ended.
    conversations: HashMap<u64, (Conversation, u8)>,
    /// Connections that carried something else than HTTP/1.1.
    opaque: u64,
}

impl Open {
    /// The messages that end in this part.
    pub(super) fn take(&mut self, part: &Part) -> Vec<Message> {
        if part.what == What::Lost {
            self.conversations.remove(&part.connection);
            return Vec::new();
        }
        let (conversation, ends) = self
            .conversations
            .entry(part.connection)
            .or_insert_with(|| (Conversation::new(), 0));
        let was_opaque = conversation.is_opaque();
        let messages = match &part.what {
            What::Bytes(bytes) => conversation.feed(part.way, bytes),
            What::End | What::Lost => {
                *ends += 1;
                conversation.end(part.way).into_iter().collect()
            }
        };
        if conversation.is_opaque() && !was_opaque {
            self.opaque += 1;
        }
        if *ends == 2 {
            self.conversations.remove(&part.connection);
        }
        messages
    }

    /// How many connections carried something else than HTTP/1.1.
    pub(super) const fn opaque(&self) -> u64 {
        self.opaque
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::wire::Way;
    use super::*;

    #[test]
    fn nothing_is_kept_of_what_has_ended_or_was_lost() {
        let mut open = Open::default();
        let mut take = |connection, way, what| {
            let part = Part {
                connection,
                way,
                what,
            };
            let messages = open.take(&part).len();
            (messages, open.conversations.len())
        };
        let bytes = |text: &'static str| What::Bytes(Bytes::from_static(text.as_bytes()));
        let request = "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(take(1, Way::Request, bytes(request)), (1, 1));
        assert_eq!(take(2, Way::Request, bytes("POST / HT")), (0, 2));
        assert_eq!(take(1, Way::Request, What::End), (0, 2));
        assert_eq!(take(1, Way::Response, What::End), (0, 1));
        // Half an answer that would end with its connection is no message where some of it is missing.
        let half = "HTTP/1.1 200 OK\r\nce-id: 1\r\n\r\nhalf";
        assert_eq!(take(2, Way::Response, bytes(half)), (0, 1));
        assert_eq!(take(2, Way::Response, What::Lost), (0, 0));
        assert_eq!(take(2, Way::Request, What::Lost), (0, 0));
    }
}
