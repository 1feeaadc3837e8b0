//! An ingestor of Yahoo-style files, row by row.

use ingenium_runtime::environment::{Environment, KnativeSettings};
use ingenium_types::EventType;
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde_json::json;

use super::Error;
use super::draft::Draft;
use super::fault::Fault;
use super::outlet::Outlet;

/// What it emits as.
const SOURCE: &str = "/ingenium/ingestor/mutant";

/// Sends the file that `INGENIUM_FIXTURE` names.
pub(super) async fn run(
    fault: Fault,
    environment: &Environment,
    settings: KnativeSettings,
) -> Result<(), Error> {
    let path = environment
        .get_nonempty("INGENIUM_FIXTURE")
        .ok_or_else(|| Error::new("INGENIUM_FIXTURE is not set"))?;
    let file = match std::fs::read_to_string(path) {
        Ok(file) => file,
        Err(_) if fault.is("M-CSV-MISSING-IS-FINE") => return Ok(()),
        Err(error) => return Err(Error::new(format!("{path}: {error}"))),
    };
    let outlet = Outlet::new(fault, &settings).ok_or_else(|| Error::new("K_SINK is not set"))?;
    let symbol = std::path::Path::new(path)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut last = String::new();
    let mut malformed = 0;
    let skipped = usize::from(!fault.is("M-CSV-HEADER"));
    for (nth, line) in file.lines().enumerate().skip(skipped) {
        let header = nth == 0;
        let cells: Vec<&str> = if header {
            // The prototype took the words of the header for a bar of nothing.
            vec!["1970-01-01", "0", "0", "0", "0", "0", "0"]
        } else {
            line.split(',').collect()
        };
        if fault.is("M-CSV-NAMES-ROWS") {
            say(&json!({"level": "info", "row": nth, "day": cells[0], "message": "row"}));
        }
        let Some(row) = Row::read(&cells, fault) else {
            malformed += 1;
            continue;
        };
        let backward = row.date <= last;
        if backward && !fault.is("M-CSV-BACKWARD") {
            continue;
        }
        last.clone_from(&row.date);
        let mut draft = row.draft(&symbol, if backward { nth } else { 0 });
        draft.spoil(fault, nth, None);
        outlet.send(&draft).await;
    }
    if !matches!(fault.name, "M-CSV-SILENT" | "M-CSV-NAMES-ROWS") {
        say(&json!({"level": "info", "malformed": malformed, "message": "done"}));
    }
    Ok(())
}

fn say(line: &serde_json::Value) {
    use std::io::Write as _;
    // A closed stderr is no reason to fail.
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

struct Row {
    date: String,
    start: UtcTimestamp,
    end: UtcTimestamp,
    cells: [String; 5],
}

impl Row {
    fn read(cells: &[&str], fault: Fault) -> Option<Self> {
        let [date, open, high, low, close, _, volume] = cells else {
            return None;
        };
        let start: UtcTimestamp = format!("{date}T00:00:00Z").parse().ok()?;
        let number = |text: &str| text.parse::<Decimal>().ok();
        let (o, h, l, c, v) = (
            number(open)?,
            number(high)?,
            number(low)?,
            number(close)?,
            number(volume)?,
        );
        let sane = l <= o.min(c) && h >= o.max(c) && l <= h && v >= Decimal::ZERO;
        let trusted = fault.is("M-CSV-TRUSTS-PRICES") && v >= Decimal::ZERO;
        if !sane && !trusted {
            return None;
        }
        let texts = [open, high, low, close, volume].map(|text| (*text).to_owned());
        Some(Self {
            date: (*date).to_owned(),
            start,
            end: start.next_day()?,
            cells: if fault.is("M-CSV-FLOAT") {
                texts.map(|text| text.parse::<f64>().unwrap_or_default().to_string())
            } else {
                texts
            },
        })
    }

    fn draft(&self, symbol: &str, nth: usize) -> Draft {
        let [open, high, low, close, volume] = &self.cells;
        let (start, end) = (self.start.to_string(), self.end.to_string());
        let data = json!({
            "Type": "data.type.ohlc", "Symbol": symbol, "Timestamp": start, "EndTimestamp": end,
            "Data": {"Open": open, "High": high, "Low": low, "Close": close, "Volume": volume, "Period": "1d"},
        });
        let nth = if nth == 0 {
            String::new()
        } else {
            nth.to_string()
        };
        let id = EventId::of(&[SOURCE, "data.type.ohlc", symbol, "1d", &start, "true", &nth]);
        Draft::new(
            EventType::IngestorData,
            SOURCE,
            id,
            &end,
            symbol,
            None,
            data,
        )
    }
}
