//! A bar that roles may act on.

use ingenium_types::Payload;
use ingenium_types::event::{DataEvent, MarketData, OhlcData};
use ingenium_types::exact::compare;
use ingenium_types::scalar::{InstrumentPrice, UtcTimestamp};

use crate::role::{Disposition, Input};

/// A complete, consistent OHLC bar.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// The whole data event.
    pub event: &'a DataEvent,
    /// Its prices and volume.
    pub ohlc: &'a OhlcData,
    /// When the bar was over: `EndTimestamp`, else the event's `time`.
    pub end: UtcTimestamp,
}

impl<'a> Bar<'a> {
    /// The bar in `input`, or what becomes of an input that is none: forming bars, trades and quotes are not
    /// acted on, and a bar whose prices contradict each other or that ends before it starts is set aside.
    ///
    /// # Errors
    /// The disposition to return.
    pub fn of(input: &Input<'a>) -> Result<Self, Disposition> {
        let Payload::IngestorData(event) = input.payload else {
            return Err(Disposition::Applied);
        };
        let MarketData::Ohlc(ohlc) = &event.data else {
            return Err(Disposition::Applied);
        };
        if ohlc.final_ == Some(false) {
            return Err(Disposition::Ignored("bar_forming"));
        }
        if !is_consistent(ohlc) {
            return Err(Disposition::Ignored("ohlc_inconsistent"));
        }
        let end = event.end_timestamp.unwrap_or(input.time);
        if end <= event.timestamp {
            // A decision dated at or before the bar's start would fill at the open of the bar that it has seen.
            return Err(Disposition::Ignored("bar_end_not_after_start"));
        }
        Ok(Self { event, ohlc, end })
    }
}

/// Whether `Low` ≤ `Open`, `Close` ≤ `High`.
#[must_use]
pub fn is_consistent(ohlc: &OhlcData) -> bool {
    let within = |price: InstrumentPrice| {
        compare(ohlc.low.get(), price.get()).is_le()
            && compare(price.get(), ohlc.high.get()).is_le()
    };
    within(ohlc.open) && within(ohlc.close)
}
