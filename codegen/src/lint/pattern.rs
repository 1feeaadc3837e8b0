//! Patterns: RE2, anchored, and small enough to be compiled anywhere.

use regex_syntax::hir::{Hir, HirKind, Look};

use super::walk::{Place, places};
use super::{File, REGEX_RE2};
use crate::error::{Error, Errors};
use crate::json::Json;

/// A pattern may compile to so many states, as bounded by its expanded length.
const MAX_SIZE: usize = 100_000;

pub(super) fn check(file: &File, errors: &mut Errors) {
    for place in places(file) {
        let Some(pattern) = place.schema.get("pattern").and_then(Json::as_str) else {
            continue;
        };
        let fault = match regex_syntax::parse(pattern) {
            Err(error) => Some(one_line(&error.to_string())),
            Ok(hir) if size(&hir) > MAX_SIZE => {
                Some("it expands to more than 100,000 characters".to_owned())
            }
            Ok(hir) if must_be_anchored(&place) && !is_anchored(&hir) => {
                Some("anchor it with `^` and `$`".to_owned())
            }
            Ok(_) => None,
        };
        if let Some(fault) = fault {
            let pointer = format!("{}/pattern", place.pointer);
            let message = format!("`{pattern}`: {fault}");
            errors.push(Error::new(REGEX_RE2, &file.name, &pointer, message));
        }
    }
}

/// A refinement narrows a pattern that is anchored; `not` looks for a part.
fn must_be_anchored(place: &Place<'_>) -> bool {
    place.schema.get("$ref").is_none() && !place.pointer.ends_with("/not")
}

fn is_anchored(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End)
}

/// How many characters the pattern has when every repetition is written out.
fn size(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1) as usize;
            size(&repetition.sub).saturating_mul(times)
        }
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(size).fold(0, usize::saturating_add)
        }
    }
}

fn one_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim().to_owned()
}
