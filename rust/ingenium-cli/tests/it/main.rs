//! The real binary, as a person at a terminal or a script would call it.

mod backtest;
mod bad_input;
mod broker_settings;
mod brokers;
mod ci_kit;
mod conform;
mod conform_outputs;
mod formats;
mod generate;
mod golden;
mod hostile;
mod newcomer;
mod on_terminal;
mod program;
mod published;
mod recording;
mod reference;
mod replay;
mod schema;
mod store;
mod tap;
mod up;
mod validate;
mod validate_many;
mod watch;
