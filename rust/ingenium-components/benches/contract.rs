//! How fast a whole run is where nothing but the contract is between the components: every event is stated once as a
//! CloudEvent in structured form, and decoded and validated by each component that gets it.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ingenium::contract::{self, envelope};
use ingenium::wire::to_cloud_event;
use ingenium_trading::backtest::{Actor, Event, Failure};
use ingenium_trading::{Cause, Origin as _};
use ingenium_types::{EventType, View};
use walk::{actors, drive};

mod walk;

const BARS: usize = 50_000;

/// The last event on the wire: its bytes go to one component after another.
#[derive(Default)]
struct Wire {
    id: String,
    bytes: Vec<u8>,
}

/// A component that is given bytes.
struct Remote {
    component: Box<dyn Actor>,
    wire: Rc<RefCell<Wire>>,
}

impl Actor for Remote {
    fn consumes(&self) -> &[EventType] {
        self.component.consumes()
    }

    fn act(&mut self, event: &Event) -> Result<Vec<Event>, Failure> {
        let mut wire = self.wire.borrow_mut();
        if wire.id != event.cause().id {
            wire.id.clone_from(&event.cause().id);
            wire.bytes = envelope::to_structured(&to_cloud_event(event));
        }
        let received = decode(&wire.bytes);
        drop(wire);
        self.component.act(&received)
    }
}

fn decode(bytes: &[u8]) -> Event {
    let event = contract::decode(bytes, View::Strict).expect("an event of the contract");
    let text = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
    let id = event.id.into_owned();
    let cause = Cause {
        source: event.source.into_owned(),
        correlation: text(event.correlation_id).unwrap_or_else(|| id.clone()),
        id,
        partition_key: text(event.partition_key),
        traceparent: text(event.traceparent),
        tracestate: None,
        run: text(event.run),
    };
    let time = event.time.expect("the contract asks for a time");
    Event::stated(time, event.payload, cause, text(event.causation_id))
}

fn run(bars: usize) -> usize {
    let wire = Rc::default();
    let remote = |component| {
        let wire = Rc::clone(&wire);
        Box::new(Remote { component, wire }) as Box<dyn Actor>
    };
    let measured = drive(actors().into_iter().map(remote).collect(), bars);
    measured.outcome.trades.len()
}

fn contract(criterion: &mut Criterion) {
    assert_eq!(
        run(BARS),
        walk::run(BARS).outcome.trades.len(),
        "the wire changes nothing"
    );
    let mut group = criterion.benchmark_group("backtest");
    group
        .throughput(Throughput::Elements(BARS as u64))
        .sample_size(10);
    group.bench_function("contract", |bencher| bencher.iter(|| black_box(run(BARS))));
    group.finish();
}

criterion_group!(benches, contract);
criterion_main!(benches);
