//! TERM while something is on its way.

use std::time::Duration;

use super::Conductor;
use crate::case::{End, Manner};
use crate::emission::Emission;
use crate::sink::SinkAnswer;
use crate::trip;

/// How long a component may go on taking new work after TERM, and how often it is tried.
const STOPS_WITHIN: Duration = Duration::from_secs(1);
const KNOCK_EVERY: Duration = Duration::from_millis(50);

impl Conductor<'_> {
    pub(super) async fn drain(&mut self, sink_delay_ms: u64) {
        let about = self.stage.stimuli().case(&self.name);
        let slow = [SinkAnswer::Delay(sink_delay_ms)];
        self.stage.sink.behave(&about, &slow);
        let mut line = self.line("A");
        self.keep_line("A", line.clone());
        let (stage, name, plain) = (&*self.stage, &self.name, Manner::default());
        let from = stage.journal().count();
        let provoked = trip::provoke(stage, name, &mut line, &plain, true, None);
        let ended = async {
            let of_instance = |emission: &Emission| emission.instance == stage.number;
            let emitted = stage
                .journal()
                .wait(from, stage.patience(), of_instance)
                .await;
            if let Some(target) = &stage.target {
                target.ask_to_stop();
            }
            emitted
        };
        let (attempt, emitted) = tokio::join!(provoked, ended);
        self.keep_line("A", line);
        if emitted.is_none() {
            self.scene
                .missed
                .push("an emission while it was to end".to_owned());
        }
        self.scene.attempts.push(attempt);
        self.knock().await;
        self.stop(End::Term).await;
    }

    /// After TERM: tries whether new work is still taken, over connections of its own, until it is not or the time is up.
    async fn knock(&mut self) {
        let line = self.line("Z");
        self.keep_line("Z", line.clone());
        let until = tokio::time::Instant::now() + STOPS_WITHIN;
        let mut day = line.day;
        while self.stage.is_alive() {
            let bar = self.stage.stimuli().wave(&line.symbol, day);
            let number = self.stage.knock(&self.name, bar, STOPS_WITHIN).await;
            let sent = self.stage.journal().delivery(number);
            if !sent.is_some_and(|sent| sent.is_accepted()) {
                return;
            }
            if tokio::time::Instant::now() >= until {
                self.scene.took_after_term = Some(number);
                return;
            }
            day += 1;
            tokio::time::sleep(KNOCK_EVERY).await;
        }
    }
}
