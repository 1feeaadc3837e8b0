//! Filters of Triggers (`spec.filters`): which events pass.

mod attribute;
pub mod cesql;
mod check;
mod json;
mod time;
mod tree;
mod verdict;

use std::collections::BTreeMap;

use ingenium_contract::CloudEvent;

use self::attribute::Comparison;
pub(super) use self::attribute::{attributes_pass, check_attributes};
use self::cesql::{Expression, Value};
pub(super) use self::check::check_filters;
pub use self::check::{MAX_DEPTH, MAX_FILTERS};
pub(super) use self::json::{read_attributes, read_filters};
pub(super) use self::tree::Tree;
use self::verdict::Verdict;
use super::{Invalid, Profile};

/// A filter: one dialect and what it asks for.
///
/// Names of attributes are lower-case letters and digits with a letter first, comparisons are case-sensitive, and an
/// attribute that an event does not have fails each of them. What profiles make of the rest is in
/// `docs/reference/trigger-filters.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Each attribute has this value.
    Exact(BTreeMap<String, String>),
    /// The value of each attribute starts with this text.
    Prefix(BTreeMap<String, String>),
    /// The value of each attribute ends with this text.
    Suffix(BTreeMap<String, String>),
    /// All of these pass.
    All(Vec<Self>),
    /// One of these passes.
    Any(Vec<Self>),
    /// This does not pass.
    Not(Box<Self>),
    /// The expression is true.
    CeSql(Expression),
}

impl Filter {
    /// Whether the event passes.
    #[must_use]
    pub fn passes(&self, event: &CloudEvent, profile: Profile) -> bool {
        self.verdict(event, profile) != Verdict::Fail
    }

    /// Reads filters as `spec.filters` of a Trigger has them.
    ///
    /// # Errors
    /// The first that cannot be used, by its place in `filter`.
    pub fn list_from_json(json: &[u8]) -> Result<Vec<Self>, Invalid> {
        let tree = serde_json::from_slice(json).map_err(|error| Invalid {
            field: "filter".to_owned(),
            problem: format!("it is no JSON: {error}"),
            fix: "send a list of filters such as `[{\"exact\":{\"type\":\"com.example.order\"}}]`"
                .to_owned(),
        })?;
        let filters = read_filters(tree, "filter")?;
        check_filters(&filters, "filter")?;
        Ok(filters)
    }

    fn verdict(&self, event: &CloudEvent, profile: Profile) -> Verdict {
        match self {
            Self::Exact(wanted) => Comparison::Exact.verdict(wanted, event, profile),
            Self::Prefix(wanted) => Comparison::Prefix.verdict(wanted, event, profile),
            Self::Suffix(wanted) => Comparison::Suffix.verdict(wanted, event, profile),
            Self::All(filters) => {
                Verdict::all(filters.iter().map(|filter| filter.verdict(event, profile)))
            }
            Self::Any(filters) => {
                Verdict::any(filters.iter().map(|filter| filter.verdict(event, profile)))
            }
            Self::Not(filter) => filter.verdict(event, profile).not(),
            Self::CeSql(expression) => is_true(expression, event, profile).into(),
        }
    }
}

/// Whether an event passes filters that must all pass.
#[must_use]
pub fn all_pass(filters: &[Filter], event: &CloudEvent, profile: Profile) -> bool {
    let verdicts = filters.iter().map(|filter| filter.verdict(event, profile));
    Verdict::all(verdicts) != Verdict::Fail
}

/// Whether an expression lets an event pass: without an error, and the value is the Boolean true (clause 1.2). Knative's
/// broker on Kafka takes what the value can be cast to, whatever the errors.
fn is_true(expression: &Expression, event: &CloudEvent, profile: Profile) -> bool {
    let evaluation = expression.evaluate(event, profile);
    match profile {
        Profile::Kafka => evaluation.value.to_boolean().is_ok_and(|value| value),
        Profile::Mt | Profile::Ingenium => {
            evaluation.errors.is_empty() && evaluation.value == Value::Boolean(true)
        }
    }
}
