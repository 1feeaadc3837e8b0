//! The judge is judged: every check is killed by the mutants that it names, and by no other.

mod catalogue;
mod self_test;
