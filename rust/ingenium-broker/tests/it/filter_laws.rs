//! What holds for any filter, any expression and any event.

use std::collections::BTreeMap;

use ingenium_broker::Trigger;
use ingenium_broker::trigger::filter::cesql::{Expression, Value};
use ingenium_broker::trigger::{Filter, Profile};
use ingenium_contract::{AttributeValue, CloudEvent, Time};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const CASES: u32 = 512;

fn events() -> impl Strategy<Value = CloudEvent> {
    let text = || select(vec!["", "a", "ab", "ba", "true", "5", "%ñ"]);
    let value = prop_oneof![
        text().prop_map(AttributeValue::from),
        select(vec![0, 5, i32::MIN]).prop_map(AttributeValue::from),
        any::<bool>().prop_map(AttributeValue::Boolean),
    ];
    let time = select(vec!["2026-01-02T03:04:05.10Z", "1969-12-31T23:59:60+23:59"]);
    let extensions = btree_map(select(vec!["num", "color", "flag"]), value, 0..3);
    (text(), option::of(text()), option::of(time), extensions).prop_map(
        |(type_, subject, time, extensions)| {
            let mut event = CloudEvent::json("1", "/s", type_, "{}");
            event.subject = subject.map(ToOwned::to_owned);
            event.time = time.map(|time| Time::parse(time).expect("RFC 3339"));
            for (name, value) in extensions {
                event.set_extension(name, value);
            }
            event
        },
    )
}

/// Words of the language in any order: rarely an expression.
fn soup() -> impl Strategy<Value = String> {
    let words = vec![
        "AND",
        "OR",
        "xor",
        "NOT",
        "LIKE",
        "EXISTS",
        "IN",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "<",
        "<>",
        "+",
        "-",
        "*",
        "/",
        "%",
        "5",
        "-2147483648",
        "'a%'",
        "\"5\"",
        "TRUE",
        "false",
        "num",
        "color",
        "TYPE",
        "LEFT(",
        "ABS(",
        "CONCAT(",
        "SUBSTRING(",
        "INT(",
        "\\",
        "'",
        "ñ",
        "_",
    ];
    vec(select(words), 0..24).prop_map(|words| words.join(" "))
}

/// Expressions, operators as they come.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "5",
        "0",
        "-1",
        "'5'",
        "'a'",
        "TRUE",
        "FALSE",
        "num",
        "color",
        "flag",
        "type",
        "subject",
        "EXISTS num",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operators = vec![
            "AND", "OR", "XOR", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%",
        ];
        let functions = vec![
            "LEFT",
            "RIGHT",
            "SUBSTRING",
            "CONCAT",
            "CONCAT_WS",
            "NOSUCH",
        ];
        let unary = vec![
            "NOT ", "- ", "INT", "BOOL", "STRING", "LENGTH", "ABS", "UPPER", "TRIM",
        ];
        prop_oneof![
            (inner.clone(), select(operators), inner.clone())
                .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
            (select(unary), inner.clone()).prop_map(|(unary, inner)| format!("{unary}({inner})")),
            (select(functions), inner.clone(), inner.clone())
                .prop_map(|(name, one, other)| format!("{name}({one}, {other})")),
            (inner.clone(), vec(inner, 1..3))
                .prop_map(|(one, set)| format!("({one}) NOT IN ({}) LIKE '%s_'", set.join(", "))),
        ]
    })
}

fn filters() -> impl Strategy<Value = Filter> {
    let wanted = || {
        let names = select(vec!["type", "subject", "time", "num", "color", "flag"]);
        let texts = select(vec!["", "a", "b", "5", "true", "2026", "0001"]);
        btree_map(
            names.prop_map(str::to_owned),
            texts.prop_map(str::to_owned),
            1..3,
        )
    };
    let known = expressions().prop_filter_map("known functions only", |text| {
        let expression = Expression::parse(&text).ok()?;
        expression
            .unknown_function()
            .is_none()
            .then_some(Filter::CeSql(expression))
    });
    let leaf = prop_oneof![
        wanted().prop_map(Filter::Exact),
        wanted().prop_map(Filter::Prefix),
        wanted().prop_map(Filter::Suffix),
        known,
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Filter::All),
            vec(inner.clone(), 1..4).prop_map(Filter::Any),
            inner.prop_map(not),
        ]
    })
}

fn profiles() -> impl Strategy<Value = Profile> {
    select(Profile::ALL.map(|(profile, _)| profile).to_vec())
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

/// A Boolean expression in full parentheses, and its value.
fn formulas() -> impl Strategy<Value = (String, bool)> {
    let leaf = any::<bool>().prop_map(|value| (value.to_string(), value));
    leaf.prop_recursive(5, 32, 2, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|(text, value)| (format!("NOT ({text})"), !value)),
            (
                inner.clone(),
                select(vec!["AND", "OR", "XOR", "=", "!=", "<", "<="]),
                inner
            )
                .prop_map(|((one, left), operator, (other, right))| {
                    let value = match operator {
                        "AND" => left && right,
                        "OR" => left || right,
                        "=" => left == right,
                        "<" => !left & right,
                        "<=" => !left | right,
                        _ => left != right,
                    };
                    (format!("({one}) {operator} ({other})"), value)
                }),
        ]
    })
}

