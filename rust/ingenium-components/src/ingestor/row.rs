//! One row: its cells, each with what is expected of it.

use std::borrow::Cow;

use csv::StringRecord;
use ingenium_trading::bar::is_consistent;
use ingenium_types::event::OhlcData;
use ingenium_types::scalar::{InstrumentPrice, InstrumentSymbol, NonNegativeDecimal, Scalar};
use rust_decimal::Decimal;

use super::adjust::{Adjust, scale};
use super::columns::Columns;

/// The line of a row, counted from 1.
pub(super) fn line(record: &StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

/// The date, with the time where that stands apart.
pub(super) fn date(record: &StringRecord, columns: Columns) -> Result<Cow<'_, str>, String> {
    let date = cell(record, columns.date, "Date")?;
    match columns.time {
        None => Ok(Cow::Borrowed(date)),
        Some(at) => Ok(Cow::Owned(format!("{date} {}", cell(record, at, "Time")?))),
    }
}

/// The symbol in the column of symbols.
pub(super) fn symbol(record: &StringRecord, at: usize) -> Result<InstrumentSymbol, String> {
    scalar(record, at, "Symbol")
}

/// Prices and volume.
pub(super) fn ohlc(
    record: &StringRecord,
    columns: Columns,
    adjust: Adjust,
) -> Result<OhlcData, String> {
    let mut ohlc = OhlcData::new(
        price(record, columns.open, "Open")?,
        price(record, columns.high, "High")?,
        price(record, columns.low, "Low")?,
        price(record, columns.close, "Close")?,
        scalar::<NonNegativeDecimal>(record, columns.volume, "Volume")?,
    );
    if !is_consistent(&ohlc) {
        return Err(format!(
            "prices contradict each other: Open {} High {} Low {} Close {}",
            ohlc.open, ohlc.high, ohlc.low, ohlc.close
        ));
    }
    if let Some(at) = columns.adjusted_close {
        let adjusted = price(record, at, "Adj Close")?;
        if adjust == Adjust::All {
            scale(&mut ohlc, adjusted)?;
        }
        ohlc.adjusted_close = Some(adjusted);
    }
    Ok(ohlc)
}

fn cell<'a>(record: &'a StringRecord, at: usize, column: &str) -> Result<&'a str, String> {
    match record.get(at).map(str::trim) {
        None | Some("") => Err(format!("{column} is empty")),
        Some(text) => Ok(text),
    }
}

fn scalar<T: Scalar>(record: &StringRecord, at: usize, column: &str) -> Result<T, String> {
    let text = cell(record, at, column)?;
    T::parse(text).ok_or_else(|| unexpected(column, text, T::FORM))
}

/// A price above zero: in files of bars a zero stands for a hole, and no order can be sized by what is below.
fn price(record: &StringRecord, at: usize, column: &str) -> Result<InstrumentPrice, String> {
    let price: InstrumentPrice = scalar(record, at, column)?;
    if price.get() > Decimal::ZERO {
        return Ok(price);
    }
    Err(unexpected(
        column,
        cell(record, at, column)?,
        "a price above zero",
    ))
}

/// What is wrong with a cell.
pub(super) fn unexpected(column: &str, text: &str, expected: &str) -> String {
    let shown: String = text.escape_debug().take(80).collect();
    format!("{column} is `{shown}`: expected {expected}")
}
