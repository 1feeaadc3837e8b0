//! One file of bars, row by row.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::vec;

use csv::StringRecord;
use ingenium_types::event::{DataEvent, MarketData};
use ingenium_types::scalar::{InstrumentSymbol, Scalar as _, UtcTimestamp};

use super::adjust::Adjust;
use super::columns::Columns;
use super::dates::DateFormat;
use super::header::{self, Records};
use super::period::Period;
use super::reading::Reading;
use super::{Error, File, row, sample};

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

/// A bar and the line that it stands in.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) bar: DataEvent,
}

/// The bars of one file, oldest first; bars of the same time in symbol order.
///
/// Row by row where the file is of one symbol; all in memory where it holds several.
pub struct Bars {
    path: String,
    sample: VecDeque<csv::Result<StringRecord>>,
    records: Records,
    /// The row that is read, kept for its room.
    record: StringRecord,
    columns: Columns,
    format: DateFormat,
    period: Period,
    adjust: Adjust,
    symbol: Option<InstrumentSymbol>,
    limit: usize,
    taken: HashMap<InstrumentSymbol, Taken>,
    last_line: u64,
    other: Option<InstrumentSymbol>,
    /// The bars of several symbols, first as they come, then in order.
    held: Vec<Row>,
    sorted: Option<vec::IntoIter<Row>>,
}

/// What has been taken of a symbol.
#[derive(Debug, Clone, Copy)]
struct Taken {
    bars: usize,
    last: UtcTimestamp,
    end: UtcTimestamp,
}

impl Bars {
    /// Opens a file and judges its first rows; at most `limit` bars of a symbol are taken.
    ///
    /// # Errors
    /// [`Error`] naming the file.
    pub fn open(file: &File, reading: &Reading, limit: Option<usize>) -> Result<Self, Error> {
        let opened = fs::File::open(&file.path).map_err(|source| Error::Unreadable {
            path: file.path.display().to_string(),
            source,
        })?;
        Self::read(file, opened, reading, limit)
    }

    /// Judges the first rows of `content`, which is that of `file`; at most `limit` bars of a symbol are taken.
    ///
    /// # Errors
    /// [`Error`] naming the file.
    pub fn read(
        file: &File,
        content: impl Read + Send + 'static,
        reading: &Reading,
        limit: Option<usize>,
    ) -> Result<Self, Error> {
        let path = file.path.display().to_string();
        let unreadable = |source| Error::Unreadable {
            path: path.clone(),
            source,
        };
        let wrong = |problem: String| Error::Header {
            path: path.clone(),
            problem,
        };
        let (first, mut records) = header::open(Box::new(content)).map_err(unreadable)?;
        let first = first
            .unwrap_or_else(|| Ok(StringRecord::new()))
            .map_err(|error| wrong(error.to_string()))?;
        let (columns, is_header) = Columns::of(&first, reading).map_err(wrong)?;
        if reading.adjust == Adjust::All && columns.adjusted_close.is_none() {
            return Err(Error::NoAdjustedClose { path });
        }
        let mut sample = VecDeque::new();
        if !is_header {
            sample.push_back(Ok(first));
        }
        sample.extend(records.by_ref().take(sample::ROWS));
        let (format, period) = sample::judge(&path, sample.make_contiguous(), columns, reading)?;
        let symbol = match (&file.symbol, columns.symbol) {
            (None, None) => Some(file.symbol_in_name()?),
            (given, _) => given.clone(),
        };
        Ok(Self {
            path,
            sample,
            records,
            record: StringRecord::new(),
            columns,
            format,
            period,
            adjust: reading.adjust,
            symbol,
            limit: limit.unwrap_or(usize::MAX),
            taken: HashMap::new(),
            last_line: 1,
            other: None,
            held: Vec::new(),
            sorted: None,
        })
    }

    /// The symbol of all bars; nothing where each row names its own.
    #[must_use]
    pub const fn symbol(&self) -> Option<&InstrumentSymbol> {
        self.symbol.as_ref()
    }

