//! The steps of a case, done to an instance.

mod drain;
mod fixture;
mod raw;
mod series;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;

use crate::case::{Awaited, Case, End, Event, Expect, Manner, Outcome, Sent, Step, Trip};
use crate::emission::Emission;
use crate::role::Role;
use crate::scene::{Line, Scene};
use crate::stage::Stage;
use crate::stimulus::{Changes, FIRST_DAY};
use crate::target::Error;
use crate::trip;

/// How long a component may go on emitting after the last step before its silence is no longer waited for.
const QUIET_WITHIN: Duration = Duration::from_secs(3);

/// Does a case's steps.
///
/// # Errors
/// When the component cannot be started again: there is nothing more to judge.
pub(crate) async fn conduct(case: &Case, stage: &mut Stage) -> Result<Scene, Error> {
    let mut scene = Scene::new(&case.id, stage.number);
    // Late effects of the cases before are not this one's.
    stage.calm().await;
    let first = stage.journal().delivered();
    let mut conductor = Conductor {
        name: Arc::clone(&scene.case),
        disturbed: case
            .steps
            .iter()
            .any(|step| matches!(step, Step::Sink { .. } | Step::Parallel { .. })),
        stage,
        scene: &mut scene,
    };
    let closing = closing(case);
    for step in &case.steps {
        if step.name().is_some_and(|name| closing.contains(name)) {
            // What comes after this step is not counted, and it may still be on its way.
            conductor.stage.calm().await;
        }
        conductor.step(step).await?;
    }
    if case
        .steps
        .iter()
        .any(|step| matches!(step, Step::Sink { .. }))
    {
        stage.settle(&scene).await;
        stage.sink.behave_well();
    }
    scene.deliveries = first..stage.journal().delivered();
    scene.alive = stage.is_alive();
    scene.ready_after = stage
        .target
        .as_ref()
        .map_or(Duration::ZERO, |target| target.ready_after);
    Ok(scene)
}

/// The names of the steps at which a count ends.
fn closing(case: &Case) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for expect in &case.expect {
        if let Expect::Count(between) = expect {
            names.extend(between.until.as_deref());
        }
    }
    names
}

struct Conductor<'a> {
    name: Arc<str>,
    /// The sink of this case misbehaves, or so much comes at once that effects have to wait.
    disturbed: bool,
    stage: &'a mut Stage,
    scene: &'a mut Scene,
}

