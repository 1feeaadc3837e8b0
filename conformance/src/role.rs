//! What a component is: which events it emits and which it receives.

use ingenium_types::EventType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a component does.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The world in, market data out; runs once.
    Ingestor,
    /// Market data in, signals out.
    Strategy,
    /// Signals and executions in, orders out.
    Portfolio,
    /// Orders in, executions out.
    Executor,
    /// Anything that emits events of the catalog by itself.
    Source,
    /// Anything that receives events and emits none.
    Sink,
    /// Takes events and delivers them to subscribers.
    Broker,
}

impl Role {
    /// All roles, in the order of a trade.
    pub const ALL: [Self; 7] = [
        Self::Ingestor,
        Self::Strategy,
        Self::Portfolio,
        Self::Executor,
        Self::Source,
        Self::Sink,
        Self::Broker,
    ];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingestor => "ingestor",
            Self::Strategy => "strategy",
            Self::Portfolio => "portfolio",
            Self::Executor => "executor",
            Self::Source => "source",
            Self::Sink => "sink",
            Self::Broker => "broker",
        }
    }

    /// Whether a component of this role may emit events of this type.
    #[must_use]
    pub fn may_emit(self, event_type: EventType) -> bool {
        matches!(self, Self::Source | Self::Broker) || event_type.emitted_by() == self.name()
    }

    /// Whether it is sent events.
    #[must_use]
    pub const fn receives(self) -> bool {
        !matches!(self, Self::Ingestor | Self::Source)
    }

    /// Whether it emits events.
    #[must_use]
    pub const fn emits(self) -> bool {
        !matches!(self, Self::Sink)
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|role| role.name()).collect();
            format!("`{text}` is no role: use one of {}", names.join(", "))
        })
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