    /// Whether there is no row below the header.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sample.is_empty()
    }

    pub(super) fn malformed(&self, line: u64, problem: String) -> Malformed {
        Malformed {
            file: self.path.clone(),
            line,
            problem,
        }
    }

    /// The next bar, or the next row that is none; several symbols come in order once all has been read.
    pub(super) fn next_row(&mut self) -> Option<Result<Row, Malformed>> {
        if self.symbol.is_some() {
            return self.next_in_file();
        }
        if let Some(sorted) = &mut self.sorted {
            return sorted.next().map(Ok);
        }
        while let Some(row) = self.next_in_file() {
            match row {
                Ok(row) => self.held.push(row),
                // At once: a file of nothing else must not gather in memory.
                Err(malformed) => return Some(Err(malformed)),
            }
        }
        let mut rows = std::mem::take(&mut self.held);
        rows.sort_by(|a, b| {
            let key = |row: &Row| row.bar.end_timestamp.unwrap_or(row.bar.timestamp);
            let by_time = key(a).cmp(&key(b));
            by_time.then_with(|| a.bar.symbol.as_str().cmp(b.bar.symbol.as_str()))
        });
        self.sorted.insert(rows.into_iter()).next().map(Ok)
    }

    fn next_in_file(&mut self) -> Option<Result<Row, Malformed>> {
        loop {
            if self.is_satisfied() {
                return None;
            }
            match self.next_record() {
                Ok(true) => {}
                Ok(false) => return self.nothing_of_symbol().map(Err),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    return Some(Err(self.malformed(line, error.to_string())));
                }
            }
            let line = row::line(&self.record);
            self.last_line = line;
            let record = std::mem::take(&mut self.record);
            let bar = self.bar(&record);
            self.record = record;
            match bar {
                Ok(Some(bar)) => return Some(Ok(Row { line, bar })),
                Ok(None) => {}
                Err(problem) => return Some(Err(self.malformed(line, problem))),
            }
        }
    }

    /// Reads the next record into the place of the last; false at the end.
    fn next_record(&mut self) -> csv::Result<bool> {
        match self.sample.pop_front() {
            Some(record) => {
                self.record = record?;
                Ok(true)
            }
            None => self.records.reader_mut().read_record(&mut self.record),
        }
    }

    /// Whether enough has been taken of the only symbol.
    fn is_satisfied(&self) -> bool {
        let symbol = self.symbol.as_ref();
        let taken = symbol.map(|symbol| self.taken.get(symbol).map_or(0, |taken| taken.bars));
        taken.is_some_and(|bars| bars >= self.limit)
    }

    /// What is wrong with a file whose rows are all of other symbols, said once.
    fn nothing_of_symbol(&mut self) -> Option<Malformed> {
        let other = self.other.take()?;
        let symbol = self.symbol.as_ref()?;
        if self.taken.contains_key(symbol) {
            return None;
        }
        let problem = format!("no row is of symbol `{symbol}`, the first is of `{other}`");
        Some(self.malformed(self.last_line, problem))
    }

    /// The bar in a row; nothing where it is of another symbol, or of one that enough has been taken of.
    fn bar(&mut self, record: &StringRecord) -> Result<Option<DataEvent>, String> {
        let symbol = match self.columns.symbol {
            None => None,
            Some(at) => Some(row::symbol(record, at)?),
        };
        let symbol = match (&self.symbol, symbol) {
            (Some(wanted), Some(found)) if *wanted != found => {
                self.other.get_or_insert(found);
                return Ok(None);
            }
            (Some(wanted), _) => wanted.clone(),
            (None, Some(found)) => found,
            (None, None) => return Err("Symbol is empty".to_owned()),
        };
        let taken = self.taken.get(&symbol).copied();
        if taken.is_some_and(|taken| taken.bars >= self.limit) {
            return Ok(None);
        }
        let date = row::date(record, self.columns)?;
        let timestamp = self
            .format
            .read(&date)
            .ok_or_else(|| row::unexpected("Date", &date, self.format.form()))?;
        if let Some(taken) = taken {
            if taken.last >= timestamp {
                return Err(format!("Date `{date}` is not after the row before it"));
            }
            if self.period.is_intraday() && taken.end > timestamp {
                return Err(format!(
                    "Date `{date}` is before the end of the bar before it, which lasts `{}`",
                    self.period.name
                ));
            }
        }
        let mut ohlc = row::ohlc(record, self.columns, self.adjust)?;
        ohlc.period = Some(self.period.name.clone());
        let end = self
            .period
            .end(timestamp)
            .ok_or_else(|| row::unexpected("Date", &date, UtcTimestamp::FORM))?;
        let mut bar = DataEvent::new(symbol.clone(), timestamp, MarketData::Ohlc(ohlc));
        bar.end_timestamp = Some(end);
        let now = Taken {
            bars: taken.map_or(0, |taken| taken.bars) + 1,
            last: timestamp,
            end,
        };
        match self.taken.get_mut(&bar.symbol) {
            Some(taken) => *taken = now,
            None => drop(self.taken.insert(symbol, now)),
        }
        Ok(Some(bar))
    }
}
