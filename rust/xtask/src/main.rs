//! Developer commands: setup, generate, test; holds the tidy tests.
fn main() {}
