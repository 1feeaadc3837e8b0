//! What an event may say about its cause: the rules that live checks and streams share.

use ingenium_contract::profile::trace_id;

/// Why an event runs in a circle: it names itself, or something of its own type.
///
/// An id is unique within its source only, so what is named is any of the events of that id; `of_own_type` says of each
/// of them, but for the event itself, whether it has the event's type.
pub(crate) fn self_loop(
    names_its_own_id: bool,
    of_own_type: impl IntoIterator<Item = bool>,
) -> Option<&'static str> {
    let mut others = of_own_type.into_iter().peekable();
    if others.peek().is_none() {
        return names_its_own_id.then_some("the event names itself as its cause");
    }
    others
        .all(|is_own| is_own)
        .then_some("an event of its own type is its cause: on a broker that never ends")
}

/// What is wrong with a trace context, after that of the cause.
pub(crate) fn trace(stated: &str, given: Option<&str>) -> Option<String> {
    let Some(trace) = trace_id(stated) else {
        return Some(format!(
            "`traceparent` is `{stated}`, which is not W3C Trace Context"
        ));
    };
    let given = given?;
    if trace_id(given) != Some(trace) {
        return Some(format!(
            "`traceparent` is `{stated}`: another trace than that of the cause, `{given}`"
        ));
    }
    (given.get(36..52) == stated.get(36..52)).then(|| {
        format!(
            "`traceparent` is that of the cause, `{given}`: name a span of your own as the parent"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::self_loop;

    #[test]
    fn an_id_of_another_source_is_another_event() {
        assert!(self_loop(true, []).is_some_and(|says| says.contains("itself")));
        assert_eq!(self_loop(false, []), None);
        assert_eq!(self_loop(true, [false]), None);
        assert!(self_loop(false, [true]).is_some_and(|says| says.contains("own type")));
        assert_eq!(
            self_loop(true, [true, false]),
            None,
            "one of them may be meant"
        );
    }
}
