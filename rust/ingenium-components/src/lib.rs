//! Reference components: ingestor, strategy, portfolio and order executor.
//!
//! Each is an adapter: a typed configuration in, a role of `ingenium-trading` served by the SDK out.
//!
//! | Name | Reads | Emits |
//! |---|---|---|
//! | `ingestor/csv` | files of bars | `ingenium.ingestor.data` |
//! | `ingestor/replay` | a recording or a broker's store | the events in it, of the types configured |
//! | `strategy/rsi`, `strategy/sma-cross` | data | `ingenium.strategy.signal` |
//! | `portfolio/long-only` | data, signals, executions | `ingenium.portfolio.order` |
//! | `executor/paper` | data, orders | `ingenium.executor.execution` |

pub mod config;
pub mod executor;
pub mod ingestor;
pub mod portfolio;
pub mod registry;
pub mod replay;
pub mod strategy;

pub use config::ConfigError;
pub use registry::{Outcome, RunError, Surroundings, actor, config_schema, names, run};
