//! For each trigger, in log order per lane, lanes in parallel.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::error;

use super::lane::Lane;
use super::{pause, settle};
use crate::core::{Core, Registered};
use crate::delivery::deliver_all;
use crate::log::size;
use crate::store::{Command, Note, Shared, reader};

/// Settlements are on disk after this time even when no event is stored that they could ride with.
const FLUSH: Duration = Duration::from_millis(500);

/// What the events of one delivery may take in all: recipients take a mebibyte, and each event has attributes as well.
const MAX_BYTES: usize = 512 * 1024;

/// How many events are read from the log at a time.
const READ: usize = 256;

/// Runs one pump for each trigger.
pub(super) async fn run(core: Arc<Core>) {
    let mut pumps = JoinSet::new();
    let mut running = HashSet::new();
    let mut changes = core.changes.subscribe();
    let mut flush = tokio::time::interval(FLUSH);
    let mut flushed = 0;
    loop {
        for (name, registered) in core.triggers() {
            if running.insert(name.clone()) {
                let pump = Pump::new(Arc::clone(&core), name, registered);
                pumps.spawn(pump.run());
            }
        }
        tokio::select! {
            biased; // a stopping broker starts nothing
            () = core.stop.requested() => break,
            Some(ended) = pumps.join_next() => match ended {
                Ok(name) => drop(running.remove(&name)),
                Err(error) => error!(error = %error, "dispatch of a trigger failed"),
            },
            // The sender lives in the core.
            _ = changes.changed() => {}
            _ = flush.tick() => {
                let progress = *core.progress.borrow();
                if flushed != progress {
                    flushed = progress;
                    if let Err(error) = core.ask(|answer| Command::Flush { answer }).await {
                        error!(error = %error, "settlements not written");
                    }
                }
            }
        }
    }
    while pumps.join_next().await.is_some() {}
}

/// What became of a lane's first events.
struct Ended {
    lane: Lane,
    /// How many of them are settled.
    settled: usize,
    /// All that were sent are.
    is_over: bool,
}

/// Moves the events of the log to one subscriber.
struct Pump {
    core: Arc<Core>,
    name: String,
    registered: Arc<Registered>,
    /// The next offset to read.
    next: u64,
    /// Settled by an earlier process, beyond the position.
    settled: HashSet<u64>,
    /// Read and not settled.
    unsettled: BTreeSet<u64>,
    /// The events of each lane that has any, the first of which is being delivered.
    lanes: HashMap<Lane, VecDeque<Shared>>,
    open: JoinSet<Ended>,
    slots: Arc<Semaphore>,
}

impl Pump {
    fn new(core: Arc<Core>, name: String, registered: Arc<Registered>) -> Self {
        let in_flight = core.profile().in_flight(core.config.limits.in_flight);
        let slots = Arc::new(Semaphore::new(in_flight));
        Self {
            next: registered.position.load(Ordering::Acquire) + 1,
            core,
            name,
            registered,
            settled: HashSet::new(),
            unsettled: BTreeSet::new(),
            lanes: HashMap::new(),
            open: JoinSet::new(),
            slots,
        }
    }

    /// Runs until the broker stops or the trigger is deleted; gives its name back.
    async fn run(mut self) -> String {
        if self.recall().await.is_some() {
            self.pump().await;
        }
        if self.registered.removed.is_requested() {
            self.open.shutdown().await;
        }
        // Deliveries see the stop themselves and have their time after it.
        while let Some(ended) = self.open.join_next().await {
            self.ended(ended);
        }
        self.name
    }

    /// Learns what an earlier process has settled.
    async fn recall(&mut self) -> Option<()> {
        let position = self.next - 1;
        loop {
            let name = self.name.clone();
            let asked = self
                .core
                .reader
                .query(move |connection| reader::settled(connection, &name, position));
            match asked.await {
                Ok(settled) => {
                    self.settled = settled;
                    return Some(());
                }
                Err(error) => pause(&self.core, &error).await?,
            }
        }
    }

