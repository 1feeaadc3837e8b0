//! Trading logic: known answers, and what holds for any input.

mod correction;
mod executor;
mod hold;
mod limit;
mod margin;
mod metric;
mod money;
mod portfolio;
mod position;
mod scene;
mod sizing;
mod venue;
