//! What differs between two payloads, member by member.

use serde_json::Value;

use super::shape::{branches, form, members, plain, required, shape, values};
use super::{Change, Kind};
use crate::compat::contract::Schemas;

/// Bundles are nested so deep.
const MAX_DEPTH: usize = 32;

/// Changes of the payload.
pub(in crate::compat) fn payload(before: &Schemas, after: &Schemas) -> Vec<Change> {
    let mut changes = Changes { all: Vec::new() };
    let strict = Pair {
        before: &before.strict,
        after: &after.strict,
    };
    changes.object(strict, &before.strict, &after.strict, "", 0);
    let reader = Pair {
        before: &before.reader,
        after: &after.reader,
    };
    changes.extensible(strict, reader);
    changes.all
}

/// The two bundles in which references are looked up.
#[derive(Clone, Copy)]
struct Pair<'a> {
    before: &'a Value,
    after: &'a Value,
}

struct Changes {
    all: Vec<Change>,
}

impl Changes {
    fn say(&mut self, kind: Kind, pointer: &str, message: impl Into<String>) {
        self.all.push(Change::new(kind, pointer, message));
    }

    fn object(&mut self, roots: Pair<'_>, old: &Value, new: &Value, at: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let (olds, news) = (members(old), members(new));
        let (old_required, new_required) = (required(old), required(new));
        for (&name, &member) in &news {
            let pointer = format!("{at}/properties/{name}");
            match olds.get(name) {
                Some(before) => self.member(roots, before, member, &pointer, depth),
                None => {
                    let kind = if new_required.contains(&name) {
                        "required"
                    } else {
                        "optional"
                    };
                    self.say(
                        Kind::PropertyAdded,
                        &pointer,
                        format!("`{name}` is new, {kind}"),
                    );
                }
            }
            let (was, is) = (old_required.contains(&name), new_required.contains(&name));
            if is && !was {
                self.say(
                    Kind::RequiredAdded,
                    &pointer,
                    format!("`{name}` became required"),
                );
            }
            if was && !is {
                self.say(
                    Kind::RequiredRemoved,
                    &pointer,
                    format!("`{name}` became optional"),
                );
            }
        }
        for name in olds.keys().filter(|name| !news.contains_key(*name)) {
            let pointer = format!("{at}/properties/{name}");
            self.say(Kind::PropertyRemoved, &pointer, format!("`{name}` is gone"));
        }
        self.branches(roots, old, new, at, depth);
    }

    fn member(&mut self, roots: Pair<'_>, old: &Value, new: &Value, at: &str, depth: usize) {
        let (old, new) = (plain(old, roots.before, 0), plain(new, roots.after, 0));
        if old == new {
            return;
        }
        match (values(&old), values(&new)) {
            (Some(olds), Some(news)) => {
                for value in news.iter().filter(|value| !olds.contains(value)) {
                    self.say(Kind::EnumValueAdded, at, format!("{value} is new"));
                }
                for value in olds.iter().filter(|value| !news.contains(value)) {
                    self.say(Kind::EnumValueRemoved, at, format!("{value} is gone"));
                }
                return;
            }
            (None, None) => {}
            _ => {
                let message = format!("{} became {}", shape(&old), shape(&new));
                self.say(Kind::TypeChanged, at, message);
                return;
            }
        }
        let (before, after) = (shape(&old), shape(&new));
        match (before, after) {
            ("an object", "an object") => self.object(roots, &old, &new, at, depth + 1),
            ("a text", "a text") => {
                let message = format!("{} became {}", form(&old), form(&new));
                self.say(Kind::PatternChanged, at, message);
            }
            ("a list", "a list") | ("a map", "a map") => {
                let limit = |schema: &Value| {
                    ["maxItems", "maxProperties"]
                        .into_iter()
                        .find_map(|name| schema.get(name).cloned())
                };
                let (most, now) = (limit(&old), limit(&new));
                if most != now {
                    let show = |limit: Option<Value>| {
                        limit.map_or("no limit".to_owned(), |n| format!("at most {n}"))
                    };
                    self.say(
                        Kind::LimitChanged,
                        at,
                        format!("{} became {}", show(most), show(now)),
                    );
                }
                for part in ["items", "propertyNames", "additionalProperties"] {
                    if let (Some(old), Some(new)) = (old.get(part), new.get(part)) {
                        self.member(roots, old, new, &format!("{at}/{part}"), depth + 1);
                    }
                }
            }
            _ => self.say(Kind::TypeChanged, at, format!("{before} became {after}")),
        }
    }

