//! A portfolio that spends a third of its free cash on each LONG, and sells all on SHORT; with margin it sells as much
//! again.

use std::collections::HashMap;

use ingenium_contract::CloudEvent;
use ingenium_types::event::{
    ExecutionEvent, MarketData, OrderSide, OrderStatus, SignalDirection, SignalEvent,
};
use ingenium_types::id::EventId;
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;
use serde_json::json;

use super::draft::Draft;
use super::fault::Fault;
use super::intake::attribute;
use super::served::Behaviour;

/// What it emits as.
const SOURCE: &str = "/ingenium/portfolio/mutant";

/// Cash at the start.
const CASH: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

/// The account.
#[derive(Debug)]
pub(super) struct Portfolio {
    cash: Decimal,
    reserved: Decimal,
    prices: HashMap<String, Decimal>,
    held: HashMap<String, Decimal>,
    open: HashMap<String, Open>,
    ended: HashMap<String, Open>,
}

#[derive(Debug, Clone)]
struct Open {
    symbol: String,
    buys: bool,
    reserved: Decimal,
}

impl Default for Portfolio {
    fn default() -> Self {
        Self {
            cash: CASH,
            reserved: Decimal::ZERO,
            prices: HashMap::new(),
            held: HashMap::new(),
            open: HashMap::new(),
            ended: HashMap::new(),
        }
    }
}

impl Behaviour for Portfolio {
    fn handle(&mut self, fault: Fault, event: &CloudEvent, payload: &Payload) -> Vec<Draft> {
        match payload {
            Payload::IngestorData(data) => {
                if let MarketData::Ohlc(bar) = &data.data {
                    // The first price of a symbol will do: the runner's prices stand still, late ones do not.
                    self.prices
                        .entry(data.symbol.to_string())
                        .or_insert(bar.close.get());
                }
                Vec::new()
            }
            Payload::StrategySignal(signal) => self.signal(fault, event, signal),
            Payload::ExecutorExecution(execution) => {
                self.book(fault, execution);
                Vec::new()
            }
            Payload::PortfolioOrder(_) | Payload::PortfolioCancel(_) => Vec::new(),
        }
    }

    fn natural_key(&self, fault: Fault, payload: &Payload) -> Option<String> {
        match payload {
            Payload::ExecutorExecution(execution) if !fault.is("M-BOOKS-TWICE") => {
                Some(format!("{} {}", execution.order_id, execution.execution_id))
            }
            _ => None,
        }
    }
}

impl Portfolio {
    fn signal(&mut self, fault: Fault, event: &CloudEvent, signal: &SignalEvent) -> Vec<Draft> {
        let symbol = signal.symbol.as_str();
        let expired = attribute(event, "expirytime").is_some_and(|expiry| {
            event
                .time
                .as_ref()
                .is_some_and(|time| expiry.as_str() < time.text())
        });
        if expired && !fault.is("M-KEEPS-EXPIRED") {
            return Vec::new();
        }
        let held = self.held.get(symbol).copied().unwrap_or_default();
        let waiting = self.open.values().any(|open| open.symbol == symbol);
        match &signal.signal {
            // Only the signal that comes again meets its own order.
            SignalDirection::Long if waiting && fault.is("M-DUPLICATE-ACTS-LATER") => {
                vec![self.order(event, symbol, true, Decimal::ONE, Decimal::ZERO, "2")]
            }
            SignalDirection::Long
                if !waiting && (held.is_zero() || fault.margin && held < Decimal::ZERO) =>
            {
                self.buy(fault, event, symbol)
            }
            SignalDirection::Short if fault.margin && held >= Decimal::ZERO && !waiting => {
                let quantity = if fault.is("M-SELLS-ONE") {
                    Decimal::ONE
                } else {
                    held + self.third(fault, symbol)
                };
                vec![self.order(event, symbol, false, quantity, Decimal::ZERO, "1")]
            }
            SignalDirection::Short if held > Decimal::ZERO && !waiting => {
                let quantity = if fault.is("M-SELLS-ONE") {
                    Decimal::ONE
                } else {
                    held
                };
                vec![self.order(event, symbol, false, quantity, Decimal::ZERO, "1")]
            }
            SignalDirection::Short if fault.is("M-SELLS-SHORT") && !waiting => {
                let open = self.order(event, symbol, false, Decimal::TEN, Decimal::ZERO, "1");
                // It forgets at once that it has sold: a later LONG buys as if nothing had been.
                self.open.retain(|_, open| open.symbol != symbol);
                vec![open]
            }
            _ => Vec::new(),
        }
    }

