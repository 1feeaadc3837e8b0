//! Comparisons of attributes: `filter.attributes`, `exact`, `prefix` and `suffix`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ingenium_contract::attribute::essence;
use ingenium_contract::{Attribute, CloudEvent};

use super::Profile;
use super::time;
use super::verdict::Verdict;
use crate::trigger::object::{Invalid, invalid};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Exact,
    Prefix,
    Suffix,
}

/// Whether an event has all these attributes with these values; an empty one lets any value pass.
pub(in crate::trigger) fn attributes_pass(
    wanted: &BTreeMap<String, String>,
    event: &CloudEvent,
    profile: Profile,
) -> bool {
    Comparison::Exact.holds(wanted, event, profile)
}

/// Checks the names of attributes.
pub(in crate::trigger) fn check_attributes(
    wanted: &BTreeMap<String, String>,
    place: &str,
) -> Result<(), Invalid> {
    for name in wanted.keys() {
        let is_legal = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !is_legal {
            let name = name.escape_debug();
            return Err(invalid(
                format!("{place}.{name}"),
                format!("`{name}` is no attribute name"),
                "use lower-case letters and digits, a letter first",
            ));
        }
    }
    Ok(())
}

impl Comparison {
    pub(super) fn verdict(
        self,
        wanted: &BTreeMap<String, String>,
        event: &CloudEvent,
        profile: Profile,
    ) -> Verdict {
        // Knative's broker on channels leaves a filter with an empty value out.
        if profile == Profile::Mt && wanted.values().any(String::is_empty) {
            return Verdict::Undecided;
        }
        self.holds(wanted, event, profile).into()
    }

    fn holds(
        self,
        wanted: &BTreeMap<String, String>,
        event: &CloudEvent,
        profile: Profile,
    ) -> bool {
        wanted.iter().all(|(name, wanted)| {
            if wanted.is_empty() && profile == Profile::Kafka {
                return true; // not asked for
            }
            let Some(found) = Seen::of(event, name, profile) else {
                return false;
            };
            match (self, profile) {
                _ if wanted.is_empty() => profile != Profile::Mt || !found.text.is_empty(),
                // Go compares values, and a number is no text.
                (Self::Exact, Profile::Mt) => found.is_string && found.text == *wanted,
                (Self::Exact, _) => found.text == *wanted,
                (Self::Prefix, _) => found.text.starts_with(wanted),
                (Self::Suffix, _) => found.text.ends_with(wanted),
            }
        })
    }
}

/// An attribute as a filter sees it.
struct Seen<'a> {
    text: Cow<'a, str>,
    is_string: bool,
}

impl<'a> Seen<'a> {
    fn of(event: &'a CloudEvent, name: &str, profile: Profile) -> Option<Self> {
        if name == "time" {
            return time::seen(event.time.as_ref(), profile).map(Self::text);
        }
        let alias = || match (profile, name) {
            // The name in CloudEvents 0.3, which both of Knative's brokers know.
            (Profile::Kafka | Profile::Mt, "schemaurl") => {
                event.dataschema.as_deref().map(Cow::from)
            }
            (Profile::Mt, "datamediatype") => {
                event.datacontenttype.as_deref().map(essence).map(Cow::from)
            }
            _ => None,
        };
        Some(match event.attribute_value(name) {
            Some(Attribute::String(text)) => Self::text(Cow::Borrowed(text)),
            Some(other) => Self {
                text: Cow::Owned(other.to_string()),
                is_string: false,
            },
            None => Self::text(alias()?),
        })
    }

    const fn text(text: Cow<'a, str>) -> Self {
        Self {
            text,
            is_string: true,
        }
    }
}
