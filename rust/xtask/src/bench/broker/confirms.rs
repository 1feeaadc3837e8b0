//! What RabbitMQ says of the messages of a channel.

use amqprs::callbacks::ChannelCallback;
use amqprs::channel::Channel;
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, Nack, Return};
use async_trait::async_trait;
use tokio::sync::mpsc;

/// Hands on whether each message is stored, in order. A channel has one that is not confirmed at most.
pub(super) struct Confirms(mpsc::Sender<bool>);

impl Confirms {
    pub(super) fn new() -> (Self, mpsc::Receiver<bool>) {
        let (sender, receiver) = mpsc::channel(2);
        (Self(sender), receiver)
    }

    fn tell(&self, is_stored: bool) {
        // A publisher that has gone asks for nothing.
        self.0.try_send(is_stored).unwrap_or_default();
    }
}

#[async_trait]
impl ChannelCallback for Confirms {
    async fn close(&mut self, _: &Channel, _: CloseChannel) -> Result<(), amqprs::error::Error> {
        self.tell(false);
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> Result<bool, amqprs::error::Error> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, _: Ack) {
        self.tell(true);
    }

    async fn publish_nack(&mut self, _: &Channel, _: Nack) {
        self.tell(false);
    }

    /// No queue has taken it; an acknowledgement follows all the same.
    async fn publish_return(&mut self, _: &Channel, _: Return, _: BasicProperties, _: Vec<u8>) {
        self.tell(false);
    }
}
