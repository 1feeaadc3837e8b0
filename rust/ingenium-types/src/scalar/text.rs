//! Scalars that are only a form: symbols, identifiers, names, codes.

use std::fmt;

use smol_str::SmolStr;

use super::{Scalar, scalar_traits};

macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident, $form:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The text, shared: no copy is made of a long one.
            #[must_use]
            pub fn shared(&self) -> SmolStr {
                self.0.clone()
            }
        }

        impl Scalar for $name {
            const NAME: &'static str = stringify!($name);
            const FORM: &'static str = $form;

            fn parse(text: &str) -> Option<Self> {
                let check: fn(&str) -> bool = $check;
                check(text).then(|| Self(stored(text)))
            }
        }

        impl $name {
            fn with_text<R>(&self, take: impl FnOnce(&str) -> R) -> R {
                take(self.as_str())
            }

            #[inline]
            fn quick(reader: &mut crate::read::Reader<'_>) -> Option<Self> {
                let before = reader.clone();
                let value = reader.plain().and_then(Self::parse);
                if value.is_none() {
                    *reader = before;
                }
                value
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

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }

        scalar_traits!($name);
    };
}

/// The text, inline up to 23 bytes.
///
/// A copy of known length is a few moves between registers. One of unknown length goes through memory in pieces that do
/// not fit each other, which costs a processor more than the rest of a short scalar.
#[inline]
fn stored(text: &str) -> SmolStr {
    macro_rules! of_length {
        ($($length:literal),+) => {
            match text.len() {
                $($length => SmolStr::new_inline(&text[..$length]),)+
                _ => SmolStr::new(text),
            }
        };
    }
    of_length!(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
}

/// A set of bytes.
struct Class([bool; 256]);

impl Class {
    const EMPTY: Self = Self([false; 256]);
    const DIGITS: Self = Self::EMPTY.range(b'0', b'9');
    const CAPITALS_AND_DIGITS: Self = Self::DIGITS.range(b'A', b'Z');
    const ALPHANUMERIC: Self = Self::CAPITALS_AND_DIGITS.range(b'a', b'z');

    const fn range(mut self, first: u8, last: u8) -> Self {
        let mut byte = first;
        while byte <= last {
            self.0[byte as usize] = true;
            byte += 1;
        }
        self
    }

    const fn and(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = true;
            at += 1;
        }
        self
    }

    /// Whether `text` consists of `least` to `most` bytes of the class.
    #[inline]
    fn has(&self, text: &str, least: usize, most: usize) -> bool {
        (least..=most).contains(&text.len()) && text.bytes().all(|byte| self.0[usize::from(byte)])
    }

    /// Whether the first byte of `text` is in the class.
    #[inline]
    fn starts(&self, text: &str) -> bool {
        text.bytes()
            .next()
            .is_some_and(|byte| self.0[usize::from(byte)])
    }
}

fn is_symbol(text: &str) -> bool {
    const FIRST: Class = Class::ALPHANUMERIC.and(b"^$/");
    const ALL: Class = Class::ALPHANUMERIC.and(b"._:/^=@+&$-");
    ALL.has(text, 1, 64) && FIRST.starts(text)
}

fn is_client_order_id(text: &str) -> bool {
    const ALL: Class = Class::ALPHANUMERIC.and(b"_-");
    ALL.has(text, 1, 36)
}

fn is_bar_period(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=6).contains(&digits)
        && !text.starts_with('0')
        && matches!(&text[digits..], "ms" | "s" | "m" | "h" | "d" | "w")
}

fn is_currency(text: &str) -> bool {
    Class::CAPITALS_AND_DIGITS.has(text, 2, 12)
}

fn is_venue(text: &str) -> bool {
    const ALL: Class = Class::CAPITALS_AND_DIGITS.and(b"._-");
    ALL.has(text, 1, 32)
}

fn is_count(text: &str) -> bool {
    Class::DIGITS.has(text, 1, 18) && (text == "0" || !text.starts_with('0'))
}

fn is_identifier(text: &str) -> bool {
    const ALL: Class = Class::EMPTY.range(b'!', b'~');
    ALL.has(text, 1, 64)
}

fn is_name(text: &str) -> bool {
    const ALL: Class = Class::ALPHANUMERIC.and(b"._-");
    ALL.has(text, 1, 63) && Class::ALPHANUMERIC.starts(text)
}

fn is_free_text(text: &str) -> bool {
    // The schema counts characters, not bytes; no text of so few bytes has more.
    let fits = !text.is_empty() && (text.len() <= 512 || text.chars().count() <= 512);
    fits && text.bytes().all(|byte| byte > 0x1f && byte != 0x7f)
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
