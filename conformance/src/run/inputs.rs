//! What the evidence borrows from: everything that a run has left.

use std::time::Duration;

use ingenium_types::scalar::UtcTimestamp;

use super::{Error, Options};
use crate::check::Evidence;
use crate::role::Role;
use crate::stage::Shared;
use crate::stimulus::Stimuli;
use crate::target;

/// How long a component may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// What a portfolio has to spend unless it says otherwise.
const CASH: &str = "100000";

/// What the evidence borrows from.
pub(super) struct Inputs {
    stimuli: Stimuli,
    pub(super) emissions: Vec<crate::emission::Emission>,
    pub(super) deliveries: Vec<crate::journal::Delivery>,
    /// How many emissions were more than is recorded.
    pub(super) refused: usize,
    telemetry: Vec<bytes::Bytes>,
    output: String,
    cash: rust_decimal::Decimal,
    is_durable: bool,
    patience: Duration,
    ready_within: Duration,
    started: UtcTimestamp,
    role: Role,
}

impl Inputs {
    pub(super) fn gather(
        shared: &Shared,
        options: &Options,
        started: UtcTimestamp,
        telemetry: Vec<bytes::Bytes>,
    ) -> Result<Self, Error> {
        let cash = options.cash.as_deref().unwrap_or(CASH);
        let cash = cash
            .parse()
            .map_err(|error| Error::Usage(format!("cash `{cash}`: {error}")))?;
        let instances = shared.instances.load(std::sync::atomic::Ordering::Relaxed);
        let logs = (0..instances)
            .filter_map(|instance| std::fs::read(target::log_file(&shared.output, instance)).ok());
        let output = logs.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Self {
            stimuli: shared.stimuli.clone(),
            emissions: shared.journal.take_emissions(),
            deliveries: shared.journal.take_deliveries(),
            refused: shared.journal.refused(),
            telemetry,
            output: output.collect(),
            cash,
            is_durable: options.claims.iter().any(|claim| claim == "durable"),
            patience: shared.patience,
            ready_within: options.ready_within.unwrap_or(READY_WITHIN),
            started,
            role: options.role,
        })
    }

    pub(super) fn evidence(&self) -> Evidence<'_> {
        let by_id = self
            .deliveries
            .iter()
            .rev()
            .filter_map(|sent| Some((sent.event.as_ref()?.id.as_str(), sent)))
            .collect();
        Evidence {
            role: self.role,
            stimuli: &self.stimuli,
            emissions: &self.emissions,
            deliveries: &self.deliveries,
            by_id,
            telemetry: &self.telemetry,
            output: &self.output,
            cash: self.cash,
            is_durable: self.is_durable,
            patience: self.patience,
            ready_within: self.ready_within,
            started: self.started,
        }
    }
}
