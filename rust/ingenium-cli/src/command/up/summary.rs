//! What a run came to: a fold over the stored events.

use std::collections::BTreeMap;

use ingenium_broker::Handle;
use ingenium_contract::finding::is_valid;
use ingenium_contract::judge;
use ingenium_trading::portfolio::Ledger;
use ingenium_types::fingerprint::{Line, fingerprint};
use ingenium_types::{EventType, View};
use serde::Serialize;

use super::settings::Settings;
use crate::exit::{Code, Failure};

/// The last line of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    pub(crate) kind: &'static str,
    pub(crate) bars: u64,
    pub(crate) signals: u64,
    pub(crate) orders: u64,
    pub(crate) executions: u64,
    pub(crate) invalid: u64,
    pub(crate) late: u64,
    pub(crate) dead_letters: u64,
    pub(crate) cash: String,
    pub(crate) equity: String,
    pub(crate) fingerprint: String,
    /// Each delivery that was given up.
    #[serde(skip)]
    pub(crate) given_up: Vec<String>,
    /// The first findings about stored events.
    #[serde(skip)]
    pub(crate) findings: Vec<String>,
}

impl Summary {
    /// Whether every event was valid, in its place and delivered.
    pub(crate) fn is_clean(&self) -> bool {
        self.invalid == 0 && self.late == 0 && self.dead_letters == 0
    }
}

/// Reads every stored event, judges it strictly, and adds it up.
pub(crate) async fn summarise(broker: &Handle, settings: &Settings) -> Result<Summary, Failure> {
    let mut counts: BTreeMap<EventType, u64> = BTreeMap::new();
    let mut lines = Vec::new();
    let mut invalid = 0;
    let mut findings = Vec::new();
    let mut ledger = Ledger::new(settings.cash.get());
    let mut failure = None;
    broker
        .for_each_event(|stored| {
            let event = &stored.event;
            let (payload, found) = judge(event, View::Strict);
            if !is_valid(&found) {
                invalid += 1;
                let first = found.first().map_or_else(String::new, |finding| {
                    format!("{} {}", finding.rule, finding.message)
                });
                findings.push(format!("event {} of {}: {first}", event.id, event.source));
            }
            let data = event.json_data().map(|data| data.as_ref());
            match Line::new(
                &event.type_,
                event.subject.as_deref(),
                event.instant(),
                data,
            ) {
                Ok(line) => lines.push(line),
                Err(error) => failure = Some(Failure::internal(error)),
            }
            if let Some(payload) = payload {
                *counts.entry(payload.event_type()).or_default() += 1;
                if ledger.apply(&payload).is_err() {
                    let message = format!(
                        "event {}: an amount needs more digits than a decimal holds",
                        event.id
                    );
                    failure = Some(Failure::new(Code::Bad, message));
                }
            }
        })
        .await
        .map_err(Failure::internal)?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    let count = |event_type| counts.get(&event_type).copied().unwrap_or_default();
    let broker_counts = broker.counts();
    let equity = ledger.equity().map_err(Failure::internal)?;
    let dead_letters = broker.dead_letters().await.map_err(Failure::internal)?;
    Ok(Summary {
        kind: "summary",
        bars: count(EventType::IngestorData),
        signals: count(EventType::StrategySignal),
        orders: count(EventType::PortfolioOrder),
        executions: count(EventType::ExecutorExecution),
        invalid,
        late: broker_counts.late,
        dead_letters: broker_counts.dead_letters,
        cash: ledger.cash().normalize().to_string(),
        equity: equity.normalize().to_string(),
        fingerprint: fingerprint(lines),
        given_up: dead_letters.iter().map(ToString::to_string).collect(),
        findings,
    })
}
