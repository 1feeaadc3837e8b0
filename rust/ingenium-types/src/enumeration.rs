//! What every generated enumeration does beyond its values.

/// `Display`, `FromStr` and the serde pair, through `Scalar::parse` and `as_str`.
macro_rules! enumeration_traits {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::scalar::NotAScalar;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                <Self as crate::scalar::Scalar>::parse(text)
                    .ok_or_else(|| crate::scalar::NotAScalar::new::<Self>(text))
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <Self as crate::scalar::Scalar>::NAME.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let values: Vec<&str> = Self::ALL.iter().map(|value| value.as_str()).collect();
                schemars::json_schema!({ "enum": values })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::stored::deserialize(deserializer)
            }
        }
    };
}

/// An enumeration that no view extends.
macro_rules! closed_enumeration {
    ($name:ident) => {
        crate::enumeration::enumeration_traits!($name);

        impl crate::read::Decode for $name {
            fn decode(
                reader: &mut crate::read::Reader<'_>,
            ) -> Result<Self, crate::refusal::Refusal> {
                let text = reader.string()?;
                <Self as crate::scalar::Scalar>::parse(&text.text).ok_or_else(|| {
                    crate::refusal::Refusal::new(crate::refusal::Rule::Enum, text.span)
                })
            }
        }
    };
}

/// An enumeration that has `Unknown` values in the reader view.
macro_rules! open_enumeration {
    ($name:ident) => {
        crate::enumeration::enumeration_traits!($name);

        impl crate::read::Decode for $name {
            fn decode(
                reader: &mut crate::read::Reader<'_>,
            ) -> Result<Self, crate::refusal::Refusal> {
                let text = reader.string()?;
                if let Some(known) = <Self as crate::scalar::Scalar>::parse(&text.text) {
                    return Ok(known);
                }
                // No value is empty: what says nothing is left out.
                if reader.view() == crate::read::View::Reader && !text.text.is_empty() {
                    return Ok(Self::Unknown(crate::unknown::UnknownValue::new(&text.text)));
                }
                Err(crate::refusal::Refusal::new(
                    crate::refusal::Rule::Enum,
                    text.span,
                ))
            }
        }
    };
}

pub(crate) use {closed_enumeration, enumeration_traits, open_enumeration};
