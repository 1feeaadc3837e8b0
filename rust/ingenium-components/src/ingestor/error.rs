//! Why input is not ingested to its end.

use ingenium_types::scalar::UtcTimestamp;

/// Why the input was not ingested to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No file is named.
    #[error("no input: name at least one file in `files`")]
    NoFiles,
    /// A file's name is no symbol, and it has no column of symbols.
    #[error(
        "`{path}` is not named after its symbol: call it `AAPL.csv`, or name the symbol in `files`"
    )]
    NoSymbol {
        /// The file.
        path: String,
    },
    /// Two files have the same symbol.
    #[error(
        "two files are of symbol `{symbol}`: `{first}` and `{second}`; merge them, or name another symbol"
    )]
    SymbolTwice {
        /// The symbol.
        symbol: String,
        /// The one file.
        first: String,
        /// The other file.
        second: String,
    },
    /// A file cannot be read.
    #[error("`{path}`: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file's first line does not name the columns.
    #[error(
        "`{path}`, line 1: {problem}; expected columns Date, Open, High, Low, Close, Volume (Adj Close, Symbol and Time are optional), or name them in `map`"
    )]
    Header {
        /// The file.
        path: String,
        /// What is wrong with the line.
        problem: String,
    },
    /// The dates of a file may be read with the day first and with the month first.
    #[error(
        "`{path}`, line {line}: `{value}` may be day/month or month/day, and no other row tells; set `date_format` to `dmy` or to `mdy`"
    )]
    AmbiguousDates {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: u64,
        /// The first date of the file.
        value: String,
    },
    /// A file's rows go back in time.
    #[error(
        "`{path}` goes backwards: line {line} is `{value}`, after `{before}`; sort its rows oldest first"
    )]
    NewestFirst {
        /// The file.
        path: String,
        /// The first line that goes back, counted from 1.
        line: u64,
        /// Its date.
        value: String,
        /// The date in the row before.
        before: String,
    },
    /// How long a bar lasts cannot be told.
    #[error(
        "`{path}`: {problem}, so how long a bar lasts cannot be told; set `period`, such as `1m`"
    )]
    NoPeriod {
        /// The file.
        path: String,
        /// What the rows say.
        problem: String,
    },
    /// The configured period has no length in whole nanoseconds that a timestamp can be moved by.
    #[error("`period` is `{period}`: expected one of at most 106751 days")]
    Period {
        /// The period.
        period: String,
    },
    /// Prices are to be adjusted, and there is nothing to adjust them by.
    #[error("`{path}` has no column `Adj Close`, which `adjust` needs; set `adjust` to `none`")]
    NoAdjustedClose {
        /// The file.
        path: String,
    },
    /// The sink refused a bar for good.
    #[error("the sink refused the bar of `{symbol}` at {timestamp}: status {status}: {answer}")]
    Refused {
        /// The bar's symbol.
        symbol: String,
        /// The bar's start.
        timestamp: UtcTimestamp,
        /// The status of the answer.
        status: u16,
        /// The start of the answer.
        answer: String,
    },
}