    async fn pump(&mut self) {
        let mut head = self.core.log.watch();
        loop {
            head.mark_unchanged();
            if self.fill().await.is_none() {
                return;
            }
            self.advance().await;
            let has_room = self.unsettled.len() < self.core.config.limits.window;
            tokio::select! {
                biased; // what ends comes before what starts
                () = self.core.stop.requested() => return,
                () = self.registered.removed.requested() => return,
                Some(ended) = self.open.join_next() => self.ended(ended),
                // The sender lives in the core.
                _ = head.changed(), if has_room => {}
            }
        }
    }

    /// Reads the log as far as the window allows.
    async fn fill(&mut self) -> Option<()> {
        loop {
            let room = self
                .core
                .config
                .limits
                .window
                .saturating_sub(self.unsettled.len());
            if room == 0 || self.next > self.core.log.head() {
                return Some(());
            }
            let events = match self.core.log.read(self.next, room.min(READ)).await {
                Ok(events) => events,
                Err(error) => {
                    pause(&self.core, &error).await?;
                    continue;
                }
            };
            let (trigger, profile) = (self.registered.current(), self.core.profile());
            let mut idle = Vec::new();
            for event in events {
                self.next = event.offset + 1;
                let is_settled = self.settled.remove(&event.offset);
                if !is_settled && trigger.matches(&event.event, profile) {
                    let lane = Lane::of(&event.event, event.offset, &trigger, profile);
                    self.take(lane, event, &mut idle);
                }
            }
            // Not before the others are there: a batch takes what it finds.
            for lane in idle {
                self.start(lane);
            }
        }
    }

    /// Queues an event; a lane that has had none is `idle`.
    fn take(&mut self, lane: Lane, event: Shared, idle: &mut Vec<Lane>) {
        self.unsettled.insert(event.offset);
        if let Some(queue) = self.lanes.get_mut(&lane) {
            queue.push_back(event);
        } else {
            idle.push(lane.clone());
            self.lanes.insert(lane, VecDeque::from([event]));
        }
    }

    /// Starts the delivery of a lane's first event.
    fn start(&mut self, lane: Lane) {
        let most = lane.most(&self.registered.current());
        let Some(queue) = self.lanes.get(&lane) else {
            return;
        };
        let mut bytes = 0;
        let events = queue
            .iter()
            .take(most)
            .enumerate()
            .take_while(|(index, event)| {
                bytes += size(event);
                *index == 0 || bytes <= MAX_BYTES
            });
        let events: Vec<Shared> = events.map(|(_, event)| Arc::clone(event)).collect();
        let (core, registered) = (Arc::clone(&self.core), Arc::clone(&self.registered));
        let (name, slots) = (self.name.clone(), Arc::clone(&self.slots));
        self.open.spawn(async move {
            let settlements = deliver_all(&core, &registered, &events, &slots).await;
            let mut settled = 0;
            for (event, settlement) in events.iter().zip(settlements) {
                if settle(&core, &name, event.offset, settlement)
                    .await
                    .is_none()
                {
                    break;
                }
                settled += 1;
            }
            Ended {
                lane,
                settled,
                is_over: settled == events.len(),
            }
        });
    }

    /// A delivery is over: the next of its lane may start.
    fn ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                if error.is_panic() {
                    error!(error = %error, "delivery failed");
                }
                return;
            }
        };
        let Some(queue) = self.lanes.get_mut(&ended.lane) else {
            return;
        };
        for event in queue.drain(..ended.settled) {
            self.unsettled.remove(&event.offset);
        }
        // Else the broker stops: the lane keeps its place.
        if ended.is_over {
            if queue.is_empty() {
                self.lanes.remove(&ended.lane);
            } else if !self.core.stop.is_requested() {
                self.start(ended.lane);
            }
        }
    }

    /// Notes how far everything is settled.
    async fn advance(&mut self) {
        let reached = self.unsettled.first().map_or(self.next, |first| *first) - 1;
        let before = self.registered.position.swap(reached, Ordering::AcqRel);
        if before != reached {
            let trigger = self.name.clone();
            self.core
                .note(Note::Position {
                    trigger,
                    offset: reached,
                })
                .await;
            self.core.progressed();
        }
    }
}