    fn branches(&mut self, roots: Pair<'_>, old: &Value, new: &Value, at: &str, depth: usize) {
        let (olds, news) = (branches(old), branches(new));
        for (index, (tag, branch)) in news.iter().enumerate() {
            let pointer = format!("{at}/oneOf/{index}");
            let before: Vec<&Value> = olds
                .iter()
                .filter(|(other, _)| other == tag)
                .map(|(_, b)| *b)
                .collect();
            let after = news.iter().filter(|(other, _)| other == tag).count();
            if before.is_empty() || before.len() != after {
                if before
                    .iter()
                    .all(|other| plain(other, roots.before, 0) != plain(branch, roots.after, 0))
                {
                    self.say(
                        Kind::VariantAdded,
                        &pointer,
                        format!("a branch for {tag} is new"),
                    );
                }
            } else {
                let place = news[..index]
                    .iter()
                    .filter(|(other, _)| other == tag)
                    .count();
                self.branch(roots, before[place], branch, &pointer, tag, depth);
            }
        }
        for (index, (tag, branch)) in olds.iter().enumerate() {
            let same: Vec<&Value> = news
                .iter()
                .filter(|(other, _)| other == tag)
                .map(|(_, b)| *b)
                .collect();
            let count = olds.iter().filter(|(other, _)| other == tag).count();
            let gone = same.len() != count
                && same
                    .iter()
                    .all(|other| plain(other, roots.after, 0) != plain(branch, roots.before, 0));
            if gone {
                self.say(
                    Kind::VariantRemoved,
                    &format!("{at}/oneOf/{index}"),
                    format!("a branch for {tag} is gone"),
                );
            }
        }
    }

    fn branch(
        &mut self,
        roots: Pair<'_>,
        old: &Value,
        new: &Value,
        at: &str,
        tag: &str,
        depth: usize,
    ) {
        if plain(old, roots.before, 0) == plain(new, roots.after, 0) {
            return;
        }
        let is_variant = |branch: &Value| {
            members(branch)
                .into_values()
                .any(|member| shape(member) == "an object")
        };
        if is_variant(old) && is_variant(new) {
            self.object(roots, old, new, at, depth + 1);
            return;
        }
        let row = |branch: &Value| {
            let members = members(branch);
            let forbidden = members
                .iter()
                .filter(|(_, member)| ***member == Value::Bool(false));
            let forbidden: Vec<&str> = forbidden.map(|(name, _)| *name).collect();
            format!(
                "requires [{}] and forbids [{}]",
                required(branch).join(", "),
                forbidden.join(", ")
            )
        };
        let message = format!("{tag} {}, and now {}", row(old), row(new));
        self.say(Kind::RowChanged, at, message);
    }

    /// Where consumers accept unknown values in one contract only: the strict views say nothing about it.
    fn extensible(&mut self, strict: Pair<'_>, reader: Pair<'_>) {
        let open = |strict: &Value, reader: &Value| -> Vec<String> {
            let definitions = |root: &Value| {
                root.get("$defs")
                    .and_then(Value::as_object)
                    .cloned()
                    .unwrap_or_default()
            };
            let (closed, open) = (definitions(strict), definitions(reader));
            let enumerations = closed
                .into_iter()
                .filter(|(_, schema)| schema.get("enum").is_some());
            let mut open: Vec<String> = enumerations
                .filter(|(name, _)| {
                    open.get(name)
                        .is_some_and(|schema| schema.get("enum").is_none())
                })
                .map(|(name, _)| name)
                .collect();
            if branches(strict).len() != branches(reader).len() {
                open.push("oneOf".to_owned());
            }
            open
        };
        let before = open(strict.before, reader.before);
        let after = open(strict.after, reader.after);
        let known = |root: &Value, name: &str| {
            name == "oneOf" || root.pointer(&format!("/$defs/{name}")).is_some()
        };
        for name in after.iter().filter(|name| !before.contains(name)) {
            if known(strict.before, name) {
                let pointer = if name == "oneOf" {
                    "/oneOf".to_owned()
                } else {
                    format!("/$defs/{name}")
                };
                self.say(
                    Kind::ExtensibleChanged,
                    &pointer,
                    format!("`{name}` became extensible"),
                );
            }
        }
        for name in before.iter().filter(|name| !after.contains(name)) {
            if known(strict.after, name) {
                let pointer = if name == "oneOf" {
                    "/oneOf".to_owned()
                } else {
                    format!("/$defs/{name}")
                };
                self.say(
                    Kind::ExtensibleChanged,
                    &pointer,
                    format!("`{name}` is no longer extensible"),
                );
            }
        }
    }
}
