//! What somebody meant who wrote a name that is not known.

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be taken for the other misspelt.
const ALIKE: f64 = 0.8;

/// What to do about the name `found`: use the known name that is most like it, else one of them.
pub(crate) fn suggest(found: &str, known: &[&str]) -> String {
    let best = known
        .iter()
        .map(|name| (strsim::jaro_winkler(found, name), *name))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match best {
        Some((likeness, name)) if likeness >= ALIKE => format!("did you mean `{name}`?"),
        _ => format!("use one of `{}`", known.join("`, `")),
    }
}
