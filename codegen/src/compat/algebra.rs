//! The algebra of schemas, by the `jsonschema` crate: experimental there, so it is called from here only.

use jsonschema::canonical;
use serde_json::Value;

/// Whether one schema holds another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Containment {
    /// Everything that the inner one accepts, the outer one accepts.
    Proven,
    /// Neither was established.
    Open,
    /// Something that the inner one accepts, the outer one refuses.
    Refuted,
}

/// Whether `outer` accepts everything that `inner` accepts.
pub(super) fn contains(outer: &Value, inner: &Value) -> Containment {
    let canonical = |schema| {
        canonical::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .offline()
            .canonicalize(schema)
    };
    let answer = canonical(outer).and_then(|outer| outer.covers(&canonical(inner)?));
    match answer {
        Ok(canonical::Containment::Yes) => Containment::Proven,
        Ok(canonical::Containment::No) => Containment::Refuted,
        // An operand that it cannot express is no answer, either.
        Ok(canonical::Containment::Unknown) | Err(_) => Containment::Open,
    }
}
