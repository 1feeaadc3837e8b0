//! Schemas with one value replaced by what authors, and attackers, might write there.

use ingenium_fuzz::{Sampler, schemas};
use ingenium_types::EventType;

/// JSON values, or texts that become strings.
const VALUES: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "-1.5",
    "1e400",
    "[]",
    "{}",
    "\"\"",
    "string",
    "object",
    "#/$defs/Side",
    "#/$defs/Missing",
    "common.json#/$defs/Decimal",
    "https://example.com/order.json",
    "^(a+)+$",
    "^[0-9]{1,1000000000}$",
    "*/ } fn main() { \u{202e}",
    "r#type",
    "[\"A\", \"A\"]",
    "{\"$ref\": \"#\"}",
    "{\"type\": \"object\"}",
    "{\"const\": \"LIMIT\"}",
    "{\"oneOf\": [{}, {\"not\": {}}]}",
];

#[test]
fn a_replaced_value_is_generated_or_refused_by_rule() {
    for (index, value) in (0_u16..).zip(VALUES) {
        for file in (index as u8 % 2..7).step_by(2) {
            // Spread over the file; a fuzzer goes to every place.
            let [high, low] = (17 * index + 5 * u16::from(file)).to_be_bytes();
            schemas(&[&[133 + file, high, low], value.as_bytes()].concat());
        }
    }
}

#[test]
fn a_blurred_file_is_generated_or_refused_by_rule() {
    let mut sampler = Sampler::new(EventType::PortfolioOrder, 4);
    for (file, text) in [
        (0, include_str!("../../../../../schemas/catalog.json")),
        (1, include_str!("../../../../../schemas/common.schema.json")),
        (
            5,
            include_str!("../../../../../schemas/events/portfolio.order.schema.json"),
        ),
    ] {
        for _ in 0..20 {
            let blurred = sampler.blur(text.as_bytes().to_vec());
            schemas(&[&[file], blurred.as_slice()].concat());
        }
    }
}
