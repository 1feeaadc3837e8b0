//! CloudEvents SQL: the official suite, and what it leaves open.

use std::path::Path;

use ingenium_broker::trigger::Profile;
use ingenium_broker::trigger::filter::cesql::{
    EvaluationError, Expression, MAX_DEPTH, MAX_LENGTH, Value,
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::event::event;

/// The cases of all files.
const CASES: usize = 275;

#[derive(Deserialize)]
struct Suite {
    name: String,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    name: String,
    expression: String,
    #[serde(default)]
    result: Option<Json>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    event: Option<Json>,
    #[serde(default)]
    event_overrides: Option<Json>,
}

fn suites() -> Vec<Suite> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cesql_tck");
    let entries = std::fs::read_dir(folder).expect("the suite");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("text");
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}

fn as_json(value: &Value<'_>) -> Json {
    match value {
        Value::Boolean(value) => json!(value),
        Value::Integer(number) => json!(number),
        Value::String(text) => json!(text),
    }
}

fn kind(error: &EvaluationError) -> &'static str {
    match error {
        EvaluationError::Math { .. } => "math",
        EvaluationError::Cast { .. } => "cast",
        EvaluationError::MissingAttribute { .. } => "missingAttribute",
        EvaluationError::MissingFunction { .. } => "missingFunction",
        EvaluationError::Function { .. } => "functionEvaluation",
        _ => "generic",
    }
}

/// What the engine says: the value and the kinds of errors.
fn evaluated(text: &str, members: &Json, profile: Profile) -> (Option<Json>, Vec<&'static str>) {
    let Ok(expression) = Expression::parse(text) else {
        return (None, vec!["parse"]);
    };
    let event = event(members);
    let evaluation = expression.evaluate(&event, profile);
    let errors = evaluation.errors.iter().map(kind).collect();
    (Some(as_json(&evaluation.value)), errors)
}