/// Whether a pattern of `%`, `_` and letters matches, by trying everything.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|taken| is_like(&text[taken..], rest)),
        [first, rest @ ..] => {
            let fits = text
                .first()
                .is_some_and(|found| *first == '_' || found == first);
            fits && is_like(&text[1..], rest)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn twice_not_is_nothing(filter in filters(), event in events(), profile in profiles()) {
        let twice = not(not(filter.clone()));
        prop_assert_eq!(twice.passes(&event, profile), filter.passes(&event, profile));
    }

    #[test]
    fn not_all_is_any_not(list in vec(filters(), 1..4), event in events(), profile in profiles()) {
        let negated: Vec<Filter> = list.iter().cloned().map(not).collect();
        let (all, any) = (Filter::All(list.clone()), Filter::Any(list));
        let passes = |filter: Filter| filter.passes(&event, profile);
        prop_assert_eq!(passes(not(all)), passes(Filter::Any(negated.clone())));
        prop_assert_eq!(passes(not(any)), passes(Filter::All(negated)));
    }

    #[test]
    fn a_list_is_all_of_it(list in vec(filters(), 1..4), event in events(), profile in profiles()) {
        let trigger = Trigger::new("ns", "t", "b", "http://127.0.0.1:1/").with_filters(list.clone());
        prop_assert_eq!(trigger.matches(&event, profile), Filter::All(list).passes(&event, profile));
    }

    #[test]
    fn what_is_written_is_read_again(list in vec(filters(), 0..4)) {
        let trigger = Trigger::new("ns", "t", "b", "http://127.0.0.1:1/")
            .with_filter("type", "")
            .with_filters(list);
        let written = trigger.to_json().to_string();
        prop_assert_eq!(Trigger::from_json(written.as_bytes(), "ns"), Ok(trigger));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), soup in soup(), event in events(), profile in profiles()) {
        for text in [text, soup] {
            match Expression::parse(&text) {
                Ok(expression) => drop(expression.evaluate(&event, profile)),
                Err(error) => prop_assert!(error.line >= 1 && error.column >= 1, "{}", error),
            }
        }
    }

    #[test]
    fn every_expression_has_a_value(text in expressions(), event in events()) {
        let expression = Expression::parse(&text).expect("an expression");
        let stopping = expression.evaluate(&event, Profile::Ingenium);
        prop_assert!(stopping.errors.len() <= 1, "{}: {:?}", text, stopping.errors);
        let going_on = expression.evaluate(&event, Profile::Kafka);
        // Without errors there is nothing to go on after.
        if going_on.errors.is_empty() && !text.contains("OR") {
            prop_assert_eq!(expression.evaluate(&event, Profile::Mt), going_on, "{}", text);
        }
    }

    #[test]
    fn formulas_have_their_value((text, value) in formulas(), profile in profiles()) {
        // Numbers of Booleans: false is 0.
        let event = CloudEvent::json("1", "/s", "t", "{}");
        let expression = Expression::parse(&text).expect("an expression");
        let evaluation = expression.evaluate(&event, profile);
        prop_assert_eq!((evaluation.value, evaluation.errors), (Value::Boolean(value), vec![]), "{}", text);
    }

    #[test]
    fn patterns_match_what_they_say(
        text in vec(select(vec!['a', 'b', 'ñ']), 0..8),
        pattern in vec(select(vec!['a', 'b', 'ñ', '%', '_']), 0..8),
    ) {
        let join = |characters: &[char]| characters.iter().collect::<String>();
        let expression = format!("'{}' LIKE '{}'", join(&text), join(&pattern));
        let event = CloudEvent::json("1", "/s", "t", "{}");
        let expression = Expression::parse(&expression).expect("an expression");
        let found = expression.evaluate(&event, Profile::Ingenium).value;
        prop_assert_eq!(found, Value::Boolean(is_like(&text, &pattern)));
    }
}

#[test]
fn an_event_without_attributes_passes_no_comparison() {
    let event = CloudEvent::json("1", "/s", "t", "{}");
    let wanted = BTreeMap::from([("nope".to_owned(), "x".to_owned())]);
    for (profile, _) in Profile::ALL {
        for filter in [Filter::Exact, Filter::Prefix, Filter::Suffix] {
            assert!(
                !filter(wanted.clone()).passes(&event, profile),
                "{profile:?}"
            );
        }
    }
}
