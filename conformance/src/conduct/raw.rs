//! Messages that are no events, or no good ones, byte by byte.

use super::Conductor;
use crate::case::RawMessage;
use crate::role::Role;
use crate::scene::Line;
use crate::stimulus::{Changes, data_of};

impl Conductor<'_> {
    pub(super) async fn send_raw(&mut self, messages: &[RawMessage]) {
        let line = self.line("A");
        self.keep_line("A", line.clone());
        let sample = self.sample(&line);
        let run = sample.attribute("ingeniumrun").unwrap_or_default();
        let fill = |text: &str| {
            text.replace("{type}", &sample.type_)
                .replace("{symbol}", &line.symbol)
                .replace("{source}", &sample.source)
                .replace("{run}", &run)
                .replace("{data}", &data_of(&sample).to_string())
        };
        for (index, message) in messages.iter().enumerate() {
            let id = format!("{}-{}-raw-{index}", self.stage.stimuli().token, self.name);
            let fill = |text: &str| fill(text).replace("{id}", &id);
            let headers = message
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), fill(value)))
                .collect();
            let body = match &message.body_hex {
                Some(hex) => decode_hex(hex),
                None => fill(&message.body).into_bytes(),
            };
            let number = self
                .stage
                .send_once(
                    &self.name,
                    "POST",
                    message.name.clone(),
                    headers,
                    body.into(),
                )
                .await;
            self.bind(Some(&message.name), number);
        }
    }

    /// The event that the role acts on.
    fn sample(&self, line: &Line) -> ingenium_contract::CloudEvent {
        let stimuli = self.stage.stimuli();
        let none = Changes::new();
        match self.stage.shared.role {
            Role::Portfolio => stimuli.signal(&line.symbol, line.day, 0, &none),
            Role::Executor => stimuli.order(&line.symbol, line.day, 0, &none),
            Role::Strategy | Role::Sink | Role::Ingestor | Role::Source | Role::Broker => {
                stimuli.bar(&line.symbol, line.day, &none)
            }
        }
    }
}

fn decode_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter_map(|c| c.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}
