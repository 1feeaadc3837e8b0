//! The real binary, as a person at a terminal or a script would call it.

mod bad_input;
mod conform;
mod generate;
mod hostile;
mod program;
mod recording;
mod reference;
mod schema;
mod up;
mod validate;
mod validate_many;
