//! The events that make a role act: bars, signals, orders, executions, cancels.
//!
//! Everything follows from the run's token, the symbol and the day, so that a run can be repeated byte for byte.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use ingenium_contract::{CloudEvent, Time};
use ingenium_runtime::clock;
use ingenium_types::EventType;
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;
use serde_json::{Map, Value, json};

use crate::case::Outcome;
use crate::emission::Emission;
use crate::role::Role;

/// 2020-01-01T00:00:00Z in nanoseconds.
pub(crate) const RECORDED_START: i64 = 1_577_836_800_000_000_000;
/// A day in nanoseconds.
pub(crate) const DAY: i64 = 86_400_000_000_000;
const MINUTE: i64 = 60_000_000_000;
const TENTH: i64 = 100_000_000;

/// Bars of a tenth of a second that a live series has before now: more than a case sends at once, and two seconds are
/// not too old for an order.
const RECENT: i64 = 20;

/// Half waves of the default series, in bars.
///
/// Short ones first, so that a fast strategy acts soon; long ones later, so that RSI of 2 to 30 changes crosses 30 and
/// 70, and moving averages from 3/8 to 20/50 cross, several times.
const HALF_WAVES: [usize; 9] = [8, 8, 12, 12, 20, 20, 60, 60, 60];

/// Bars in the default series.
pub const BARS: usize = 260;

/// The day on which every series begins: what is dated before it comes late.
pub const FIRST_DAY: usize = 1;

/// The price that portfolios and executors see, in the series that only keeps them going.
pub const PRICE: &str = "10.00";

/// Members of a payload that differ; `null` removes one.
pub type Changes = BTreeMap<String, Value>;

/// Where in time and in which run the events are.
#[derive(Debug, Clone)]
pub struct Stimuli {
    /// The run's token: part of every id and symbol.
    pub token: String,
    /// The start of day 0, in nanoseconds.
    start: i64,
    /// The length of a bar, in nanoseconds.
    step: i64,
    /// The same as a period.
    period: &'static str,
    /// What `ingeniumrun` says; live components get none.
    run: Option<String>,
    /// Where series begin when they are first asked for, by symbol: for roles whose input must be recent.
    recent: Option<Arc<Mutex<HashMap<String, i64>>>>,
}

