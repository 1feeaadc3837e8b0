//! Trading logic: known answers, and what holds for any input.

mod any_market;
mod correction;
mod executor;
mod executor_lifetime;
mod executor_model;
mod executor_property;
mod executor_refusal;
mod executor_session;
mod executor_type;
mod hold;
mod indicator;
mod limit;
mod margin;
mod market;
mod metric;
mod money;
mod order;
mod portfolio;
mod position;
mod scene;
mod sizing;
mod strategy;
mod venue;
