//! Checks as data: one file a check under `conformance/cases/`.
//!
//! A case says what is done to a component ([`Step`]) and what must hold ([`Expect`]). What data cannot say is a
//! function that an expectation or a step names.

mod expect;
mod step;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use expect::{Between, Expect, Ingested, Pattern, Status, Stream};
pub use step::{Awaited, End, Event, Fixture, Manner, Mode, Outcome, RawMessage, Sent, Step, Trip};

use crate::broker::row::Row;
use crate::role::Role;

/// How much a check weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A violation fails the run.
    Must,
    /// A violation is a warning.
    Should,
    /// Nothing fails: it is measured and reported.
    Info,
}

/// How much a component claims.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Profile {
    /// The wire: envelopes, payloads, HTTP.
    L1,
    /// And delivery: duplicates, retries, restarts, load.
    L2,
    /// And trading: causality and what the role promises.
    L3,
}

impl std::str::FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "L1" | "l1" => Ok(Self::L1),
            "L2" | "l2" => Ok(Self::L2),
            "L3" | "l3" => Ok(Self::L3),
            other => Err(format!("`{other}` is no profile: use L1, L2 or L3")),
        }
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
        })
    }
}

/// Which process a case is done to. Cases of one instance follow each other; instances run beside each other.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Instance {
    /// The one that most cases share.
    #[default]
    Shared,
    /// The one whose sink misbehaves.
    Delivery,
    /// The one whose sink takes its time, so that nobody else waits for it.
    Slow,
    /// A process of its own.
    Own,
}

/// A clause that a check comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Document and place.
    pub text: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The stable id, such as `ENV-01`.
    pub id: String,
    /// What holds when the check passes.
    pub title: String,
    /// How much it weighs.
    pub level: Level,
    /// The roles that it applies to.
    pub roles: Vec<Role>,
    /// The lowest profile that contains it.
    pub profile: Profile,
    /// The contract version that introduced it.
    pub since: String,
    /// The clauses that it comes from.
    pub spec: Vec<Clause>,
    /// The process that it is done to.
    #[serde(default)]
    pub instance: Instance,
    /// What is done to the component. Events of a case have symbols of their own.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must hold, all of it.
    #[serde(default)]
    pub expect: Vec<Expect>,
    /// What must hold, too, with `--strict`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strictly: Vec<Expect>,
    /// What a broker is asked, row by row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
    /// Roles whose steps and expectations are others.
    #[serde(default)]
    pub variants: BTreeMap<Role, Variant>,
    /// Features whose claim changes what is done and what must hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub if_claimed: BTreeMap<String, Variant>,
    /// What to do about a failure.
    pub hint: String,
    /// The check is not exercised, instead of inconclusive, when no emission concerns it.
    #[serde(default)]
    pub conditional: bool,
    /// It applies only to components that claim this feature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<String>,
    /// It does not apply to components that claim this feature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless_claimed: Option<String>,
    /// Broken components that fail this check.
    pub killed_by: Vec<String>,
}

/// What one role, or a component that claims a feature, is asked instead.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What is done to it.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must hold; absent: what holds for the others.
    #[serde(default)]
    pub expect: Option<Vec<Expect>>,
}

impl Case {
    /// The case as it is for one role.
    #[must_use]
    pub fn of(mut self, role: Role) -> Self {
        let variant = self.variants.remove(&role);
        self.varied(variant)
    }

    /// The case as it is for a component that claims these features.
    #[must_use]
    pub fn claiming(mut self, claims: &[String]) -> Self {
        let claimed = claims.iter().find_map(|name| self.if_claimed.remove(name));
        self.varied(claimed)
    }

    fn varied(mut self, variant: Option<Variant>) -> Self {
        if let Some(variant) = variant {
            self.steps = variant.steps;
            if let Some(expect) = variant.expect {
                self.expect = expect;
            }
        }
        self
    }

    /// The case as it is with `--strict`.
    #[must_use]
    pub fn strictly(mut self) -> Self {
        self.expect.append(&mut self.strictly);
        self
    }
}
