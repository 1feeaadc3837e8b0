//! An executor that fills at the next bar: MARKET at the open, LIMIT where the bar reaches it.

use std::collections::HashMap;

use ingenium_contract::CloudEvent;
use ingenium_runtime::clock;
use ingenium_types::event::{
    CancelEvent, MarketData, OhlcData, OrderEvent, OrderSide, OrderTimeInForce, OrderType,
};
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::draft::Draft;
use super::fault::Fault;
use super::intake::attribute;
use super::served::Behaviour;
use crate::stimulus::data_of;

/// What it emits as.
const SOURCE: &str = "/ingenium/executor/mutant";

/// How old an order may be for a venue, in nanoseconds.
const MOST_AGE: i64 = 30_000_000_000;

/// The orders.
#[derive(Debug, Default)]
pub(super) struct Executor {
    working: Vec<Working>,
    ended: HashMap<String, Working>,
}

#[derive(Debug, Clone)]
struct Working {
    id: String,
    order: OrderEvent,
    /// The quantity as it was written.
    quantity: String,
    cause: CloudEvent,
    filled: Decimal,
    reports: u32,
    answers: u32,
}

impl Behaviour for Executor {
    fn handle(&mut self, fault: Fault, event: &CloudEvent, payload: &Payload) -> Vec<Draft> {
        match payload {
            Payload::IngestorData(data) => match &data.data {
                MarketData::Ohlc(bar) => self.bar(fault, data.symbol.as_str(), bar, event),
                _ => Vec::new(),
            },
            Payload::PortfolioOrder(order) => self.order(fault, event, order),
            Payload::PortfolioCancel(cancel) => self.cancel(fault, event, cancel),
            Payload::StrategySignal(_) | Payload::ExecutorExecution(_) => Vec::new(),
        }
    }

    fn natural_key(&self, fault: Fault, payload: &Payload) -> Option<String> {
        match payload {
            Payload::PortfolioOrder(order) if !fault.is("M-NO-NATURAL-KEY") => {
                order.order_id.as_ref().map(ToString::to_string)
            }
            _ => None,
        }
    }

    fn conflict(&mut self, fault: Fault, event: &CloudEvent, payload: &Payload) -> Vec<Draft> {
        let Payload::PortfolioOrder(order) = payload else {
            return Vec::new();
        };
        if fault.is("M-ORDERID-TWICE") {
            return self.order(fault, event, order);
        }
        let mut answer = Working::new(event, order, 0);
        let time = time_of(event);
        let mut draft = answer.report(("REJECTED", "REJECTED"), None, &time);
        draft.data["RejectReason"] = json!("DUPLICATE_ORDER");
        let id = EventId::of(&[SOURCE, &event.source, &event.id]);
        draft.data["ExecutionId"] = json!(id.hex());
        draft
            .attributes
            .insert("id".to_owned(), json!(id.to_string()));
        vec![draft]
    }
}

impl Executor {
    fn order(&mut self, fault: Fault, event: &CloudEvent, order: &OrderEvent) -> Vec<Draft> {
        let seen = u32::try_from(self.working.len() + self.ended.len()).unwrap_or_default();
        let repeats = matches!(
            fault.name,
            "M-DUPLICATE-ACTS" | "M-DUPLICATE-ACTS-LATER" | "M-NO-NATURAL-KEY" | "M-ORDERID-TWICE"
        );
        let mut working = Working::new(event, order, if repeats { seen * 10 } else { 0 });
        let time = time_of(event);
        if fault.live && is_stale(fault, event) {
            if fault.is("M-DROPS-SIMULATED") {
                return Vec::new();
            }
            let mut draft = working.report(("REJECTED", "REJECTED"), None, &time);
            draft.data["RejectReason"] = json!("STALE_ORDER");
            self.ended.insert(working.id.clone(), working);
            return vec![draft];
        }
        let supported = matches!(order.type_, OrderType::Market | OrderType::Limit);
        let whole = order.quantity.get().fract().is_zero();
        if !supported || !whole {
            if fault.is("M-IGNORES-UNSUPPORTED") {
                return Vec::new();
            }
            if fault.is("M-STALLS-UNSUPPORTED") {
                return vec![working.report(("NEW", "NEW"), None, &time)];
            }
            let mut draft = working.report(("REJECTED", "REJECTED"), None, &time);
            draft.data["RejectReason"] = json!(if supported {
                "INCORRECT_QUANTITY"
            } else {
                "UNSUPPORTED_ORDER_TYPE"
            });
            self.ended.insert(working.id.clone(), working);
            return vec![spoilt(fault, draft)];
        }
        let draft = working.report(("NEW", "NEW"), None, &time);
        self.working.push(working);
        vec![spoilt(fault, draft)]
    }

