//! What the first rows of a file say about all of them.

use csv::StringRecord;

use super::columns::Columns;
use super::dates::{self, DateFormat, Dated};
use super::period::Period;
use super::reading::Reading;
use super::{Error, row};

/// So many rows are looked at before the first is taken.
pub(super) const ROWS: usize = 1_000;

/// How the dates of `sample` are written, and how long its bars last.
pub(super) fn judge(
    path: &str,
    sample: &[csv::Result<StringRecord>],
    columns: Columns,
    reading: &Reading,
) -> Result<(DateFormat, Period), Error> {
    let rows: Vec<Dated> = sample
        .iter()
        .flatten()
        .filter_map(|record| {
            Some(Dated {
                line: row::line(record),
                symbol: columns
                    .symbol
                    .and_then(|at| record.get(at).map(str::trim))
                    .unwrap_or_default()
                    .to_owned(),
                text: row::date(record, columns).ok()?.into_owned(),
            })
        })
        .collect();
    let format = match reading.date_format {
        Some(format) => format,
        None => dates::sniff(&rows).map_err(|row| Error::AmbiguousDates {
            path: path.to_owned(),
            line: row.line,
            value: row.text.escape_debug().to_string(),
        })?,
    };
    let steps = dates::steps(&rows, format);
    let backward = steps.iter().filter(|step| step.nanoseconds < 0).count();
    let forward = steps.iter().filter(|step| step.nanoseconds > 0).count();
    if backward > forward
        && let Some(step) = steps.iter().find(|step| step.nanoseconds < 0)
    {
        return Err(Error::NewestFirst {
            path: path.to_owned(),
            line: rows[step.to].line,
            value: rows[step.to].text.clone(),
            before: rows[step.from].text.clone(),
        });
    }
    let period = match &reading.period {
        Some(name) => Period::of(name.clone()).ok_or_else(|| Error::Period {
            period: name.to_string(),
        })?,
        None => {
            let first = rows.iter().find_map(|row| format.read(&row.text));
            Period::most_common(&steps, first).map_err(|problem| Error::NoPeriod {
                path: path.to_owned(),
                problem,
            })?
        }
    };
    Ok((format, period))
}
