//! Scalars that are only a form: symbols, identifiers, names, codes.

use std::fmt;
use std::sync::Arc;

use super::{Scalar, scalar_traits};

macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident, $form:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Scalar for $name {
            const NAME: &'static str = stringify!($name);
            const FORM: &'static str = $form;

            fn parse(text: &str) -> Option<Self> {
                let check: fn(&str) -> bool = $check;
                check(text).then(|| Self(text.into()))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }

        scalar_traits!($name);
    };
}

fn is_sized(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
}

fn is_symbol(text: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_alphanumeric() || b"^$/".contains(&byte);
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/^=@+&$-".contains(&byte);
    is_sized(text, 64) && first(text.as_bytes()[0]) && text.bytes().skip(1).all(rest)
}

fn is_client_order_id(text: &str) -> bool {
    is_sized(text, 36)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn is_bar_period(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=6).contains(&digits)
        && !text.starts_with('0')
        && matches!(&text[digits..], "ms" | "s" | "m" | "h" | "d" | "w")
}

fn is_currency(text: &str) -> bool {
    (2..=12).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_venue(text: &str) -> bool {
    let legal =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    is_sized(text, 32) && text.bytes().all(legal)
}

fn is_count(text: &str) -> bool {
    is_sized(text, 18)
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
}

fn is_identifier(text: &str) -> bool {
    is_sized(text, 64) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_name(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    is_sized(text, 63) && text.as_bytes()[0].is_ascii_alphanumeric() && text.bytes().all(rest)
}

fn is_free_text(text: &str) -> bool {
    // The schema counts characters, not bytes.
    (1..=512).contains(&text.chars().count())
        && text.bytes().all(|byte| byte > 0x1f && byte != 0x7f)
}

text_scalar!(
    /// An instrument as its venue spells it: opaque and case-sensitive (`BRK.B`, `BTC/USD`, `^GSPC`).
    InstrumentSymbol,
    "1 to 64 of letters, digits and `._:/^=@+&$-`, starting with a letter, a digit or one of `^$/`",
    is_symbol
);
text_scalar!(
    /// The client's id of an order (FIX `ClOrdID`, tag 11).
    ClientOrderId,
    "1 to 36 of letters, digits, `_` and `-`",
    is_client_order_id
);
text_scalar!(
    /// The length of a bar: a count and a unit (`1d`, `24h`, `500ms`).
    BarPeriod,
    "a count from 1 to 999999 and one of `ms`, `s`, `m`, `h`, `d`, `w`, such as `1d`",
    is_bar_period
);
text_scalar!(
    /// A currency or asset code (FIX `Currency`, tag 15).
    CurrencyCode,
    "2 to 12 capital letters and digits, such as `USD`",
    is_currency
);
text_scalar!(
    /// A venue, such as an ISO 10383 market identifier code.
    VenueCode,
    "1 to 32 of capital letters, digits and `._-`",
    is_venue
);
text_scalar!(
    /// A whole number of zero or more, as a string.
    Count,
    "a whole number of at most 18 digits without leading zeros",
    is_count
);
text_scalar!(
    /// An id that somebody else gave: executions, trades, venue orders, accounts.
    Identifier,
    "1 to 64 printable ASCII characters without spaces",
    is_identifier
);
text_scalar!(
    /// A name that a person gave: strategies, portfolios, keys of tags.
    Name,
    "1 to 63 of letters, digits and `._-`, starting with a letter or digit",
    is_name
);
text_scalar!(
    /// A text for people.
    FreeText,
    "1 to 512 characters without control characters",
    is_free_text
);
