//! Proves that the generated package of every language says the same as the schemas, and as every other language.
//!
//! Each package has a codec program: lines of JSON in, lines of JSON out ([`protocol`]). One driver asks all of them the
//! same questions ([`question`]) and compares the answers with the judge's ([`proof`]); the result is a matrix of
//! languages and proofs ([`matrix`]).

pub mod ajv;
pub mod codec;
pub mod evolution;
pub mod foreign;
pub mod matrix;
pub mod newcomer;
pub mod proof;
pub mod protocol;
pub mod question;
pub mod reproducer;
pub mod same;
pub mod strangers;
pub mod together;
pub mod workshop;

use std::path::{Path, PathBuf};

/// The repository.
#[must_use]
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}