    fn buy(&mut self, fault: Fault, event: &CloudEvent, symbol: &str) -> Vec<Draft> {
        let Some(price) = self.prices.get(symbol).copied() else {
            return Vec::new();
        };
        let held = self.held.get(symbol).copied().unwrap_or_default();
        let quantity = self.third(fault, symbol) - held;
        if quantity <= Decimal::ZERO {
            return Vec::new();
        }
        let cost = quantity * price;
        let mut drafts = vec![self.order(event, symbol, true, quantity, cost, "1")];
        match fault.name {
            "M-TWO-ORDERS" => {
                // Sent and forgotten: it does not even wait for what becomes of it.
                let (open, reserved) = (self.open.clone(), self.reserved);
                drafts.push(self.order(event, symbol, true, Decimal::ONE, price, "2"));
                (self.open, self.reserved) = (open, reserved);
            }
            "M-LIMIT-WITHOUT-PRICE" => drafts[0].data["Type"] = json!("LIMIT"),
            "M-FORGETS-LIMIT" => {
                drafts[0].data["Type"] = json!("LIMIT");
                let limit = (price * Decimal::TWO).normalize().to_string();
                drafts[0].data["LimitPrice"] = json!(limit);
            }
            "M-OTHER-SYMBOL" => {
                let mut other = drafts[0].clone();
                let id = EventId::of(&[SOURCE, &event.source, &event.id, symbol, "other"]);
                let stranger = format!("{symbol}X");
                other.data["Symbol"] = json!(stranger);
                other.data["OrderId"] = json!(id.hex());
                other
                    .attributes
                    .insert("id".to_owned(), json!(id.to_string()));
                other
                    .attributes
                    .insert("subject".to_owned(), json!(stranger));
                drafts.push(other);
            }
            _ => {}
        }
        drafts
    }

    /// How many a third of the free cash buys.
    fn third(&self, fault: Fault, symbol: &str) -> Decimal {
        let price = |symbol: &str| self.prices.get(symbol).copied().unwrap_or(Decimal::MAX);
        // What was sold short has to be bought back.
        let short = self.held.iter().filter(|(_, held)| **held < Decimal::ZERO);
        let owed: Decimal = short.map(|(symbol, held)| -*held * price(symbol)).sum();
        let free = if fault.is("M-OVERSPENDS") {
            CASH
        } else {
            self.cash - self.reserved - owed
        };
        (free / Decimal::from(3) / price(symbol)).floor()
    }

    fn order(
        &mut self,
        event: &CloudEvent,
        symbol: &str,
        buys: bool,
        quantity: Decimal,
        reserved: Decimal,
        nth: &str,
    ) -> Draft {
        let id = EventId::of(&[SOURCE, &event.source, &event.id, symbol, nth]);
        let time = event
            .time
            .as_ref()
            .map_or_else(String::new, |time| time.text().to_owned());
        let open = Open {
            symbol: symbol.to_owned(),
            buys,
            reserved,
        };
        self.reserved += reserved;
        self.open.insert(id.hex(), open);
        let data = json!({
            "Symbol": symbol, "Side": if buys { "BUY" } else { "SELL" }, "Quantity": quantity.normalize().to_string(),
            "Type": "MARKET", "OrderId": id.hex(), "Timestamp": time, "Portfolio": "main",
        });
        Draft::new(
            EventType::PortfolioOrder,
            SOURCE,
            id,
            &time,
            "main",
            Some(event),
            data,
        )
    }

    fn book(&mut self, fault: Fault, execution: &ExecutionEvent) {
        let key = execution.order_id.to_string();
        let known = self.open.get(&key).cloned();
        let stranger = Open {
            symbol: execution.symbol.to_string(),
            buys: execution.side == OrderSide::Buy,
            reserved: Decimal::ZERO,
        };
        let booked = self.ended.get(&key).cloned();
        let open = match (known, booked) {
            (Some(open), _) => open,
            (None, Some(open)) if fault.is("M-BOOKS-TWICE") => open,
            (None, _) if fault.is("M-BOOKS-STRANGERS") => stranger,
            (None, _) => return,
        };
        if let (Some(quantity), Some(price)) = (&execution.last_quantity, &execution.last_price) {
            let cost = quantity.get() * price.get();
            let held = self.held.entry(open.symbol.clone()).or_default();
            if open.buys {
                *held += quantity.get();
                self.cash -= cost;
            } else {
                *held -= quantity.get();
                self.cash += cost;
            }
        }
        if execution.leaves_quantity.get().is_zero() {
            let canceled = execution.status == OrderStatus::Canceled;
            if let Some(open) = self.open.remove(&key) {
                if !canceled || !fault.is("M-KEEPS-RESERVATION") {
                    self.reserved -= open.reserved;
                }
                self.ended.insert(key, open);
            }
        }
    }
}
