//! Files for ingestors, and what is to become of their rows.

use std::path::PathBuf;
use std::time::Duration;

use ingenium_types::scalar::UtcTimestamp;

use super::Conductor;
use crate::case::Fixture;
use crate::scene::{Ingestion, Row};
use crate::stimulus::{DAY, RECORDED_START};
use crate::target::{self, Error, Place};

/// How long an ingestor may take for a file of a few dozen rows.
const DONE_WITHIN: Duration = Duration::from_secs(30);

/// Malformed rows of the dirty file: no hour, no minute and no day of a month is called so.
const MALFORMED: usize = 67;

/// Well-formed rows of the dirty file.
const DIRTY: usize = 24;

/// Rows of the clean file: more than [`MALFORMED`], so that whoever names its rows by number names that one, too.
const CLEAN: usize = 80;

/// Rows of the file: prices that no binary fraction holds, trailing zeros, many digits.
const PRICES: [&str; 6] = [
    "0.1",
    "10.00",
    "12345678.12345678",
    "101.05",
    "0.30000000",
    "99.999999",
];

/// Runs an ingestor on a file until it ends.
pub(super) async fn ingest(
    conductor: &mut Conductor<'_>,
    fixture: Fixture,
    name: &str,
) -> Result<(), Error> {
    let Place::Command(command) = conductor.stage.shared.place.clone() else {
        // It is refused before the run.
        conductor.mistake("an ingestor is run by a command".to_owned());
        return Ok(());
    };
    let line = conductor.line("A");
    conductor.keep_line("A", line.clone());
    let content = content(fixture);
    let path = file(conductor, &line.symbol, fixture, &content.text)?;
    let surroundings = conductor.stage.surroundings(path);
    conductor.stage.journal().starting(conductor.stage.number);
    let before = std::fs::read_to_string(&surroundings.log).unwrap_or_default();
    let from = conductor.stage.journal().count();
    let ended = target::run_to_end(&command, &surroundings, DONE_WITHIN).await?;
    let output = std::fs::read_to_string(&surroundings.log).unwrap_or_default();
    let ingestion = Ingestion {
        ended,
        instance: conductor.stage.number,
        emissions: from..conductor.stage.journal().count(),
        rows: content.rows,
        malformed: content.malformed,
        left_out: content.left_out,
        output: output.get(before.len()..).unwrap_or_default().to_owned(),
        symbol: line.symbol,
    };
    conductor
        .scene
        .ingestions
        .insert(name.to_owned(), ingestion);
    Ok(())
}

/// The file, named after its symbol.
fn file(
    conductor: &Conductor<'_>,
    symbol: &str,
    fixture: Fixture,
    text: &str,
) -> Result<PathBuf, Error> {
    let system = |source| Error::System {
        what: "fixture file".to_owned(),
        source,
    };
    let folder = conductor.stage.shared.output.join("fixtures");
    std::fs::create_dir_all(&folder).map_err(system)?;
    let path = folder.join(format!("{symbol}.csv"));
    if fixture == Fixture::Missing {
        return Ok(folder.join("there-is-no-such-file.csv"));
    }
    std::fs::write(&path, text).map_err(system)?;
    Ok(path)
}

/// A file, and what is to become of it.
struct Content {
    text: String,
    /// The rows that are to become events.
    rows: Vec<Row>,
    /// How many rows cannot be read.
    malformed: usize,
    /// How many rows repeat another or go back in time.
    left_out: usize,
}

/// The file's text and its rows.
fn content(fixture: Fixture) -> Content {
    let line = |row: &Row| {
        let [open, high, low, close, volume] = &row.cells;
        format!(
            "{},{open},{high},{low},{close},{close},{volume}\n",
            row.date
        )
    };
    let mut text = "Date,Open,High,Low,Close,Adj Close,Volume\n".to_owned();
    if fixture == Fixture::Clean {
        let rows: Vec<Row> = (0..CLEAN).map(row).collect();
        text.extend(rows.iter().map(line));
        return Content {
            text,
            rows,
            malformed: 0,
            left_out: 0,
        };
    }
    let rows: Vec<Row> = (0..DIRTY).map(row).collect();
    for (index, row) in rows.iter().enumerate() {
        text.push_str(&line(row));
        // The second half stands together, on the lines whose numbers could be taken for the count.
        if index < DIRTY / 2 {
            text.extend((index * 4..index * 4 + 4).map(malformed_row));
        }
        if index == 10 {
            // The same row again, and one that lies before it.
            text.push_str(&line(row));
            text.push_str(&line(&rows[4]));
        }
    }
    text.extend((DIRTY * 2..MALFORMED).map(malformed_row));
    Content {
        text,
        rows,
        malformed: MALFORMED,
        left_out: 2,
    }
}

/// Malformed row number `index`; no two are the same, and none has a day of the clean file.
fn malformed_row(index: usize) -> String {
    let date = format!("2020-{:02}-{:02}", 4 + index / 28, 1 + index % 28);
    match index % 7 {
        0 => format!("{}-02-30,10,11,9,10,10,1000\n", 2020 + index),
        1 => format!("day {index},10,11,9,10,10,1000\n"),
        2 => format!("{date},ten,11,9,10,10,1000\n"),
        3 => format!("{date},10,11,9\n"),
        4 => format!("{date},10,9,11,10,10,1000\n"),
        5 => format!("{date},null,null,null,null,null,null\n"),
        _ => format!("{date},10,11,9,10,10,-5\n"),
    }
}

/// Row number `index`, one a day from 2020-01-02 on.
fn row(index: usize) -> Row {
    let price = PRICES[index % PRICES.len()].to_owned();
    let days = i64::try_from(index + 1).unwrap_or_default();
    let day = UtcTimestamp::from_nanoseconds(RECORDED_START + days * DAY)
        .map_or_else(String::new, |day| day.to_string());
    Row {
        date: day.chars().take(10).collect(),
        // Open, high, low and close are one price: what the digits become is all that is asked.
        cells: [
            price.clone(),
            price.clone(),
            price.clone(),
            price,
            format!("{}", 1000 + index),
        ],
    }
}
