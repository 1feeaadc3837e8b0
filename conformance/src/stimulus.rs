//! Events that make a role act.

use ingenium_contract::{CloudEvent, Time};
use ingenium_types::event::{DataEvent, MarketData, OhlcData};
use ingenium_types::id::EventId;
use ingenium_types::scalar::{
    BarPeriod, InstrumentPrice, InstrumentSymbol, NonNegativeDecimal, Scalar, UtcTimestamp,
};
use ingenium_types::{EventType, Payload};

/// The source of the stimuli.
pub const SOURCE: &str = "/ingenium/conformance/stimulus";

/// Bars in the default series.
pub const BARS: usize = 360;

/// Half a wave of the default series.
const HALF_WAVE: usize = 60;

/// 2020-01-01T00:00:00Z in nanoseconds.
const START: i64 = 1_577_836_800_000_000_000;
const DAY: i64 = 86_400_000_000_000;

/// The bar number `index` of the default series: a triangle wave around 100.
///
/// It falls for 60 bars and rises for 60, three times, so that RSI of 2 to 30 changes crosses 30 and 70, and moving
/// averages from 3/8 to 20/50 cross.
///
/// `None` where `symbol` is no symbol, which is a mistake in the runner.
#[must_use]
pub fn bar(symbol: &str, index: usize) -> Option<CloudEvent> {
    let step = |index: usize| -> usize {
        let phase = index % (2 * HALF_WAVE);
        HALF_WAVE.abs_diff(phase)
    };
    // In hundredths: 100.00 at the bottom, half a unit a bar.
    let (open, close) = (10_000 + 50 * step(index), 10_000 + 50 * step(index + 1));
    let price = |hundredths: usize| {
        InstrumentPrice::parse(&format!("{}.{:02}", hundredths / 100, hundredths % 100))
    };
    let day = i64::try_from(index).ok()?;
    let timestamp = UtcTimestamp::from_nanoseconds(START + day * DAY)?;
    let end = timestamp.next_day()?;
    let mut ohlc = OhlcData::new(
        price(open)?,
        price(open.max(close) + 25)?,
        price(open.min(close) - 25)?,
        price(close)?,
        NonNegativeDecimal::parse("1000000")?,
    );
    ohlc.period = BarPeriod::parse("1d");
    let mut data = DataEvent::new(
        InstrumentSymbol::parse(symbol)?,
        timestamp,
        MarketData::Ohlc(ohlc),
    );
    data.end_timestamp = Some(end);
    let id = EventId::of(&[
        SOURCE,
        "data.type.ohlc",
        symbol,
        "1d",
        &timestamp.to_string(),
        "true",
        "",
    ]);
    let event_type = EventType::IngestorData;
    let mut event = CloudEvent::json(
        id.to_string(),
        SOURCE,
        event_type.as_str(),
        Payload::from(data).encode(),
    );
    event.subject = Some(symbol.to_owned());
    event.time = Some(Time::from(end));
    event.dataschema = Some(event_type.schema_id().to_owned());
    event.set_extension("partitionkey", symbol);
    event.set_extension("ingeniumrun", "conformance");
    event.set_extension(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    Some(event)
}
