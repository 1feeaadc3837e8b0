//! The contract's scalars: strings with a grammar, checked by hand-written scanners.
//!
//! Each mirrors one `$defs` entry of `schemas/common.schema.json`; a differential test holds the two together.
//! A scalar is written exactly as it was read.

mod decimal;
mod digits;
mod text;
mod timestamp;

pub use decimal::{
    Decimal, InstrumentPrice, NonNegativeDecimal, PositiveDecimal, Ratio, SignedRatio,
};
pub use text::{
    BarPeriod, ClientOrderId, Count, CurrencyCode, FreeText, Identifier, InstrumentSymbol, Name,
    VenueCode,
};
pub use timestamp::UtcTimestamp;

/// A string with a grammar.
pub trait Scalar: Sized {
    /// The name of its `$defs` entry.
    const NAME: &'static str;
    /// Its form in a few words, for messages.
    const FORM: &'static str;

    /// The value, if `text` has the form.
    fn parse(text: &str) -> Option<Self>;
}

/// A text that is not of a scalar's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAScalar {
    name: &'static str,
    form: &'static str,
    text: String,
}

impl NotAScalar {
    pub(crate) fn new<T: Scalar>(text: &str) -> Self {
        Self {
            name: T::NAME,
            form: T::FORM,
            text: text.chars().take(80).collect(),
        }
    }
}

impl std::fmt::Display for NotAScalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` is no {}: expected {}",
            self.text.escape_debug(),
            self.name,
            self.form
        )
    }
}

impl std::error::Error for NotAScalar {}

/// `FromStr`, the decoder, `Display` and the serde pair, all through [`Scalar::parse`] and the type's `with_text`.
macro_rules! scalar_traits {
    ($($name:ident),+) => {$(
        impl std::str::FromStr for $name {
            type Err = crate::scalar::NotAScalar;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                <Self as crate::scalar::Scalar>::parse(text)
                    .ok_or_else(|| crate::scalar::NotAScalar::new::<Self>(text))
            }
        }

        impl crate::read::Decode for $name {
            #[inline]
            fn decode(reader: &mut crate::read::Reader<'_>) -> Result<Self, crate::refusal::Refusal> {
                if let Some(value) = Self::quick(reader) {
                    return Ok(value);
                }
                let text = reader.string()?;
                <Self as crate::scalar::Scalar>::parse(&text.text)
                    .ok_or_else(|| crate::refusal::Refusal::new(crate::refusal::Rule::Pattern, text.span))
            }
        }

        /// A scalar is what the contract says: the schema refers to it.
        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <Self as crate::scalar::Scalar>::NAME.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let reference = format!("common.json#/$defs/{}", <Self as crate::scalar::Scalar>::NAME);
                schemars::json_schema!({ "$ref": reference })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.with_text(|text| f.write_str(text))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.with_text(|text| serializer.serialize_str(text))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
pub(crate) use scalar_traits;

/// The form of the scalar with this `$defs` name in a few words.
#[must_use]
pub fn form_of(name: &str) -> Option<&'static str> {
    macro_rules! forms {
        ($($scalar:ident),+) => { [$(($scalar::NAME, $scalar::FORM)),+] };
    }
    let forms = forms!(
        Decimal,
        NonNegativeDecimal,
        PositiveDecimal,
        InstrumentPrice,
        Ratio,
        SignedRatio,
        UtcTimestamp,
        BarPeriod,
        ClientOrderId,
        Count,
        CurrencyCode,
        FreeText,
        Identifier,
        InstrumentSymbol,
        Name,
        VenueCode
    );
    forms
        .into_iter()
        .find(|(other, _)| *other == name)
        .map(|(_, form)| form)
}
