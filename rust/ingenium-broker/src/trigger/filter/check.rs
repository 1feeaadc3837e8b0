//! What the types of filters do not say.

use super::Filter;
use super::attribute::check_attributes;
use crate::trigger::object::{Invalid, invalid};

/// How deep filters may stand in each other.
pub const MAX_DEPTH: usize = 16;

/// How many filters a Trigger may have, those inside of others counted.
pub const MAX_FILTERS: usize = 256;

/// Checks the filters of a Trigger.
pub(in crate::trigger) fn check_filters(filters: &[Filter], place: &str) -> Result<(), Invalid> {
    check_list(filters, place, 1, &mut 0)
}

fn check_list(
    filters: &[Filter],
    place: &str,
    depth: usize,
    count: &mut usize,
) -> Result<(), Invalid> {
    let mut filters = filters.iter().enumerate();
    filters
        .try_for_each(|(index, filter)| check(filter, &format!("{place}[{index}]"), depth, count))
}

fn check(filter: &Filter, place: &str, depth: usize, count: &mut usize) -> Result<(), Invalid> {
    *count += 1;
    if *count > MAX_FILTERS {
        let problem = format!("the Trigger has more than {MAX_FILTERS} filters");
        return Err(invalid(
            place,
            problem,
            "ask for less, or for more at once in `cesql`",
        ));
    }
    if depth > MAX_DEPTH {
        let problem = format!("filters stand in each other more than {MAX_DEPTH} deep");
        return Err(invalid(place, problem, "write it flatter"));
    }
    let nested = |dialect: &str, filters: &[Filter], count: &mut usize| {
        let place = format!("{place}.{dialect}");
        if filters.is_empty() {
            return Err(invalid(
                &place,
                "the list is empty",
                "set at least one filter",
            ));
        }
        check_list(filters, &place, depth + 1, count)
    };
    match filter {
        Filter::Exact(wanted) => check_wanted(wanted, &format!("{place}.exact")),
        Filter::Prefix(wanted) => check_wanted(wanted, &format!("{place}.prefix")),
        Filter::Suffix(wanted) => check_wanted(wanted, &format!("{place}.suffix")),
        Filter::All(filters) => nested("all", filters, count),
        Filter::Any(filters) => nested("any", filters, count),
        Filter::Not(filter) => check(filter, &format!("{place}.not"), depth + 1, count),
        Filter::CeSql(expression) => match expression.unknown_function() {
            // Legal, but an error for every event that reaches it.
            Some(error) => Err(invalid(
                format!("{place}.cesql"),
                error.to_string(),
                "call a function of CloudEvents SQL 1.0",
            )),
            None => Ok(()),
        },
    }
}

fn check_wanted(
    wanted: &std::collections::BTreeMap<String, String>,
    place: &str,
) -> Result<(), Invalid> {
    if wanted.is_empty() {
        return Err(invalid(place, "no attribute is named", "name at least one"));
    }
    check_attributes(wanted, place)
}
