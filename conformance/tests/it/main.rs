//! The judge is judged: every check is killed by the mutants that it names, and by no other.

mod at_url;
mod catalogue;
mod claims;
mod honesty;
mod passive;
mod report;
mod schema;
mod self_test;