    fn bar(
        &mut self,
        fault: Fault,
        symbol: &str,
        bar: &OhlcData,
        event: &CloudEvent,
    ) -> Vec<Draft> {
        if fault.is("M-NEVER-ENDS") {
            return Vec::new();
        }
        let time = time_of(event);
        let mut drafts = Vec::new();
        let (now, later): (Vec<Working>, Vec<Working>) = std::mem::take(&mut self.working)
            .into_iter()
            .partition(|working| working.order.symbol.as_str() == symbol);
        self.working = later;
        for mut working in now {
            let (reports, open) = working.meet(fault, bar, &time);
            drafts.extend(reports.into_iter().map(|draft| spoilt(fault, draft)));
            if open {
                self.working.push(working);
            } else {
                self.ended.insert(working.id.clone(), working);
            }
        }
        drafts
    }

    fn answering(working: &Working, event: &CloudEvent) -> Working {
        Working {
            cause: event.clone(),
            ..working.clone()
        }
    }

    fn cancel(&mut self, fault: Fault, event: &CloudEvent, cancel: &CancelEvent) -> Vec<Draft> {
        let id = cancel.order_id.to_string();
        let time = time_of(event);
        if let Some(at) = self.working.iter().position(|working| working.id == id) {
            let mut working = self.working.remove(at);
            let mut draft = working.report(("CANCELED", "CANCELED"), None, &time);
            draft.data["CancelReason"] = json!("USER");
            self.ended.insert(id, working);
            return vec![draft];
        }
        if fault.is("M-CANCELS-ALL") {
            return Vec::new();
        }
        let Some(working) = self.ended.get_mut(&id) else {
            return Vec::new();
        };
        let status = if working.filled.is_zero() {
            "REJECTED"
        } else {
            "FILLED"
        };
        // An answer belongs to the event that it answers.
        let mut answer = Self::answering(working, event);
        let mut draft = answer.report(("CANCEL_REJECTED", status), None, &time);
        draft.data["RejectReason"] = json!("TOO_LATE");
        working.answers = answer.answers;
        vec![draft]
    }
}

