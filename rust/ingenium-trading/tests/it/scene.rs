//! Events for tests, and a role with its state.

use ingenium_trading::{Cause, Disposition, Emission, Input, Outbox, Role, States};
use ingenium_types::Payload;
use ingenium_types::event::{
    DataEvent, MarketData, OhlcData, OrderEvent, SignalDirection, SignalEvent,
};
use ingenium_types::scalar::UtcTimestamp;

/// A role with the state that its events have left.
pub(crate) struct Scene<R: Role> {
    pub(crate) role: R,
    pub(crate) states: States<R::State>,
    events: u32,
}

impl<R: Role> Scene<R> {
    pub(crate) fn new(role: R) -> Self {
        Self {
            role,
            states: States::default(),
            events: 0,
        }
    }

    /// Hands over an event and gives back what the role emits.
    pub(crate) fn give(&mut self, payload: impl Into<Payload>, time: impl Moment) -> Vec<Emission> {
        self.try_give(payload, time).1
    }

    pub(crate) fn try_give(
        &mut self,
        payload: impl Into<Payload>,
        time: impl Moment,
    ) -> (Disposition, Vec<Emission>) {
        self.events += 1;
        let id = format!("event-{}", self.events);
        self.give_as(&id, payload, time.instant())
    }

    /// Hands over an event under an id of its own.
    pub(crate) fn give_as(
        &mut self,
        id: &str,
        payload: impl Into<Payload>,
        time: UtcTimestamp,
    ) -> (Disposition, Vec<Emission>) {
        let id = id.to_owned();
        let cause = Cause {
            source: "/test".to_owned(),
            correlation: id.clone(),
            id,
            ..Cause::default()
        };
        let mut outbox = Outbox::new("/ingenium/test/role");
        let payload = payload.into();
        let input = Input {
            payload: &payload,
            time,
            origin: &cause,
        };
        let disposition = self.role.handle(&mut self.states, &input, &mut outbox);
        self.states.commit();
        (disposition, outbox.into_emissions())
    }
}

/// An instant, or a day of January 2020.
pub(crate) trait Moment {
    fn instant(self) -> UtcTimestamp;
}

impl Moment for UtcTimestamp {
    fn instant(self) -> UtcTimestamp {
        self
    }
}

impl Moment for &str {
    fn instant(self) -> UtcTimestamp {
        at(self)
    }
}

pub(crate) fn at(day: &str) -> UtcTimestamp {
    format!("2020-01-{day}T00:00:00Z")
        .parse()
        .expect("a day of January 2020")
}

/// A daily bar that starts on `day`.
pub(crate) fn bar(symbol: &str, day: u32, open: &str, close: &str, volume: &str) -> DataEvent {
    let (low, high) = if number(open) < number(close) {
        (open, close)
    } else {
        (close, open)
    };
    let price = |text: &str| text.parse().expect("a price");
    let ohlc = OhlcData::new(
        price(open),
        price(high),
        price(low),
        price(close),
        volume.parse().expect("a volume"),
    );
    let start = at(&format!("{day:02}"));
    let mut event = DataEvent::new(
        symbol.parse().expect("a symbol"),
        start,
        MarketData::Ohlc(ohlc),
    );
    event.end_timestamp = start.next_day();
    event
}

pub(crate) fn signal(symbol: &str, direction: SignalDirection, day: &str) -> SignalEvent {
    let mut signal = SignalEvent::new(symbol.parse().expect("a symbol"), direction);
    signal.timestamp = Some(at(day));
    signal
}

/// The instant `seconds` after the beginning of 2020.
pub(crate) fn second(seconds: i64) -> UtcTimestamp {
    let start = at("01").as_nanoseconds();
    UtcTimestamp::from_nanoseconds(start + seconds * 1_000_000_000).expect("in range")
}

/// The seconds since the beginning of 2020.
pub(crate) fn second_of(at: UtcTimestamp) -> i64 {
    (at.as_nanoseconds() - second(0).as_nanoseconds()) / 1_000_000_000
}

pub(crate) fn order(emission: &Emission) -> OrderEvent {
    match &emission.payload {
        Payload::PortfolioOrder(order) => order.clone(),
        other => panic!("expected an order, got {other:?}"),
    }
}

pub(crate) fn number(text: &str) -> rust_decimal::Decimal {
    text.parse().expect("a decimal")
}