#[test]
fn the_official_suite_passes() {
    let mut judged = 0;
    let mut wrong = Vec::new();
    for suite in suites() {
        for case in suite.tests {
            judged += 1;
            let mut members = case.event.unwrap_or_else(|| json!({}));
            for (name, value) in case
                .event_overrides
                .iter()
                .flat_map(|some| some.as_object())
                .flatten()
            {
                members[name] = value.clone();
            }
            let is_parse = case.error.as_deref() == Some("parse");
            let wanted = (
                case.result.filter(|_| !is_parse),
                Vec::from_iter(case.error.as_deref()),
            );
            // What the specification says is our own profile; the Go SDK, which the suite is from, is that of `Mt`.
            for profile in [Profile::Ingenium, Profile::Mt] {
                let found = evaluated(&case.expression, &members, profile);
                if found != wanted {
                    let (suite, name) = (&suite.name, &case.name);
                    wrong.push(format!(
                        "{suite}, {name} ({profile:?}): {found:?}, not {wanted:?}"
                    ));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(judged, CASES);
}

#[track_caller]
fn check(text: &str, profile: Profile, value: Json, errors: &[&str]) {
    let members =
        json!({ "subject": "añb", "num": 5, "flag": true, "text": "7", "low": "-2147483648" });
    let found = evaluated(text, &members, profile);
    assert_eq!(
        found,
        (Some(value), errors.to_vec()),
        "{text} ({profile:?})"
    );
}

#[test]
fn what_the_suite_leaves_open_is_as_the_specification_says() {
    let cases = [
        // Precedence: unary operators, then LIKE and IN, then the rest.
        ("NOT FALSE = TRUE", json!(true), &[][..]),
        ("2 * 3 IN (6)", json!(0), &[]),
        ("1 + 2 * 3 = 7 AND 7 % 4 - 1 = 2", json!(true), &[]),
        ("NOT 'x' LIKE 'x'", json!(false), &["cast"]),
        ("1 = 1 = TRUE", json!(true), &[]),
        ("'1' IN (TRUE) LIKE 'fal%'", json!(true), &[]),
        ("-(num) + 10 - 2", json!(3), &[]),
        ("7-2", json!(5), &[]),
        ("+5 - -3", json!(8), &[]),
        // Operators of one precedence from left to right.
        ("TRUE OR FALSE AND FALSE", json!(false), &[]),
        ("2 - 1 - 1", json!(0), &[]),
        // 32 bits.
        ("-2147483648", json!(i32::MIN), &[]),
        ("2147483647 + 1", json!(0), &["math"]),
        ("-2147483648 / -1", json!(0), &["math"]),
        ("-2147483648 % -1", json!(0), &["math"]),
        ("-low", json!(0), &["math"]),
        ("65536 * 65536", json!(0), &["math"]),
        ("INT('2147483648')", json!(0), &["cast"]),
        ("INT('+7')", json!(7), &[]),
        ("INT(' 7')", json!(0), &["cast"]),
        ("-7 / 2", json!(-3), &[]),
        ("-7 % 2", json!(-1), &[]),
        // Characters are not bytes.
        ("LENGTH(subject)", json!(3), &[]),
        ("LEFT(subject, 2)", json!("añ"), &[]),
        ("RIGHT(subject, 2)", json!("ñb"), &[]),
        ("SUBSTRING(subject, 2, 1)", json!("ñ"), &[]),
        ("SUBSTRING(subject, -2)", json!("ñb"), &[]),
        ("subject LIKE 'a_b'", json!(true), &[]),
        (
            "SUBSTRING('abc', 1, -1)",
            json!(""),
            &["functionEvaluation"],
        ),
        ("SUBSTRING('abc', 2, 2147483647)", json!("bc"), &[]),
        (
            "SUBSTRING('abc', -2147483648)",
            json!(""),
            &["functionEvaluation"],
        ),
        ("TRIM('\u{2003}a\u{7}\u{a0}')", json!("a\u{7}"), &[]),
        // An attribute that is not there ends what refers to it, and errors end the whole.
        ("missing NOT LIKE 'x'", json!(false), &["missingAttribute"]),
        ("missing IN (1)", json!(false), &["missingAttribute"]),
        ("1 NOT IN (missing)", json!(false), &["missingAttribute"]),
        ("CONCAT('a', missing)", json!(""), &["missingAttribute"]),
        ("LENGTH(missing)", json!(0), &["missingAttribute"]),
        ("TRUE OR missing", json!(true), &[]),
        ("missing OR TRUE", json!(false), &["missingAttribute"]),
        ("TRUE OR NOSUCH()", json!(true), &[]),
        ("NOSUCH(missing)", json!(false), &["missingFunction"]),
        ("ABS(1, 2)", json!(false), &["missingFunction"]),
        ("1 / 0 = 0", json!(false), &["math"]),
        // Texts.
        (r"'it\'s' = 'it\'s'", json!(true), &[]),
        (r"'a\b'", json!(r"a\b"), &[]),
        (
            "SuBsTrInG('abc', 3) = 'c' aNd TyPe = 'a.type'",
            json!(true),
            &[],
        ),
        ("text = 7 AND num = '5' AND flag = 'true'", json!(true), &[]),
        ("EXISTS num AND NOT EXISTS missing", json!(true), &[]),
    ];
    for (text, value, errors) in cases {
        check(text, Profile::Ingenium, value, errors);
    }
}

#[test]
fn kafka_goes_on_after_errors() {
    for (text, value, errors) in [
        ("1 / 0 = 0", json!(true), &["math"][..]),
        ("missing LIKE '%als%'", json!(true), &["missingAttribute"]),
        ("missing != 'x'", json!(false), &["missingAttribute"]),
        ("missing = 5 OR num = 5", json!(true), &["missingAttribute"]),
        ("TYPE = 'a.type'", json!(false), &["missingAttribute"]),
        ("TRUE OR FALSE AND FALSE", json!(true), &[]),
        ("TRUE XOR FALSE XOR TRUE", json!(false), &[]),
        ("TRUE XOR TRUE AND FALSE OR TRUE", json!(false), &[]),
        ("FALSE AND TRUE OR TRUE", json!(false), &[]),
        (
            "TRUE XOR (missing AND TRUE)",
            json!(true),
            &["missingAttribute"],
        ),
        (
            "TRUE XOR missing AND TRUE",
            json!(true),
            &["missingAttribute"],
        ),
        (
            "TRUE XOR TRUE AND missing",
            json!(true),
            &["missingAttribute"],
        ),
        ("TRUE XOR missing", json!(false), &["missingAttribute"]),
    ] {
        check(text, Profile::Kafka, value, errors);
    }
}

#[test]
fn what_is_no_expression_says_where_and_what_is_wanted() {
    let long = format!("'{}'", "x".repeat(MAX_LENGTH));
    let deep = format!("{}1", "(".repeat(MAX_DEPTH + 1));
    let tested = format!("'x'{}", " LIKE 'x'".repeat(MAX_DEPTH + 1));
    for (text, wanted) in [
        (
            "",
            "line 1, column 1: found the end where a value is expected",
        ),
        (
            "type = = 'x'",
            "line 1, column 8: found `=` where a value is expected",
        ),
        (
            "type =\n  AND x",
            "line 2, column 3: found `AND` where a value is expected",
        ),
        (
            "(1",
            "line 1, column 3: found the end where `)` is expected",
        ),
        (
            "ABS(1",
            "line 1, column 6: found the end where `,` or `)` is expected",
        ),
        (
            "1 2",
            "line 1, column 3: found `2` where an operator or the end is expected",
        ),
        (
            "x LIKE 5",
            "line 1, column 8: found `5` where a string as the pattern is expected",
        ),
        (
            "x IN ()",
            "line 1, column 7: found `)` where a value is expected",
        ),
        (
            "x IN 5",
            "line 1, column 6: found `5` where `(` is expected",
        ),
        (
            "EXISTS 'x'",
            "line 1, column 8: found a string where the name of an attribute is expected",
        ),
        (
            "a_b = 1",
            "line 1, column 1: found `a_b` where the name of an attribute, which has no `_`, is expected",
        ),
        (
            "F1(1)",
            "line 1, column 1: found `F1` where the name of a function, which has no digits, is expected",
        ),
        (
            "'ñ' = 'abc",
            "line 1, column 7: the string has no closing `'`",
        ),
        ("'abc\\'", "line 1, column 1: the string has no closing `'`"),
        ("x ! 1", "line 1, column 3: `!` means nothing here"),
        ("x = ñ", "line 1, column 5: `ñ` means nothing here"),
        (
            "2147483648",
            "line 1, column 1: `2147483648` is beyond 32 bits",
        ),
        (
            "1 = -2147483649",
            "line 1, column 5: `-2147483649` is beyond 32 bits",
        ),
        (
            "+x",
            "line 1, column 2: found `x` where a number after the sign is expected",
        ),
        (
            &long,
            "line 1, column 1: the expression has 4098 bytes, more than 4096",
        ),
        (
            &deep,
            "line 1, column 66: the expression is nested deeper than 64",
        ),
        (&tested, "the expression is nested deeper than 64"),
    ] {
        let found = Expression::parse(text).expect_err(text).to_string();
        assert!(found.contains(wanted), "{text}: {found}");
    }
    let deepest = "NOT ".repeat(MAX_DEPTH) + "TRUE";
    check(&deepest, Profile::Ingenium, json!(true), &[]);
    let flat = "1 + ".repeat(1000) + "1";
    check(&flat, Profile::Ingenium, json!(1001), &[]);
}

#[test]
fn texts_have_a_limit() {
    let long = event(&json!({ "x": "y".repeat(2000) }));
    let text = format!("CONCAT({})", vec!["x"; 33].join(", "));
    let expression = Expression::parse(&text).expect("legal");
    let evaluation = expression.evaluate(&long, Profile::Ingenium);
    assert_eq!(evaluation.errors.len(), 1, "33 times 2000 bytes");
    let message = evaluation.errors[0].to_string();
    assert_eq!(
        message,
        "`CONCAT`: the text would be longer than 65536 bytes"
    );
    let text = format!("LENGTH(CONCAT({}))", vec!["x"; 32].join(", "));
    let expression = Expression::parse(&text).expect("legal");
    let evaluation = expression.evaluate(&long, Profile::Ingenium);
    assert_eq!(
        (evaluation.value, evaluation.errors),
        (Value::Integer(64_000), vec![])
    );
}
