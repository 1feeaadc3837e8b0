//! Orders and what executions say about them.

use ingenium_types::event::{ExecutionEvent, OrderEvent};
use rust_decimal::Decimal;

use super::window::Window;
use crate::case::Stream;
use crate::life::{Life, Told, is_answer};

/// What an order asked for.
#[derive(Debug)]
struct Asked {
    symbol: String,
    side: String,
    limit: Option<Decimal>,
}

#[derive(Debug, Default)]
struct Order {
    /// Nothing where the stream began after it.
    asked: Option<Asked>,
    life: Option<Life>,
}

/// The orders of a stream.
#[derive(Debug, Default)]
pub(super) struct Orders {
    known: Window<Order>,
}

/// What a rule says about one execution; nothing wrong where the list is empty.
pub(super) type Said = (Stream, Vec<String>);

impl Orders {
    pub(super) fn ask(&mut self, key: u64, order: &OrderEvent) {
        // What repeats an OrderId is answered DUPLICATE_ORDER, and changes nothing.
        if self
            .known
            .get(key)
            .is_some_and(|known| known.asked.is_some())
        {
            return;
        }
        let asked = Asked {
            symbol: order.symbol.as_str().to_owned(),
            side: order.side.as_str().to_owned(),
            limit: order.limit_price.map(|price| price.get()),
        };
        let order = Order {
            asked: Some(asked),
            life: None,
        };
        self.known.insert(key, order);
    }

    pub(super) fn tell(&mut self, key: u64, execution: &ExecutionEvent) -> Vec<Said> {
        if self.known.get(key).is_none() {
            self.known.insert(key, Order::default());
        }
        let Some(order) = self.known.get(key) else {
            return Vec::new();
        };
        let mut said = Vec::new();
        if let Some(asked) = &order.asked {
            said.push((Stream::SideAndSymbol, asked.differences(execution)));
            if let (Some(limit), Some(last)) = (asked.limit, execution.last_price) {
                let last = last.get();
                let buys = asked.side == "BUY";
                let broken = (buys && last > limit) || (!buys && last < limit);
                let problem = broken.then(|| format!("filled at {last}, the limit is {limit}"));
                said.push((Stream::LimitKept, problem.into_iter().collect()));
            }
        }
        let exec_type = execution.exec_type.to_string();
        let reason = execution.reject_reason.as_ref().map(ToString::to_string);
        if is_answer(Some(&exec_type), reason.as_deref()) {
            return said;
        }
        let status = execution.status.to_string();
        let told = Told {
            execution_id: execution.execution_id.as_str(),
            reference: execution
                .reference_execution_id
                .as_ref()
                .map(|id| id.as_str()),
            exec_type: &exec_type,
            status: &status,
            ordered: Some(execution.order_quantity.get()),
            cumulative: Some(execution.cumulative_quantity.get()),
            leaves: Some(execution.leaves_quantity.get()),
            last_quantity: execution.last_quantity.map(|quantity| quantity.get()),
            reconciled: execution.reconciled == Some(true),
        };
        let life = order.life.get_or_insert_with(|| match &order.asked {
            Some(_) => Life::default(),
            None => Life::joined_late(&told),
        });
        said.push((Stream::FillsAddUp, life.add_up(&told)));
        said.push((
            Stream::StatusMoves,
            life.move_on(&told).into_iter().collect(),
        ));
        said
    }
}

impl Asked {
    fn differences(&self, execution: &ExecutionEvent) -> Vec<String> {
        let pairs = [
            ("Symbol", execution.symbol.as_str(), self.symbol.as_str()),
            ("Side", execution.side.as_str(), self.side.as_str()),
        ];
        pairs
            .into_iter()
            .filter(|(_, found, asked)| found != asked)
            .map(|(name, found, asked)| format!("`{name}` is {found}, the order's is {asked}"))
            .collect()
    }
}