impl Stimuli {
    /// Daily bars from 2020 on, in a simulated run.
    #[must_use]
    pub fn recorded(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            start: RECORDED_START,
            step: DAY,
            period: "1d",
            run: Some(format!("conformance-{token}")),
            recent: None,
        }
    }

    /// Bars that end about now, without a run: for components that judge times against the clock.
    ///
    /// A strategy gets a long series of bars of a minute. A portfolio and an executor, who may refuse signals and orders
    /// that are seconds old, get short series, each of which begins two seconds before it is first used.
    #[must_use]
    pub fn live(token: &str, now: UtcTimestamp, role: Role) -> Self {
        if matches!(role, Role::Portfolio | Role::Executor) {
            return Self {
                token: token.to_owned(),
                start: now.as_nanoseconds() - RECENT * TENTH,
                step: TENTH,
                period: "100ms",
                run: None,
                recent: Some(Arc::default()),
            };
        }
        let bars = i64::try_from(BARS + 10).unwrap_or(300);
        Self {
            token: token.to_owned(),
            start: now.as_nanoseconds() / MINUTE * MINUTE - bars * MINUTE,
            step: MINUTE,
            period: "1m",
            run: None,
            recent: None,
        }
    }

    /// Whether times are judged against the clock.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.run.is_none()
    }

    /// The instant at which `day` of a symbol's series begins, as text.
    #[must_use]
    pub fn instant(&self, symbol: &str, day: usize) -> String {
        self.moment(symbol, day)
            .map_or_else(String::new, |at| at.to_string())
    }

    fn moment(&self, symbol: &str, day: usize) -> Option<UtcTimestamp> {
        let day = i64::try_from(day).ok()?;
        UtcTimestamp::from_nanoseconds(self.start_of(symbol) + day * self.step)
    }

    /// Where the series of a symbol begins.
    fn start_of(&self, symbol: &str) -> i64 {
        let Some(recent) = &self.recent else {
            return self.start;
        };
        let mut recent = recent
            .lock()
            .expect("no code panics while it holds this lock");
        *recent.entry(symbol.to_owned()).or_insert_with(|| {
            let now = clock::now().as_nanoseconds();
            // Whole tenths: what a component cuts from a timestamp must not change it.
            now / TENTH * TENTH - RECENT * TENTH
        })
    }

    /// The symbol that a case calls `letter`.
    #[must_use]
    pub fn symbol(&self, case: &str, letter: &str) -> String {
        format!("{}.{letter}", self.case(case))
    }

    /// The same, with series that begin when they are next asked for.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self {
            recent: self.recent.as_ref().map(|_| Arc::default()),
            ..self.clone()
        }
    }

    /// What the symbols of a case begin with, up to their last dot.
    #[must_use]
    pub fn case(&self, case: &str) -> String {
        format!("{}.{case}", self.token)
    }

    /// The bar of `day` in the default series, which begins on [`FIRST_DAY`].
    #[must_use]
    pub fn wave(&self, symbol: &str, day: usize) -> CloudEvent {
        let index = day.saturating_sub(FIRST_DAY);
        let (open, close) = (level(index), level(index + 1));
        let price = |cents: usize| json!(format!("{}.{:02}", cents / 100, cents % 100));
        let prices = BTreeMap::from([
            ("Open".to_owned(), price(open)),
            ("High".to_owned(), price(open.max(close) + 25)),
            ("Low".to_owned(), price(open.min(close) - 25)),
            ("Close".to_owned(), price(close)),
        ]);
        self.bar(symbol, day, &prices)
    }

    /// The bar of `day` around [`PRICE`], with ample volume; `changes` apply to the bar's own members.
    #[must_use]
    pub fn bar(&self, symbol: &str, day: usize, changes: &Changes) -> CloudEvent {
        let mut bar = json!({
            "Open": PRICE, "High": "10.50", "Low": "9.50", "Close": PRICE, "Volume": "1000000", "Period": self.period,
        });
        change(&mut bar, changes);
        let is_final = bar.get("Final") != Some(&json!(false));
        let data = json!({
            "Type": "data.type.ohlc", "Symbol": symbol, "Timestamp": self.instant(symbol, day),
            "EndTimestamp": self.instant(symbol, day + 1), "Data": bar,
        });
        let words = [
            "data.type.ohlc",
            symbol,
            self.period,
            &self.instant(symbol, day),
            if is_final { "true" } else { "false" },
            "",
        ];
        self.event(
            EventType::IngestorData,
            "ingestor",
            &words,
            symbol,
            day + 1,
            &data,
        )
    }

    /// A data event whose `Type` no contract knows.
    #[must_use]
    pub fn unknown_data(&self, symbol: &str, day: usize) -> CloudEvent {
        let data = json!({
            "Type": "data.type.x-weather", "Symbol": symbol, "Timestamp": self.instant(symbol, day),
            "Data": {"Celsius": "21.5"},
        });
        let words = ["data.type.x-weather", symbol, &self.instant(symbol, day)];
        self.event(
            EventType::IngestorData,
            "ingestor",
            &words,
            symbol,
            day + 1,
            &data,
        )
    }

    /// A LONG signal after the bar before `day`; `nth` tells signals of one day apart.
    #[must_use]
    pub fn signal(&self, symbol: &str, day: usize, nth: usize, changes: &Changes) -> CloudEvent {
        let mut data = json!({
            "Symbol": symbol, "Signal": "LONG", "Timestamp": self.instant(symbol, day), "Strategy": "conformance",
        });
        change(&mut data, changes);
        let words = [
            "signal",
            symbol,
            &self.instant(symbol, day),
            &nth.to_string(),
        ];
        self.effect(
            EventType::StrategySignal,
            "strategy",
            &words,
            symbol,
            day,
            &data,
        )
    }

    /// A MARKET order for 10 after the bar before `day`; `nth` tells orders of one day apart.
    #[must_use]
    pub fn order(&self, symbol: &str, day: usize, nth: usize, changes: &Changes) -> CloudEvent {
        let at = self.instant(symbol, day);
        let words = ["order", symbol, &at, &nth.to_string()];
        let id = EventId::of(&self.words("portfolio", &words));
        let mut data = json!({
            "Symbol": symbol, "Side": "BUY", "Quantity": "10", "Type": "MARKET", "OrderId": id.hex(),
            "Timestamp": at, "Portfolio": "main",
        });
        change(&mut data, changes);
        self.effect(
            EventType::PortfolioOrder,
            "portfolio",
            &words,
            symbol,
            day,
            &data,
        )
    }

    /// A cancel of `order`.
    #[must_use]
    pub fn cancel(&self, order: &CloudEvent, day: usize, changes: &Changes) -> CloudEvent {
        let stated = data_of(order);
        let member = |name: &str| stated.get(name).cloned().unwrap_or_default();
        let symbol = member("Symbol").as_str().unwrap_or_default().to_owned();
        let words = ["cancel", &order.id, &self.instant(&symbol, day)];
        let id = EventId::of(&self.words("portfolio", &words));
        let mut data = json!({
            "OrderId": member("OrderId"), "CancelId": id.hex(), "Symbol": symbol, "Side": member("Side"),
            "OrderQuantity": member("Quantity"), "Timestamp": self.instant(&symbol, day),
        });
        change(&mut data, changes);
        self.effect(
            EventType::PortfolioCancel,
            "portfolio",
            &words,
            &symbol,
            day,
            &data,
        )
    }

    /// An execution that answers an order of the portfolio's.
    #[must_use]
    pub fn execution(
        &self,
        order: &Emission,
        outcome: Outcome,
        (day, nth): (usize, usize),
        changes: &Changes,
    ) -> CloudEvent {
        let member = |name: &str| order.loose.data.get(name).cloned().unwrap_or_default();
        let id = order.attribute("id").unwrap_or_default();
        let symbol = order.symbol().unwrap_or_default();
        let quantity = member("Quantity").as_str().unwrap_or("1").to_owned();
        // An order without an OrderId is known by its event (contract, "Deterministic ids").
        let order_id = match member("OrderId") {
            Value::String(stated) => stated,
            _ => id.chars().filter(|c| *c != '-').take(36).collect(),
        };
        let words = [
            "execution",
            &order_id,
            &self.instant(&symbol, day),
            &nth.to_string(),
        ];
        let execution_id = EventId::of(&self.words("executor", &words));
        let mut data = json!({
            "OrderId": order_id, "ExecutionId": execution_id.hex(), "Symbol": symbol, "Side": member("Side"),
            "OrderQuantity": quantity, "Timestamp": self.instant(&symbol, day),
        });
        let (exec_type, status, cumulative, leaves) = match outcome {
            Outcome::Filled => ("TRADE", "FILLED", quantity.as_str(), "0"),
            Outcome::Rejected => ("REJECTED", "REJECTED", "0", "0"),
            Outcome::Canceled => ("CANCELED", "CANCELED", "0", "0"),
        };
        data["ExecType"] = json!(exec_type);
        data["Status"] = json!(status);
        data["CumulativeQuantity"] = json!(cumulative);
        data["LeavesQuantity"] = json!(leaves);
        match outcome {
            Outcome::Filled => {
                data["LastQuantity"] = json!(quantity);
                data["LastPrice"] = json!(PRICE);
            }
            Outcome::Rejected => data["RejectReason"] = json!("EXCHANGE_CLOSED"),
            Outcome::Canceled => data["CancelReason"] = json!("VENUE"),
        }
        change(&mut data, changes);
        let mut event = self.effect(
            EventType::ExecutorExecution,
            "executor",
            &words,
            &symbol,
            day,
            &data,
        );
        event.set_extension("causationid", id);
        if let Some(key) = order.attribute("partitionkey") {
            event.set_extension("partitionkey", key);
        }
        if let Some(correlation) = order.attribute("correlationid") {
            event.set_extension("correlationid", correlation);
        }
        event
    }

    /// The same payload as a new event.
    #[must_use]
    pub fn again(&self, event: &CloudEvent, nth: usize, changes: &Changes) -> CloudEvent {
        let mut data = data_of(event);
        change(&mut data, changes);
        let id = EventId::of(&[&self.token, &event.id, "again", &nth.to_string()]);
        CloudEvent {
            id: id.to_string(),
            data: Some(ingenium_contract::event::Data::Json(text(&data).into())),
            ..event.clone()
        }
    }

    fn words<'a>(&'a self, role: &'a str, words: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["conformance", role, self.token.as_str()];
        all.extend_from_slice(words);
        all
    }

    /// An event that something else has led to: it is correlated with the bar before it.
    fn effect(
        &self,
        event_type: EventType,
        role: &str,
        words: &[&str],
        symbol: &str,
        day: usize,
        data: &Value,
    ) -> CloudEvent {
        let mut event = self.event(event_type, role, words, symbol, day, data);
        let cause = self.bar(symbol, day.saturating_sub(1), &Changes::new()).id;
        event.set_extension("correlationid", cause.as_str());
        event.set_extension("causationid", cause.as_str());
        event
    }

    fn event(
        &self,
        event_type: EventType,
        role: &str,
        words: &[&str],
        symbol: &str,
        day: usize,
        data: &Value,
    ) -> CloudEvent {
        let id = EventId::of(&self.words(role, words));
        let source = format!("/ingenium/{role}/conformance");
        let mut event = CloudEvent::json(id.to_string(), source, event_type.as_str(), text(data));
        event.subject = Some(symbol.to_owned());
        event.time = self.moment(symbol, day).map(Time::from);
        event.dataschema = Some(event_type.schema_id().to_owned());
        let key = match event_type {
            EventType::PortfolioOrder
            | EventType::PortfolioCancel
            | EventType::ExecutorExecution => "main",
            EventType::IngestorData | EventType::StrategySignal => symbol,
        };
        event.set_extension("partitionkey", key);
        event.set_extension(
            "traceparent",
            format!("00-{}-{}-01", id.hex(), id.parent_id()),
        );
        if let Some(run) = &self.run {
            event.set_extension("ingeniumrun", run.as_str());
        }
        event
    }
}

/// The level of the default series before bar number `day`, in hundredths: half a unit a bar, up and down.
fn level(day: usize) -> usize {
    let (mut left, mut level, mut falls) = (day, 12_000_usize, true);
    let mut waves = HALF_WAVES.iter().copied().cycle();
    while left > 0 {
        let run = waves.next().unwrap_or(left).min(left);
        level = if falls {
            level - 50 * run
        } else {
            level + 50 * run
        };
        left -= run;
        falls = !falls;
    }
    level
}

/// The data of an event as a tree.
#[must_use]
pub fn data_of(event: &CloudEvent) -> Value {
    event
        .json_data()
        .and_then(|bytes| serde_json::from_slice(bytes).ok())
        .unwrap_or_default()
}

/// Applies changes to an object; `null` removes a member.
pub fn change(object: &mut Value, changes: &Changes) {
    let Some(members) = object.as_object_mut() else {
        return;
    };
    apply(members, changes);
}

fn apply(members: &mut Map<String, Value>, changes: &Changes) {
    for (name, value) in changes {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}

/// JSON as bytes.
#[must_use]
pub fn text(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
