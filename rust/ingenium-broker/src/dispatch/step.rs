//! One delivery at a time in the whole broker, in step order ([`ingenium_types::step`]).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ingenium_contract::CloudEvent;
use ingenium_types::step::{InputKey, Next, Rank, Schedule};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tracing::{error, info, warn};

use super::{pause, settle};
use crate::core::{Core, Registered};
use crate::counts::count;
use crate::delivery::deliver;
use crate::error::Error;
use crate::lateness::Open;
use crate::store::{Command, Note, StoredEvent, reader};

/// How many events are read from the log at a time.
const READ: usize = 256;

/// Makes the deliveries of a run.
pub(super) async fn run(core: Arc<Core>, input_source: &str) {
    if let Some(lateness) = &core.lateness {
        lateness.start();
    }
    let mut run = loop {
        match Run::recall(Arc::clone(&core), input_source).await {
            Ok(run) => break run,
            Err(error) => {
                if pause(&core, &error).await.is_none() {
                    return;
                }
            }
        }
    };
    // Nothing more is to be said when the broker stops: the open pair is noted.
    let _stopped: Option<()> = run.go().await;
}

struct Subscriber {
    name: String,
    registered: Arc<Registered>,
}

struct Run<'a> {
    core: Arc<Core>,
    input_source: &'a str,
    /// In rank order; a rank is an index.
    subscribers: Vec<Subscriber>,
    schedule: Schedule,
    /// The next offset to read.
    next: u64,
    /// Settled by an earlier process.
    settled: HashSet<(Rank, u64)>,
    /// The delivery that was open when the last process ended.
    redo: Option<(u64, Rank)>,
    /// How many deliveries each input event still needs.
    input_left: HashMap<u64, usize>,
    slot: Semaphore,
}

impl<'a> Run<'a> {
    /// A run where an earlier process has left it.
    async fn recall(core: Arc<Core>, input_source: &'a str) -> Result<Self, Error> {
        let mut subscribers: Vec<Subscriber> = core
            .triggers()
            .into_iter()
            .map(|(name, registered)| Subscriber { name, registered })
            .collect();
        subscribers.sort_by(|a, b| {
            let (a, b) = (a.registered.current(), b.registered.current());
            a.rank().cmp(&b.rank())
        });
        let names: Vec<String> = subscribers
            .iter()
            .map(|subscriber| subscriber.name.clone())
            .collect();
        let (settled, open) = core
            .reader
            .query(move |connection| {
                let mut settled = HashSet::new();
                for (rank, name) in names.iter().enumerate() {
                    let offsets = reader::settled(connection, name, 0)?;
                    settled.extend(offsets.into_iter().map(|offset| (rank, offset)));
                }
                let open = reader::open_delivery(connection)?;
                let open = open.and_then(|(trigger, offset)| {
                    let rank = names.iter().position(|name| *name == trigger)?;
                    Some((offset, rank))
                });
                Ok((settled, open))
            })
            .await?;
        let mut schedule = Schedule::new();
        if let Some((offset, rank)) = open {
            info!(
                trigger = subscribers[rank].name,
                offset, "delivery is made again"
            );
            schedule.redo(offset, rank);
        }
        Ok(Self {
            core,
            input_source,
            subscribers,
            schedule,
            next: 1,
            settled,
            redo: open,
            input_left: HashMap::new(),
            slot: Semaphore::new(1),
        })
    }

    /// Delivers until the broker stops.
    async fn go(&mut self) -> Option<()> {
        let core = Arc::clone(&self.core);
        let mut head = core.log.watch();
        let mut input_ended = core.input_ended.subscribe();
        loop {
            // In this order: all that was stored before the input ended is read before its end is believed.
            let ended = *input_ended.borrow_and_update();
            head.mark_unchanged();
            self.feed().await?;
            if ended {
                self.schedule.end_input();
            }
            match self.schedule.next_delivery() {
                Next::Deliver(offset, rank) => {
                    self.deliver(offset, rank).await?;
                    continue;
                }
                Next::Wait => {}
                Next::Done => self.finish().await?,
            }
            tokio::select! {
                biased; // a stopping broker starts nothing
                () = core.stop.requested() => return None,
                // The senders live in the core.
                _ = head.changed() => core.step_done.store(false, Ordering::Release),
                _ = input_ended.changed() => {}
            }
        }
    }

