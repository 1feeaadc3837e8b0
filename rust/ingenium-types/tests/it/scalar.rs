//! The hand-written scanners against the patterns of `schemas/common.schema.json`, over texts near each grammar.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ingenium_types::scalar::{
    BarPeriod, ClientOrderId, Count, CurrencyCode, Decimal, FreeText, Identifier, InstrumentPrice,
    InstrumentSymbol, Name, NonNegativeDecimal, PositiveDecimal, Ratio, Scalar, SignedRatio,
    UtcTimestamp, VenueCode,
};
use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

/// What the schema says about a scalar.
#[derive(Default, Clone)]
struct Form {
    matches: Vec<Regex>,
    refuses: Vec<Regex>,
}

impl Form {
    fn accepts(&self, text: &str) -> bool {
        self.matches.iter().all(|regex| regex.is_match(text))
            && !self.refuses.iter().any(|regex| regex.is_match(text))
    }
}

fn forms() -> &'static BTreeMap<String, Form> {
    static FORMS: OnceLock<BTreeMap<String, Form>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let text = std::fs::read(crate::repository().join("schemas/common.schema.json")).unwrap();
        let schema: Value = serde_json::from_slice(&text).unwrap();
        let definitions = schema["$defs"].as_object().unwrap();
        let scalars = definitions
            .iter()
            .filter(|(_, definition)| definition.get("enum").is_none());
        scalars
            .map(|(name, definition)| {
                let mut form = Form::default();
                collect(&schema, definition, &mut form);
                (name.clone(), form)
            })
            .collect()
    })
}

fn collect(schema: &Value, definition: &Value, form: &mut Form) {
    let regex = |value: &Value| Regex::new(value.as_str().unwrap()).unwrap();
    form.matches.extend(definition.get("pattern").map(regex));
    form.refuses
        .extend(definition.pointer("/not/pattern").map(regex));
    if let Some(reference) = definition.get("$ref") {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        collect(schema, schema.pointer(pointer).unwrap(), form);
    }
}

#[track_caller]
fn agree<T: Scalar + ToString>(text: &str) {
    let parsed = T::parse(text);
    let accepted = forms()[T::NAME].accepts(text);
    assert_eq!(parsed.is_some(), accepted, "{} of {text:?}", T::NAME);
    if let Some(value) = parsed {
        assert_eq!(value.to_string(), text, "{} keeps its text", T::NAME);
    }
}

fn agree_all(text: &str) {
    agree::<Decimal>(text);
    agree::<NonNegativeDecimal>(text);
    agree::<PositiveDecimal>(text);
    agree::<InstrumentPrice>(text);
    agree::<Ratio>(text);
    agree::<SignedRatio>(text);
    agree::<UtcTimestamp>(text);
    agree::<InstrumentSymbol>(text);
    agree::<ClientOrderId>(text);
    agree::<BarPeriod>(text);
    agree::<CurrencyCode>(text);
    agree::<VenueCode>(text);
    agree::<Count>(text);
    agree::<Identifier>(text);
    agree::<Name>(text);
    agree::<FreeText>(text);
}

#[test]
fn every_scalar_of_the_schema_has_a_scanner() {
    let tested = 16;
    assert_eq!(forms().len(), tested, "{:?}", forms().keys());
}

#[test]
fn lengths_end_where_the_patterns_say() {
    for length in [
        0, 1, 2, 12, 13, 32, 33, 36, 37, 62, 63, 64, 65, 511, 512, 513,
    ] {
        for letter in ["A", "a", "1", "0", "é", "-", " ", "\u{1f600}"] {
            agree_all(&letter.repeat(length));
        }
    }
}

#[test]
fn every_day_of_the_calendar() {
    for year in [
        1969, 1970, 1971, 1972, 1999, 2000, 2020, 2100, 2200, 2204, 2261, 2262,
    ] {
        for month in 0..=13 {
            for day in 0..=32 {
                agree::<UtcTimestamp>(&format!("{year:04}-{month:02}-{day:02}T00:00:00Z"));
            }
        }
    }
}

#[test]
fn every_byte_in_every_place_of_a_timestamp() {
    let good = "2020-02-29T23:59:59.123456789Z";
    for place in 0..good.len() {
        for byte in 0..=127_u8 {
            let mut bytes = good.as_bytes().to_vec();
            bytes[place] = byte;
            agree::<UtcTimestamp>(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn digits_and_signs(text in r"[-+]{0,1}[0-9]{0,20}\.{0,2}[0-9]{0,20}[\neE]{0,1}") {
        agree_all(&text);
    }

    #[test]
    fn small_decimals(text in r"-?[01]\.?0{0,19}[01]?") {
        agree_all(&text);
    }

    #[test]
    fn decimals_of_every_width(integer in 0_usize..20, fraction in 0_usize..20, sign in "-?", digit in "[0-9]") {
        let point = if fraction > 0 { "." } else { "" };
        agree_all(&format!("{sign}{}{point}{}", digit.repeat(integer), digit.repeat(fraction)));
    }

    #[test]
    fn timestamps(text in r"(19|20|22)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,10})?(Z|z|\+00:00)?\n?") {
        agree_all(&text);
    }

    #[test]
    fn symbols_and_names(text in r"[A-Za-z0-9^$/._:=@+&\- ]{0,70}\n?") {
        agree_all(&text);
    }

    #[test]
    fn periods(text in r"[0-9]{0,8}(ms|s|m|h|d|w|y|M)?\n?") {
        agree_all(&text);
    }

    #[test]
    fn anything(text in r"[\x00-\xff\u{660}\u{2028}]{0,8}") {
        agree_all(&text);
    }
}
