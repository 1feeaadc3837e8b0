//! The full set of fields: what a schema cannot require of everybody, and `--strict` demands.

use ingenium_types::Payload;
use ingenium_types::event::{ExecutionType, MarketData};

/// The members that the full set has and a payload lacks.
pub(crate) fn missing(payload: &Payload) -> Vec<&'static str> {
    let fields = match payload {
        // A trade and a quote have no end: they are of one moment.
        Payload::IngestorData(data) if matches!(data.data, MarketData::Ohlc(_)) => {
            vec![("EndTimestamp", data.end_timestamp.is_some())]
        }
        Payload::StrategySignal(signal) => vec![("Timestamp", signal.timestamp.is_some())],
        Payload::PortfolioOrder(order) => vec![
            ("OrderId", order.order_id.is_some()),
            ("Timestamp", order.timestamp.is_some()),
        ],
        Payload::ExecutorExecution(execution) if execution.exec_type == ExecutionType::Trade => {
            vec![
                ("Commission", execution.commission.is_some()),
                (
                    "CommissionCurrency",
                    execution.commission_currency.is_some(),
                ),
                (
                    "CumulativeCommission",
                    execution.cumulative_commission.is_some(),
                ),
            ]
        }
        Payload::IngestorData(_) | Payload::PortfolioCancel(_) | Payload::ExecutorExecution(_) => {
            Vec::new()
        }
    };
    fields
        .into_iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(name, _)| name)
        .collect()
}
