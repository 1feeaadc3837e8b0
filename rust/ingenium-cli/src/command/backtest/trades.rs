//! trades.csv: a line a round trip, exact.

use std::path::Path;

use ingenium_trading::metric::Trade;

use crate::exit::{Code, Failure};

/// Writes `trades` into a new file.
pub(crate) fn write(path: &Path, trades: &[Trade]) -> Result<(), Failure> {
    let unwritable =
        |error: csv::Error| Failure::new(Code::Usage, format!("`{}`: {error}", path.display()));
    let mut writer = csv::Writer::from_path(path).map_err(unwritable)?;
    if trades.is_empty() {
        writer.write_record(HEADER).map_err(unwritable)?;
    }
    for trade in trades {
        writer.serialize(trade).map_err(unwritable)?;
    }
    writer.flush().map_err(|error| unwritable(error.into()))
}

/// The members of a trade; a file without trades has them, too.
const HEADER: [&str; 15] = [
    "symbol",
    "direction",
    "entry_order_id",
    "exit_order_id",
    "entry_at",
    "exit_at",
    "quantity",
    "entry_price",
    "exit_price",
    "gross",
    "fees",
    "net",
    "adverse",
    "favorable",
    "bars",
];