    /// Puts all new events of the log into the schedule.
    async fn feed(&mut self) -> Option<()> {
        while self.next <= self.core.log.head() {
            match self.core.log.read(self.next, READ).await {
                Ok(events) => {
                    for event in events {
                        self.next = event.offset + 1;
                        self.schedule(&event);
                    }
                }
                Err(error) => pause(&self.core, &error).await?,
            }
        }
        Some(())
    }

    fn schedule(&mut self, stored: &StoredEvent) {
        let (offset, event) = (stored.offset, &stored.event);
        let profile = self.core.profile();
        let mut ranks = Vec::new();
        let mut left = 0;
        for (rank, subscriber) in self.subscribers.iter().enumerate() {
            let wanted = subscriber.registered.current().matches(event, profile);
            if !wanted || self.settled.remove(&(rank, offset)) {
                continue;
            }
            left += 1;
            subscriber
                .registered
                .pending
                .fetch_add(1, Ordering::Relaxed);
            // The delivery that is made again comes before all others, whatever step its event is of.
            if self.redo != Some((offset, rank)) {
                ranks.push(rank);
            }
        }
        let key = (event.source == self.input_source)
            .then(|| input_key(event))
            .flatten();
        let Some(key) = key else {
            if event.source == self.input_source {
                warn!(
                    offset,
                    "input event has no time or symbol, it is delivered when it comes"
                );
            }
            self.schedule.emitted(offset, ranks);
            return;
        };
        if left == 0 {
            count(&self.core.counters.input_delivered);
        } else {
            self.input_left.insert(offset, left);
        }
        self.schedule.input(key, offset, ranks);
    }

    async fn deliver(&mut self, offset: u64, rank: Rank) -> Option<()> {
        let (name, registered) = {
            let subscriber = &self.subscribers[rank];
            (subscriber.name.clone(), Arc::clone(&subscriber.registered))
        };
        let event = loop {
            match self.core.log.event(offset).await {
                Ok(event) => break event,
                Err(error) => pause(&self.core, &error).await?,
            }
        };
        let trigger = name.clone();
        self.core.note(Note::Open { trigger, offset }).await;
        let sender = registered
            .current()
            .subscriber_source()
            .map(ToOwned::to_owned);
        self.set_open(sender.map_or(Open::Anybody, Open::Source));
        let settlement = deliver(&self.core, &registered, &event, &self.slot).await;
        self.set_open(Open::Nobody);
        settle(&self.core, &name, offset, settlement?).await?;
        self.schedule.settled(offset, rank);
        // A delivery that is made again may have been settled already when the last process ended.
        registered
            .pending
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |pending| {
                pending.checked_sub(1)
            })
            .ok();
        if let Some(left) = self.input_left.get_mut(&offset) {
            *left -= 1;
            if *left == 0 {
                self.input_left.remove(&offset);
                count(&self.core.counters.input_delivered);
            }
        }
        self.core.progressed();
        Some(())
    }

    fn set_open(&self, open: Open) {
        if let Some(lateness) = &self.core.lateness {
            lateness.set_open(open);
        }
    }

    /// Everything is delivered: what was noted is written before anybody is told.
    async fn finish(&self) -> Option<()> {
        if self.core.step_done.load(Ordering::Acquire) {
            return Some(());
        }
        while let Err(error) = self.core.ask(|answer| Command::Flush { answer }).await {
            error!(error = %error, "settlements not written");
            pause(&self.core, &error).await?;
        }
        self.core.step_done.store(true, Ordering::Release);
        self.core.progressed();
        Some(())
    }
}

/// What decides an input event's place.
fn input_key(event: &CloudEvent) -> Option<InputKey> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct MarketData {
        symbol: String,
        #[serde(default)]
        r#type: String,
        #[serde(default)]
        data: Inner,
    }
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "PascalCase")]
    struct Inner {
        #[serde(default)]
        period: String,
    }
    let data: MarketData = serde_json::from_slice(event.json_data()?).ok()?;
    let (data_type, period) = (&data.r#type, &data.data.period);
    Some(InputKey::new(
        event.instant()?,
        &data.symbol,
        data_type,
        period,
    ))
}
