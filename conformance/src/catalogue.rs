//! The checks that the runner brings along, and the page of each.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use include_dir::{Dir, include_dir};

use crate::case::Case;

static CASES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/cases");
static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/checks");

/// The families, in the order in which they are done and reported.
pub const FAMILIES: [&str; 12] = [
    "env", "http", "rcv", "pay", "del", "cau", "ing", "str", "por", "exe", "ops", "brk",
];

/// All checks, by family and id.
///
/// # Errors
/// The file and the place where an embedded case is malformed.
pub fn cases() -> Result<Vec<Case>, String> {
    let mut all = Vec::new();
    for family in FAMILIES {
        let folder = CASES
            .get_dir(family)
            .ok_or_else(|| format!("conformance/cases/{family} is missing"))?;
        let mut files: Vec<_> = folder.files().collect();
        files.sort_by_key(|file| file.path());
        for file in files {
            let case = serde_json::from_slice(file.contents())
                .map_err(|error| format!("conformance/cases/{}: {error}", file.path().display()))?;
            all.push(case);
        }
    }
    Ok(all)
}

/// What a component can claim: what decides whether some check applies, and how it is stimulated.
#[must_use]
pub fn claims(cases: &[Case]) -> BTreeSet<&str> {
    let features = cases
        .iter()
        .flat_map(|case| [&case.claimed, &case.unless_claimed]);
    features
        .filter_map(Option::as_deref)
        .chain(
            cases
                .iter()
                .flat_map(|case| case.if_claimed.keys().map(String::as_str)),
        )
        .chain(["durable", "live", "replay"])
        .collect()
}

/// The checks that a contract's version asks for. Later ones are reported and not scored, so that a claim once made
/// stays true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// The contract's version.
    pub contract: String,
    /// The digest of its schemas.
    pub contract_digest: String,
    /// The ids of the checks.
    pub checks: Vec<String>,
}

/// What this contract asks for.
///
/// # Errors
/// Where the embedded file is malformed.
pub fn requirements() -> Result<Requirements, String> {
    serde_json::from_str(include_str!("../requirements/1.0.json"))
        .map_err(|error| format!("conformance/requirements/1.0.json: {error}"))
}

/// The page of a check: what, why, failing bytes, passing bytes, fix.
#[must_use]
pub fn page(id: &str) -> Option<&'static str> {
    PAGES.get_file(format!("{id}.md"))?.contents_utf8()
}
