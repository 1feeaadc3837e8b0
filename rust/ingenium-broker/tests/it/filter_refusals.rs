//! Filters that mean nothing, or not one thing, are refused with the place and what to do.

use ingenium_broker::Trigger;
use serde_json::json;

use crate::spec::{attributes, one, sql, trigger};

#[test]
fn filters_that_mean_nothing_are_refused_with_place_and_fix() {
    let deep = (0..17).fold(
        json!({ "exact": { "type": "a" } }),
        |inner, _| json!({ "not": inner }),
    );
    let many = json!({ "any": vec![json!({ "exact": { "type": "a" } }); 256] });
    let call = format!("{}1", "(".repeat(65));
    for (spec, wanted) in [
        (
            json!({ "fitlers": [] }),
            "`spec.fitlers`: `fitlers` is not known here; did you mean `filters`?",
        ),
        (
            json!({ "filters": {} }),
            "`spec.filters`: this is an object; set a list of filters",
        ),
        (
            json!({ "filters": ["x"] }),
            "`spec.filters[0]`: this is a text; set an object with one dialect",
        ),
        (
            one(&json!({})),
            "`spec.filters[0]`: the filter has no dialect; use one of `exact`, `prefix`",
        ),
        (
            one(&json!({ "regex": { "type": "x" } })),
            "`spec.filters[0].regex`: `regex` is no dialect of filters; use one of `exact`, `prefix`, `suffix`, `all`",
        ),
        (
            json!({ "filters": [
                { "exact": { "type": "a" } }, { "exact": { "type": "a" } }, { "all": [{ "prefx": { "type": "a" } }] }
            ] }),
            "`spec.filters[2].all[0].prefx`: `prefx` is no dialect of filters; did you mean `prefix`?",
        ),
        (
            one(&json!({ "exact": { "type": "x" }, "suffix": { "type": "y" } })),
            "`spec.filters[0]`: `exact` and `suffix` stand in one filter, which has one dialect; write a filter for each",
        ),
        (
            one(&json!({ "exact": "x" })),
            "`spec.filters[0].exact`: this is a text; set an object of attribute names",
        ),
        (
            one(&json!({ "exact": { "num": 5 } })),
            "`spec.filters[0].exact.num`: this is a number; set a text; put numbers in quotes",
        ),
        (
            one(&json!({ "suffix": {} })),
            "`spec.filters[0].suffix`: no attribute is named; name at least one",
        ),
        (
            one(&json!({ "prefix": { "No-Name": "x" } })),
            "`spec.filters[0].prefix.No-Name`: `No-Name` is no attribute name; use lower-case letters and digits, a letter first",
        ),
        (
            one(&json!({ "exact": { "1x": "x" } })),
            "`spec.filters[0].exact.1x`",
        ),
        (
            one(&json!({ "exact": { "": "x" } })),
            "`` is no attribute name",
        ),
        (
            one(&json!({ "any": [] })),
            "`spec.filters[0].any`: the list is empty; set at least one filter",
        ),
        (
            one(&json!({ "all": [{ "not": { "all": [] } }] })),
            "`spec.filters[0].all[0].not.all`: the list is empty",
        ),
        (
            one(&json!({ "all": { "exact": {} } })),
            "`spec.filters[0].all`: this is an object; set a list of filters",
        ),
        (
            one(&json!({ "not": [] })),
            "`spec.filters[0].not`: this is a list; set an object with one dialect",
        ),
        (
            one(&json!({ "cesql": true })),
            "`spec.filters[0].cesql`: this is a boolean; set a text",
        ),
        (
            sql(""),
            "`spec.filters[0].cesql`: ``: line 1, column 1: found the end where a value is expected; write",
        ),
        (
            sql("type = = 'x'"),
            "`spec.filters[0].cesql`: `type = = 'x'`: line 1, column 8: found `=` where a value is expected; write",
        ),
        (
            sql("type = 'x' OR LENGHT(id) = 1"),
            "`spec.filters[0].cesql`: line 1, column 15: there is no function `LENGHT` of 1 arguments; did you mean `LENGTH`?",
        ),
        (
            sql("NOSUCH(1)"),
            "there is no function `NOSUCH` of 1 arguments; use one of `LENGTH`, `CONCAT`",
        ),
        (sql(&call), "nested deeper than 64"),
        (
            one(&deep),
            "filters stand in each other more than 16 deep; write it flatter",
        ),
        (
            one(&many),
            "`spec.filters[0].any[255]`: the Trigger has more than 256 filters",
        ),
        (
            json!({ "filter": { "atributes": {} } }),
            "`spec.filter.atributes`: `atributes` is not known here; did you mean `attributes`?",
        ),
        (
            attributes(&json!({ "Type": "x" })),
            "`spec.filter.attributes.Type`: `Type` is no attribute name",
        ),
        (
            attributes(&json!({ "type": null })),
            "`spec.filter.attributes.type`: this is null; set a text",
        ),
    ] {
        let found = trigger(&spec).expect_err(wanted);
        assert!(found.contains(wanted), "{spec}: {found}");
    }
}

#[test]
fn what_stands_twice_is_refused() {
    let text = |spec: &str| {
        format!(
            r#"{{"apiVersion":"eventing.knative.dev/v1","kind":"Trigger","metadata":{{"name":"t"}},
            "spec":{{"broker":"b","subscriber":{{"uri":"http://127.0.0.1:1/"}},{spec}}}}}"#
        )
    };
    for (spec, wanted) in [
        (
            r#""filters":[{"exact":{"type":"a","type":"b"}}]"#,
            "`spec.filters[0].exact.type`: `type` stands twice; keep one of them",
        ),
        (
            r#""filters":[{"exact":{"type":"a"},"exact":{"type":"b"}}]"#,
            "`spec.filters[0].exact`: `exact` stands twice",
        ),
        (r#""filters":[],"filters":[]"#, "duplicate field `filters`"),
        (
            r#""filter":{"attributes":{"type":"a","type":"a"}}"#,
            "`spec.filter.attributes.type`: `type` stands twice",
        ),
    ] {
        let found = Trigger::from_json(text(spec).as_bytes(), "ns").expect_err(spec);
        assert!(found.to_string().contains(wanted), "{spec}: {found}");
    }
}
