//! A strategy that signals every turn of the close.

use std::collections::HashMap;

use ingenium_contract::CloudEvent;
use ingenium_types::event::MarketData;
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;
use serde_json::json;

use super::draft::Draft;
use super::fault::Fault;
use super::served::Behaviour;
use crate::stimulus::data_of;

/// What it emits as.
const SOURCE: &str = "/ingenium/strategy/mutant";

/// State by symbol.
#[derive(Debug, Default)]
pub(super) struct Strategy {
    series: HashMap<String, Series>,
}

#[derive(Debug, Default)]
struct Series {
    last: Option<UtcTimestamp>,
    close: Option<Decimal>,
    /// Whether the last change was up.
    up: Option<bool>,
    /// The close before and its time, for the mutant that decides a bar late.
    before: Option<(Decimal, String)>,
}

impl Behaviour for Strategy {
    fn handle(&mut self, fault: Fault, event: &CloudEvent, payload: &Payload) -> Vec<Draft> {
        let Payload::IngestorData(data) = payload else {
            return Vec::new();
        };
        let MarketData::Ohlc(bar) = &data.data else {
            return Vec::new();
        };
        if bar.final_ == Some(false) && !fault.is("M-UNFINISHED-COUNTS") {
            return Vec::new();
        }
        let symbol = data.symbol.as_str();
        let key = if fault.is("M-SHARED-STATE") {
            "all"
        } else {
            symbol
        };
        let series = self.series.entry(key.to_owned()).or_default();
        let same = series.last == Some(data.timestamp);
        if same && fault.is("M-COUNTS-TWICE") {
            // The second time it looks like a fall.
            series.up = Some(false);
            return Vec::new();
        }
        let fresh = match fault.name {
            "M-LATE-ACTS" | "M-SHARED-STATE" => true,
            "M-UNFINISHED-COUNTS" => series.last <= Some(data.timestamp),
            _ => series.last < Some(data.timestamp),
        };
        if !fresh {
            return Vec::new();
        }
        series.last = Some(data.timestamp);
        let close = bar.close.get();
        let time = data.end_timestamp.unwrap_or(data.timestamp).to_string();
        let (turned, decided) = (series.turn(close), time.clone());
        let dated = if matches!(fault.name, "M-LOOKS-AHEAD" | "M-REPAINTS") {
            series
                .before
                .replace((close, time.clone()))
                .map_or(time, |(_, time)| time)
        } else {
            time
        };
        let Some(mut up) = turned else {
            return Vec::new();
        };
        if fault.is("M-MODE-MATTERS") && event.extension("modewas").is_some() {
            up = !up;
        }
        // The text of the close, as it came.
        let price = data_of(event)
            .pointer("/Data/Close")
            .cloned()
            .unwrap_or_default();
        let mut drafts = vec![signal(event, symbol, up, &dated, &price, 1)];
        if fault.is("M-REPAINTS") {
            // The attribute is honest.
            drafts[0]
                .attributes
                .insert("time".to_owned(), json!(decided));
        }
        match fault.name {
            "M-TWO-SIGNALS" => drafts.push(signal(event, symbol, up, &dated, &price, 2)),
            "M-OTHER-SYMBOL" => {
                drafts.push(signal(event, &format!("{symbol}X"), up, &dated, &price, 1));
            }
            "M-FLOAT" => {
                let text: f64 = close.try_into().unwrap_or_default();
                drafts[0].data["Price"] = json!(format!("{}", text + 1.4e-14 * 1.0));
            }
            _ => {}
        }
        drafts
    }
}

impl Series {
    /// Whether the close has turned: up or down.
    fn turn(&mut self, close: Decimal) -> Option<bool> {
        let before = self.close.replace(close)?;
        if before == close {
            return None;
        }
        let up = close > before;
        let turned = self.up.is_some_and(|was| was != up);
        self.up = Some(up);
        turned.then_some(up)
    }
}

fn signal(
    cause: &CloudEvent,
    symbol: &str,
    up: bool,
    time: &str,
    price: &serde_json::Value,
    nth: u32,
) -> Draft {
    let nth_text = if nth == 1 {
        String::new()
    } else {
        nth.to_string()
    };
    let id = EventId::of(&[SOURCE, &cause.source, &cause.id, symbol, &nth_text]);
    let direction = if up { "LONG" } else { "SHORT" };
    let data = json!({
        "Symbol": symbol, "Signal": direction, "Timestamp": time, "Strategy": "turns", "Price": price,
    });
    Draft::new(
        EventType::StrategySignal,
        SOURCE,
        id,
        time,
        symbol,
        Some(cause),
        data,
    )
}
