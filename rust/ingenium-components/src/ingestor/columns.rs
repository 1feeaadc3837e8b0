//! Where each column stands.

use csv::StringRecord;
use ingenium_types::scalar::{InstrumentPrice, Scalar as _};

use super::dates::DateFormat;
use super::reading::{Field, Reading};

/// Where each column stands, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) date: usize,
    pub(super) time: Option<usize>,
    pub(super) open: usize,
    pub(super) high: usize,
    pub(super) low: usize,
    pub(super) close: usize,
    pub(super) volume: usize,
    pub(super) adjusted_close: Option<usize>,
    pub(super) symbol: Option<usize>,
}

impl Columns {
    /// The columns of a file whose first line is `first`, and whether that line is a header.
    ///
    /// A line is no header where `map` gives a place to every column that a bar needs and the line holds a date or a
    /// price there.
    pub(super) fn of(first: &StringRecord, reading: &Reading) -> Result<(Self, bool), String> {
        let finder = Finder { first, reading };
        if let Some(columns) = finder.by_place()?
            && columns.hold_a_bar(first)
        {
            return Ok((columns, false));
        }
        Ok((finder.by_name()?, true))
    }
}

impl Columns {
    /// Whether `line` holds a date or a price: it may be malformed, but it is no header.
    fn hold_a_bar(&self, line: &StringRecord) -> bool {
        let is_price = |at: usize| line.get(at).and_then(InstrumentPrice::parse).is_some();
        let is_date = |date| {
            DateFormat::ALL
                .iter()
                .any(|format| format.read(date).is_some())
        };
        line.get(self.date).is_some_and(is_date)
            || [self.open, self.high, self.low, self.close]
                .into_iter()
                .any(is_price)
    }
}

struct Finder<'a> {
    first: &'a StringRecord,
    reading: &'a Reading,
}

impl Finder<'_> {
    /// The columns, if each one that a bar needs has a place in `map`, and no column is named there.
    fn by_place(&self) -> Result<Option<Columns>, String> {
        let map = &self.reading.map;
        if !map.values().all(|column| column.starts_with('#')) {
            return Ok(None);
        }
        let place = |field| self.mapped(field);
        let needed = (
            place(Field::Date)?,
            place(Field::Open)?,
            place(Field::High)?,
            place(Field::Low)?,
            place(Field::Close)?,
            place(Field::Volume)?,
        );
        let (Some(date), Some(open), Some(high), Some(low), Some(close), Some(volume)) = needed
        else {
            return Ok(None);
        };
        Ok(Some(Columns {
            date,
            time: place(Field::Time)?,
            open,
            high,
            low,
            close,
            volume,
            adjusted_close: place(Field::AdjustedClose)?,
            symbol: place(Field::Symbol)?,
        }))
    }

    fn by_name(&self) -> Result<Columns, String> {
        let (date, time) = self.date_and_time()?;
        Ok(Columns {
            date,
            time,
            open: self.need(Field::Open, &["open", "o"])?,
            high: self.need(Field::High, &["high", "h"])?,
            low: self.need(Field::Low, &["low", "l"])?,
            close: self.need(Field::Close, &["close", "c", "last", "closelast", "price"])?,
            volume: self.need(Field::Volume, &["volume", "vol", "v"])?,
            adjusted_close: self.find(Field::AdjustedClose, &["adjclose", "adjustedclose"])?,
            symbol: self.find(Field::Symbol, &["symbol", "ticker"])?,
        })
    }

    /// One column for both, or one for each.
    fn date_and_time(&self) -> Result<(usize, Option<usize>), String> {
        let time = self.mapped(Field::Time)?;
        if let Some(date) = self.mapped(Field::Date)? {
            return Ok((date, time));
        }
        if time.is_none()
            && let Some(both) = self.find(Field::Date, &["datetime", "timestamp"])?
        {
            return Ok((both, None));
        }
        if let Some(date) = self.find(Field::Date, &["date"])? {
            return Ok((date, self.find(Field::Time, &["time"])?));
        }
        Ok((self.need(Field::Date, &["date", "time"])?, None))
    }

    fn need(&self, field: Field, names: &[&str]) -> Result<usize, String> {
        self.find(field, names)?.ok_or_else(|| {
            let found: Vec<String> = self.first.iter().map(shown).collect();
            format!(
                "there is no column `{}` among `{}`",
                names[0],
                found.join("`, `")
            )
        })
    }

    /// The column that `map` gives to `field`, else the first of `names` that the header has.
    fn find(&self, field: Field, names: &[&str]) -> Result<Option<usize>, String> {
        if let Some(column) = self.mapped(field)? {
            return Ok(Some(column));
        }
        for name in names {
            let mut found = (0..self.first.len()).filter(|&at| plain(&self.first[at]) == *name);
            if let Some(at) = found.next() {
                return match found.next() {
                    None => Ok(Some(at)),
                    Some(other) => Err(format!(
                        "columns #{} and #{} are both called `{}`",
                        at + 1,
                        other + 1,
                        shown(&self.first[at])
                    )),
                };
            }
        }
        Ok(None)
    }

    /// The column that `map` gives to `field`.
    fn mapped(&self, field: Field) -> Result<Option<usize>, String> {
        let Some(column) = self.reading.map.get(&field) else {
            return Ok(None);
        };
        let count = self.first.len();
        let at = match column.strip_prefix('#') {
            Some(place) => place
                .parse::<usize>()
                .ok()
                .filter(|place| (1..=count).contains(place))
                .map(|place| place - 1)
                .ok_or_else(|| format!("`map` names column `{column}` of {count}"))?,
            None => self
                .first
                .iter()
                .position(|name| shown(name).eq_ignore_ascii_case(column.trim()))
                .ok_or_else(|| {
                    let found: Vec<String> = self.first.iter().map(shown).collect();
                    format!(
                        "`map` names column `{column}`, which is not among `{}`",
                        found.join("`, `")
                    )
                })?,
        };
        Ok(Some(at))
    }
}

/// A column name without byte order mark, fit for a message.
fn shown(name: &str) -> String {
    let name = name.trim_start_matches('\u{feff}').trim();
    name.escape_debug().take(80).collect()
}

/// A column name without case, spaces, marks and byte order mark.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect::<String>()
        .to_ascii_lowercase()
}
