//! Files for ingestors, and what is to become of their rows.

use std::path::PathBuf;
use std::time::Duration;

use super::Conductor;
use crate::case::Fixture;
use crate::scene::{Ingestion, Row};
use crate::target::{self, Error, Place};

/// How long an ingestor may take for a file of a few dozen rows.
const DONE_WITHIN: Duration = Duration::from_secs(30);

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
    let (text, rows, malformed) = content(fixture);
    let path = file(conductor, &line.symbol, fixture, &text)?;
    let surroundings = conductor.stage.surroundings(path);
    conductor.stage.journal().starting(conductor.stage.number);
    let before = std::fs::read_to_string(&surroundings.log).unwrap_or_default();
    let from = conductor.stage.journal().count();
    let ended = target::run_to_end(&command, &surroundings, DONE_WITHIN).await?;
    let output = std::fs::read_to_string(&surroundings.log).unwrap_or_default();
    let ingestion = Ingestion {
        ended,
        emissions: from..conductor.stage.journal().count(),
        rows,
        malformed,
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

/// The file's text, its well-formed rows, and how many are malformed.
fn content(fixture: Fixture) -> (String, Vec<Row>, usize) {
    let rows: Vec<Row> = (0..24).map(row).collect();
    let line = |row: &Row| {
        let [open, high, low, close, volume] = &row.cells;
        format!(
            "{},{open},{high},{low},{close},{close},{volume}\n",
            row.date
        )
    };
    let mut text = "Date,Open,High,Low,Close,Adj Close,Volume\n".to_owned();
    if fixture == Fixture::Clean {
        text.extend(rows.iter().map(line));
        return (text, rows, 0);
    }
    let bad = [
        "2020-02-30,10,11,9,10,10,1000\n",
        "yesterday,10,11,9,10,10,1000\n",
        "2020-03-01,ten,11,9,10,10,1000\n",
        "2020-03-02,10,11,9\n",
        "2020-03-03,10,9,11,10,10,1000\n",
        "2020-03-04,null,null,null,null,null,null\n",
        "2020-03-05,10,11,9,10,10,-5\n",
    ];
    for (index, row) in rows.iter().enumerate() {
        text.push_str(&line(row));
        if let Some(bad) = bad.get(index / 3)
            && index % 3 == 0
        {
            text.push_str(bad);
        }
        if index == 10 {
            // The same row again, and one that lies before it.
            text.push_str(&line(row));
            text.push_str(&line(&rows[4]));
        }
    }
    (text, rows, bad.len())
}

/// Row number `index`, one a day from 2020-01-02 on.
fn row(index: usize) -> Row {
    let price = PRICES[index % PRICES.len()].to_owned();
    Row {
        date: format!("2020-01-{:02}", index + 2),
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