impl Working {
    fn new(event: &CloudEvent, order: &OrderEvent, reports: u32) -> Self {
        let bare: String = event.id.chars().filter(|c| *c != '-').take(36).collect();
        let id = order.order_id.as_ref().map_or(bare, ToString::to_string);
        Self {
            id,
            order: order.clone(),
            quantity: data_of(event)["Quantity"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            cause: event.clone(),
            filled: Decimal::ZERO,
            reports,
            answers: 0,
        }
    }

    /// What a bar does to the order, and whether it is open afterwards.
    fn meet(&mut self, fault: Fault, bar: &OhlcData, time: &str) -> (Vec<Draft>, bool) {
        let buys = self.order.side == OrderSide::Buy;
        let open = bar.open.get();
        let limit = self.order.limit_price.as_ref().map(|price| price.get());
        let price = match limit {
            _ if fault.is("M-IGNORES-LIMIT") => Some(open),
            None => Some(open),
            Some(limit) if buys && bar.low.get() <= limit => Some(limit.min(open)),
            Some(limit) if !buys && bar.high.get() >= limit => Some(limit.max(open)),
            Some(_) => None,
        };
        let Some(price) = price else {
            return (Vec::new(), true);
        };
        let wanted = self.order.quantity.get() - self.filled;
        let there = wanted.min(bar.volume.get());
        let whole = there == wanted;
        let tif = self.order.time_in_force;
        if tif == Some(OrderTimeInForce::Fok) && !whole && !fault.is("M-FOK-PARTIAL") {
            let mut draft = self.report(("CANCELED", "CANCELED"), None, time);
            draft.data["CancelReason"] = json!("FOK_UNFILLED");
            return (vec![draft], false);
        }
        let there = if fault.is("M-OVERFILLS") {
            there + Decimal::ONE
        } else {
            there
        };
        self.filled += there;
        let status = if whole { "FILLED" } else { "PARTIALLY_FILLED" };
        let mut drafts = vec![self.report(("TRADE", status), Some((there, price)), time)];
        if fault.is("M-CUMULATIVE-LIES") {
            drafts[0].data["LastQuantity"] = json!("4");
        }
        let cut = !whole && matches!(tif, Some(OrderTimeInForce::Ioc | OrderTimeInForce::Fok));
        if cut || fault.is("M-TWO-ENDS") {
            let mut draft = self.report(("CANCELED", "CANCELED"), None, time);
            draft.data["CancelReason"] = json!("IOC_REMAINDER");
            drafts.push(draft);
        }
        (drafts, !whole && !cut)
    }

    fn report(
        &mut self,
        (exec_type, status): (&str, &str),
        fill: Option<(Decimal, Decimal)>,
        time: &str,
    ) -> Draft {
        let answer = exec_type == "CANCEL_REJECTED";
        let nth = if answer {
            self.answers += 1;
            format!("answer {}", self.answers)
        } else {
            self.reports += 1;
            self.reports.to_string()
        };
        let id = EventId::of(&[SOURCE, &self.id, &nth]);
        let leaves = if matches!(status, "NEW" | "PARTIALLY_FILLED") {
            self.order.quantity.get() - self.filled
        } else {
            Decimal::ZERO
        };
        let mut data = json!({
            "OrderId": self.id, "ExecutionId": id.hex(), "Symbol": self.order.symbol.as_str(),
            "Side": self.order.side.as_str(), "ExecType": exec_type, "Status": status,
            "OrderQuantity": self.quantity, "CumulativeQuantity": text(self.filled), "LeavesQuantity": text(leaves),
            "Timestamp": time,
        });
        if let Some((quantity, price)) = fill {
            data["LastQuantity"] = json!(text(quantity));
            data["LastPrice"] = json!(text(price));
            data["Commission"] = json!("0");
            data["CommissionCurrency"] = json!("USD");
            data["CumulativeCommission"] = json!("0");
        }
        let key = attribute(&self.cause, "partitionkey").unwrap_or_else(|| "main".to_owned());
        Draft::new(
            EventType::ExecutorExecution,
            SOURCE,
            id,
            time,
            &key,
            Some(&self.cause),
            data,
        )
    }
}

/// Whether an order is not for a venue: of a run, a replay, or too old.
fn is_stale(fault: Fault, event: &CloudEvent) -> bool {
    let now = clock::now().as_nanoseconds();
    let age = |text: &str| {
        let at = text.parse::<UtcTimestamp>().ok();
        at.map_or(i64::MAX, |at| now - at.as_nanoseconds())
    };
    let simulated =
        attribute(event, "ingeniumrun").is_some() || attribute(event, "ingeniumreplay").is_some();
    let expired = attribute(event, "expirytime").is_some_and(|at| age(&at) > 0);
    (simulated && !fault.is("M-TRADES-SIMULATED"))
        || (expired && !fault.is("M-TRADES-EXPIRED"))
        || age(&time_of(event)) > MOST_AGE
        || fault.is("M-REFUSES-ALL")
}

fn spoilt(fault: Fault, mut draft: Draft) -> Draft {
    match fault.name {
        "M-OTHER-SIDE" => {
            let other = if draft.data["Side"] == "BUY" {
                "SELL"
            } else {
                "BUY"
            };
            draft.data["Side"] = json!(other);
        }
        "M-FLOAT" => {
            let text = draft.data["OrderQuantity"].as_str().unwrap_or_default();
            let float: f64 = text.parse().unwrap_or_default();
            draft.data["OrderQuantity"] = Value::String(float.to_string());
        }
        _ => {}
    }
    draft
}

fn text(value: Decimal) -> String {
    value.normalize().to_string()
}

fn time_of(event: &CloudEvent) -> String {
    event
        .time
        .as_ref()
        .map_or_else(String::new, |time| time.text().to_owned())
}
