//! Trading logic: known answers, and what holds for any input.

mod executor;
mod metric;
mod portfolio;
mod position;
mod scene;
