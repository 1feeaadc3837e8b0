//! One file of daily bars, row by row.

use std::fs;
use std::io::Read;

use csv::StringRecord;
use ingenium_trading::bar::is_consistent;
use ingenium_types::event::{DataEvent, MarketData, OhlcData};
use ingenium_types::scalar::{
    BarPeriod, InstrumentPrice, NonNegativeDecimal, Scalar, UtcTimestamp,
};

use super::{Error, File};

/// A row that is not sent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong, with the value and what was expected.
    pub problem: String,
}

/// The bars of one file, oldest first.
pub struct Bars {
    records: csv::StringRecordsIntoIter<Box<dyn Read + Send>>,
    columns: Columns,
    file: File,
    last: Option<UtcTimestamp>,
    left: usize,
}

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    date: usize,
    open: usize,
    high: usize,
    low: usize,
    close: usize,
    volume: usize,
    adjusted_close: Option<usize>,
}

impl Bars {
    /// Opens a file and reads its header; at most `limit` bars are taken.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Header`].
    pub fn open(file: &File, limit: Option<usize>) -> Result<Self, Error> {
        let opened = fs::File::open(&file.path).map_err(|source| Error::Unreadable {
            path: file.path.display().to_string(),
            source,
        })?;
        Self::read(file, opened, limit)
    }

    /// Reads the header of `content`, which is that of `file`; at most `limit` bars are taken.
    ///
    /// # Errors
    /// [`Error::Header`].
    pub fn read(
        file: &File,
        content: impl Read + Send + 'static,
        limit: Option<usize>,
    ) -> Result<Self, Error> {
        let path = file.path.display().to_string();
        let content: Box<dyn Read + Send> = Box::new(content);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(content);
        let header = reader
            .headers()
            .map_err(|error| Error::Header {
                path: path.clone(),
                problem: error.to_string(),
            })?
            .clone();
        let columns = Columns::of(&header).map_err(|problem| Error::Header { path, problem })?;
        let left = limit.unwrap_or(usize::MAX);
        Ok(Self {
            records: reader.into_records(),
            columns,
            file: file.clone(),
            last: None,
            left,
        })
    }

    fn bar(&mut self, record: &StringRecord) -> Result<DataEvent, String> {
        let columns = self.columns;
        let date = cell(record, columns.date, "Date")?;
        let timestamp: UtcTimestamp = format!("{date}T00:00:00Z")
            .parse()
            .map_err(|_| format!("Date is `{}`: expected YYYY-MM-DD", date.escape_debug()))?;
        if self.last >= Some(timestamp) {
            return Err(format!("Date `{date}` is not after the row before it"));
        }
        let mut ohlc = OhlcData::new(
            scalar::<InstrumentPrice>(record, columns.open, "Open")?,
            scalar::<InstrumentPrice>(record, columns.high, "High")?,
            scalar::<InstrumentPrice>(record, columns.low, "Low")?,
            scalar::<InstrumentPrice>(record, columns.close, "Close")?,
            scalar::<NonNegativeDecimal>(record, columns.volume, "Volume")?,
        );
        if !is_consistent(&ohlc) {
            return Err(format!(
                "prices contradict each other: Open {} High {} Low {} Close {}",
                ohlc.open, ohlc.high, ohlc.low, ohlc.close
            ));
        }
        ohlc.period = BarPeriod::parse("1d");
        ohlc.adjusted_close = match columns.adjusted_close {
            Some(at) => Some(scalar::<InstrumentPrice>(record, at, "Adj Close")?),
            None => None,
        };
        let mut bar = DataEvent::new(self.file.symbol.clone(), timestamp, MarketData::Ohlc(ohlc));
        bar.end_timestamp = timestamp.next_day();
        self.last = Some(timestamp);
        Ok(bar)
    }
}

impl Iterator for Bars {
    type Item = Result<DataEvent, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let malformed = |line, problem| Malformed {
            file: self.file.path.display().to_string(),
            line,
            problem,
        };
        let record = match self.records.next()? {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return Some(Err(malformed(line, error.to_string())));
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let file = self.file.path.display().to_string();
        let bar = self.bar(&record).map_err(|problem| Malformed {
            file,
            line,
            problem,
        });
        if bar.is_ok() {
            self.left -= 1;
        }
        Some(bar)
    }
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(plain).collect();
        let find = |wanted: &[&str]| {
            names
                .iter()
                .position(|name| wanted.contains(&name.as_str()))
        };
        let need = |wanted: &[&str]| {
            find(wanted).ok_or_else(|| {
                let found: Vec<&str> = header.iter().collect();
                format!(
                    "there is no column `{}` among `{}`",
                    wanted[0],
                    found.join("`, `")
                )
            })
        };
        Ok(Self {
            date: need(&["date", "datetime", "timestamp", "time"])?,
            open: need(&["open"])?,
            high: need(&["high"])?,
            low: need(&["low"])?,
            close: need(&["close"])?,
            volume: need(&["volume", "vol"])?,
            adjusted_close: find(&["adjclose", "adjustedclose"]),
        })
    }
}

/// A column name without case, spaces, marks and byte order mark.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect::<String>()
        .to_ascii_lowercase()
}

fn cell<'a>(record: &'a StringRecord, at: usize, column: &str) -> Result<&'a str, String> {
    match record.get(at) {
        None | Some("") => Err(format!("{column} is empty")),
        Some(text) => Ok(text),
    }
}

fn scalar<T: Scalar>(record: &StringRecord, at: usize, column: &str) -> Result<T, String> {
    let text = cell(record, at, column)?;
    T::parse(text).ok_or_else(|| {
        format!(
            "{column} is `{}`: expected {}",
            text.escape_debug(),
            T::FORM
        )
    })
}
