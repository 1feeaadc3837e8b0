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

/// What the events that a trigger has read and not settled may take in all, whatever each of them takes.
const WINDOW_BYTES: usize = 8 * 1024 * 1024;

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
    /// The next offset to take.
    next: u64,
    /// Read, and not taken: there was no room.
    ahead: VecDeque<Shared>,
    /// Settled by an earlier process, beyond the position.
    settled: HashSet<u64>,
    /// Read and not settled.
    unsettled: BTreeSet<u64>,
    /// What these take.
    bytes: usize,
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
            ahead: VecDeque::new(),
            settled: HashSet::new(),
            unsettled: BTreeSet::new(),
            bytes: 0,
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
            if self.has_room() && self.read().await.is_none() {
                return;
            }
            while let Some(ended) = self.open.try_join_next() {
                self.ended(ended);
            }
            self.advance().await;
            let has_room = self.has_room();
            let has_more = has_room && self.next <= self.core.log.head();
            tokio::select! {
                biased; // what ends comes before what starts
                () = self.core.stop.requested() => return,
                () = self.registered.removed.requested() => return,
                Some(ended) = self.open.join_next() => self.ended(ended),
                // A log of which the trigger takes little is long: others have their turn between two pages.
                () = tokio::task::yield_now(), if has_more => {}
                // The sender lives in the core.
                _ = head.changed(), if has_room => {}
            }
        }
    }

    fn has_room(&self) -> bool {
        self.unsettled.len() < self.core.config.limits.window && self.bytes < WINDOW_BYTES
    }

    /// Takes events as far as there is room, from no more than a page of the log.
    async fn read(&mut self) -> Option<()> {
        if self.ahead.is_empty() {
            if self.next > self.core.log.head() {
                return Some(());
            }
            match self.core.log.page(&self.core.reader, self.next).await {
                Ok(page) => self.ahead = page.into(),
                Err(error) => return pause(&self.core, &error).await,
            }
        }
        let (trigger, profile) = (self.registered.current(), self.core.profile());
        let mut idle = Vec::new();
        while self.has_room()
            && let Some(event) = self.ahead.pop_front()
        {
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
        Some(())
    }

    /// Queues an event; a lane that has had none is `idle`.
    fn take(&mut self, lane: Lane, event: Shared, idle: &mut Vec<Lane>) {
        self.bytes += size(&event);
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
            self.bytes -= size(&event);
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