impl Conductor<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Provoke(trip) => self.provoke(trip).await,
            Step::Parallel { times } => self.parallel(*times).await,
            Step::Send(sent) => self.send(sent).await,
            Step::Resend { what, name, times } => {
                self.resend(what, name.as_deref(), *times).await;
            }
            Step::Again { what, name, data } => self.again(what, name, data).await,
            Step::SendRaw(messages) => self.send_raw(messages).await,
            Step::Await(awaited) => self.wait_for(awaited).await,
            Step::Execute {
                order,
                outcome,
                name,
                data,
            } => self.execute(order, *outcome, name.as_deref(), data).await,
            Step::Sink { symbol, answers } => {
                let stimuli = self.stage.stimuli();
                let about = match symbol {
                    Some(letter) => stimuli.symbol(&self.name, letter),
                    None => stimuli.case(&self.name),
                };
                self.stage.sink.behave(&about, answers);
            }
            Step::Drain { sink_delay_ms } => self.drain(*sink_delay_ms).await,
            Step::Stop(how) => self.stop(*how).await,
            Step::Start => self.stage.start().await?,
            Step::Request { method } => {
                let about = format!("{method} /");
                let number = self
                    .stage
                    .send_once(&self.name, method, about, Vec::new(), Bytes::new())
                    .await;
                self.bind(Some(method), number);
            }
            Step::Series { .. } | Step::Prefixes { .. } | Step::Replay => {
                series::play(self, step).await?;
            }
            Step::Ingest { fixture, name } => fixture::ingest(self, *fixture, name).await?,
            Step::Quiet { ms } => self.quiet(Duration::from_millis(*ms)).await,
        }
        Ok(())
    }

    /// The line of a letter.
    fn line(&mut self, letter: &str) -> Line {
        match self.scene.lines.get(letter) {
            Some(line) => line.clone(),
            None => Line {
                symbol: self.stage.stimuli().symbol(&self.scene.case, letter),
                day: FIRST_DAY,
                nth: 0,
            },
        }
    }

    fn keep_line(&mut self, letter: &str, line: Line) {
        self.scene.lines.insert(letter.to_owned(), line);
    }

    fn bind(&mut self, name: Option<&str>, number: usize) {
        if let Some(name) = name {
            self.scene.sent.insert(name.to_owned(), number);
        }
    }

    async fn provoke(&mut self, trip: &Trip) {
        for _ in 0..trip.times.unwrap_or(1) {
            let mut line = self.line(&trip.symbol);
            // Known before it is used: what arrives meanwhile belongs to the case.
            self.keep_line(&trip.symbol, line.clone());
            let inputs = self.scene.twin(&line);
            let attempt = trip::provoke(
                self.stage,
                &self.name,
                &mut line,
                &trip.manner,
                trip.keep,
                inputs,
            )
            .await;
            self.keep_line(&trip.symbol, line);
            if !self.disturbed {
                trip::learn(self.stage, &attempt);
            }
            if let Some(cause) = attempt.cause {
                self.bind(trip.name.as_deref(), cause);
            }
            if let (Some(name), Some(first)) = (&trip.name, attempt.first) {
                self.scene.emitted.insert(format!("{name}.effect"), first);
            }
            self.scene.attempts.push(attempt);
        }
    }

    async fn parallel(&mut self, times: usize) {
        let mut lines: Vec<(String, Line)> = (1..=times)
            .map(|number| format!("P{number}"))
            .map(|letter| {
                let line = self.line(&letter);
                (letter, line)
            })
            .collect();
        self.scene.lines.extend(lines.iter().cloned());
        let (stage, name, plain) = (&*self.stage, &self.name, Manner::default());
        if stage.shared.role == Role::Portfolio {
            // All the bars at once; then one order at a time, since its cash is finite.
            let bars = lines.iter_mut().map(|(_, line)| async {
                let bar = stage.stimuli().bar(&line.symbol, line.day, &Changes::new());
                line.day += 1;
                stage.deliver(name, bar, &plain).await
            });
            join_all(bars).await;
            for (_, line) in &mut lines {
                let attempt = trip::order(stage, name, line).await;
                self.scene.attempts.push(attempt);
            }
            self.scene.lines.extend(lines);
            return;
        }
        let (mut trips, mut inputs) = (lines.iter_mut(), None);
        // The first one alone, where nobody knows yet how much it takes to make a strategy act.
        let is_new =
            stage.shared.role == Role::Strategy && stage.shared.habits.inputs(FIRST_DAY).is_none();
        if is_new && let Some((_, line)) = trips.next() {
            let attempt = trip::provoke(stage, name, line, &plain, false, None).await;
            inputs = Some(attempt.deliveries.len());
            self.scene.attempts.push(attempt);
        }
        let trips = trips.map(|(_, line)| trip::provoke(stage, name, line, &plain, false, inputs));
        let attempts = join_all(trips).await;
        self.scene.attempts.extend(attempts);
        self.scene.lines.extend(lines);
    }

    async fn send(&mut self, sent: &Sent) {
        let mut line = self.line(&sent.symbol);
        let stimuli = self.stage.stimuli();
        let kind = match (sent.event, self.stage.shared.role) {
            (Event::Input, Role::Portfolio) => Event::Signal,
            (Event::Input, Role::Executor) => Event::Order,
            (Event::Input, _) => Event::Bar,
            (other, _) => other,
        };
        let event = match kind {
            Event::Bar | Event::Input => {
                line.day += 1;
                stimuli.bar(&line.symbol, line.day - 1, &sent.data)
            }
            Event::LateBar => stimuli.bar(&line.symbol, FIRST_DAY - 1, &sent.data),
            Event::Signal => {
                line.nth += 1;
                stimuli.signal(&line.symbol, line.day, line.nth, &sent.data)
            }
            Event::Order => {
                line.nth += 1;
                stimuli.order(&line.symbol, line.day, line.nth, &sent.data)
            }
            Event::Cancel => {
                let of = sent.of.as_deref().and_then(|name| self.event(name));
                let Some(order) = of else {
                    return self.mistake(format!("no order `{:?}` to cancel", sent.of));
                };
                self.stage.stimuli().cancel(&order, line.day, &sent.data)
            }
            Event::UnknownData => {
                line.day += 1;
                stimuli.unknown_data(&line.symbol, line.day - 1)
            }
            Event::UnknownType => {
                let mut event = stimuli.bar(&line.symbol, line.day, &sent.data);
                event.type_ = "com.example.weather".to_owned();
                event.dataschema = None;
                event
            }
        };
        self.keep_line(&sent.symbol, line);
        let number = self.stage.deliver(&self.name, event, &sent.manner).await;
        self.bind(sent.name.as_deref(), number);
    }

    /// The event that was sent under a name.
    fn event(&self, name: &str) -> Option<Arc<ingenium_contract::CloudEvent>> {
        let number = self.scene.sent.get(name)?;
        self.stage.journal().delivery(*number)?.event
    }

    async fn resend(&mut self, what: &str, name: Option<&str>, times: usize) {
        let Some(number) = self.scene.sent.get(what).copied() else {
            return self.unbound(what);
        };
        for time in 0..times {
            let again = self.stage.repeat(&self.name, number).await;
            if let (0, Some(again)) = (time, again) {
                self.bind(name, again);
            }
        }
    }

    async fn again(&mut self, what: &str, name: &str, data: &Changes) {
        let Some(event) = self.event(what) else {
            return self.unbound(what);
        };
        let nth = self.stage.journal().delivered();
        let event = self.stage.stimuli().again(&event, nth, data);
        let number = self
            .stage
            .deliver(&self.name, event, &Manner::default())
            .await;
        self.bind(Some(name), number);
    }

    async fn wait_for(&mut self, awaited: &Awaited) {
        let symbol = self.line(&awaited.symbol).symbol;
        let known: Vec<usize> = self.scene.emitted.values().copied().collect();
        let from = self.last_input(&symbol);
        let wanted = |emission: &Emission| {
            emission.number >= from
                && emission.kind() == awaited.emit
                && emission.symbol().as_deref() == Some(&symbol)
                && emission.has(&awaited.data)
                && !known.contains(&emission.number)
        };
        let stage = &*self.stage;
        let found = match awaited.within_ms {
            Some(ms) => {
                let of_instance =
                    |emission: &Emission| emission.instance == stage.number && wanted(emission);
                let patience = Duration::from_millis(ms).min(stage.patience());
                stage.journal().wait(0, patience, of_instance).await
            }
            None => trip::arrival(stage, 0, wanted).await,
        };
        match (found, &awaited.name) {
            (Some(number), Some(name)) => {
                self.scene.emitted.insert(name.clone(), number);
            }
            (Some(_), None) => {}
            (None, _) => self.scene.missed.push(describe(awaited)),
        }
    }

    /// The first emission that the last event which the role acts on can have led to.
    fn last_input(&self, symbol: &str) -> usize {
        let kinds: &[&str] = match self.stage.shared.role {
            Role::Portfolio => &[".signal"],
            Role::Executor => &[".order", ".cancel"],
            _ => &[],
        };
        self.stage.journal().after_last(|sent| {
            sent.case == self.name
                && sent.event.as_ref().is_some_and(|event| {
                    event.subject.as_deref() == Some(symbol)
                        && kinds.iter().any(|kind| event.type_.ends_with(kind))
                })
        })
    }

    async fn execute(&mut self, order: &str, outcome: Outcome, name: Option<&str>, data: &Changes) {
        let number = self.scene.emitted.get(order).copied();
        let Some(order) = number.and_then(|number| self.stage.journal().emission(number)) else {
            // The order never came, which was said when it was waited for.
            return;
        };
        let letter = self
            .scene
            .lines
            .iter()
            .find(|(_, line)| Some(&line.symbol) == order.symbol().as_ref())
            .map_or_else(|| "A".to_owned(), |(letter, _)| letter.clone());
        let mut line = self.line(&letter);
        line.nth += 1;
        let event = self
            .stage
            .stimuli()
            .execution(&order, outcome, (line.day, line.nth), data);
        self.keep_line(&letter, line);
        let number = self
            .stage
            .deliver(&self.name, event, &Manner::default())
            .await;
        self.bind(name, number);
    }

    async fn stop(&mut self, how: End) {
        if let Some(target) = self.stage.target.take()
            && let Some(ended) = target.stop(how).await
        {
            self.scene.ends.push(ended);
        }
    }

    async fn quiet(&mut self, silence: Duration) {
        self.stage
            .journal()
            .quiet(self.stage.number, silence, QUIET_WITHIN)
            .await;
    }

    fn unbound(&mut self, name: &str) {
        // Where nothing acted, nothing has the name: that is the component's doing, and said elsewhere.
        if self.scene.missed.is_empty() && self.scene.attempts.iter().all(|a| a.cause.is_some()) {
            self.mistake(format!("nothing was sent under the name `{name}`"));
        }
    }

    fn mistake(&mut self, what: String) {
        self.scene.harness = Some(what);
    }
}

fn describe(awaited: &Awaited) -> String {
    let members: Vec<String> = awaited
        .data
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    if members.is_empty() {
        format!("an event of type `{}`", awaited.emit)
    } else {
        format!(
            "an event of type `{}` with {}",
            awaited.emit,
            members.join(", ")
        )
    }
}
