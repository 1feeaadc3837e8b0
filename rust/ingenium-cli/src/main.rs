//! The ingenium command.
fn main() {}
