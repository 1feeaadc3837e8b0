//! Decimals: exact, with their scale, never in exponent form.

use std::fmt;

use rust_decimal::Decimal as Exact;

use super::{Scalar, scalar_traits};

/// Whether `text` is an unsigned contract decimal: no sign, no exponent, no leading zero,
/// up to 10 integer digits with up to 18 decimals or up to 18 integer digits with up to 10 decimals.
fn is_unsigned(text: &[u8]) -> bool {
    let (integer, fraction) = match text.iter().position(|&byte| byte == b'.') {
        Some(point) => (&text[..point], Some(&text[point + 1..])),
        None => (text, None),
    };
    let most_decimals = match integer.len() {
        1..=10 => 18,
        11..=18 => 10,
        _ => return false,
    };
    let fraction_fits = fraction.is_none_or(|digits| (1..=most_decimals).contains(&digits.len()));
    let leading_zero = integer.len() > 1 && integer[0] == b'0';
    fraction_fits
        && !leading_zero
        && integer.iter().all(u8::is_ascii_digit)
        && fraction.is_none_or(|digits| digits.iter().all(u8::is_ascii_digit))
}

fn has_nonzero_digit(text: &[u8]) -> bool {
    text.iter().any(|byte| (b'1'..=b'9').contains(byte))
}

/// The exact value of a text that `is_unsigned` after its optional sign.
fn exact(text: &str) -> Option<Exact> {
    // At most 28 digits: always fits the 96-bit mantissa, so nothing is rounded here.
    Exact::from_str_exact(text).ok()
}

fn parse_signed(text: &str) -> Option<Exact> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let negative_zero = digits.len() < text.len() && !has_nonzero_digit(digits);
    (is_unsigned(digits) && !negative_zero)
        .then(|| exact(text))
        .flatten()
}

fn parse_unsigned(text: &str) -> Option<Exact> {
    is_unsigned(text.as_bytes()).then(|| exact(text)).flatten()
}

/// A ratio has one integer digit and lies in 0..=1.
fn parse_ratio(text: &str) -> Option<Exact> {
    parse_unsigned(text).filter(|value| *value <= Exact::ONE)
}

macro_rules! decimal_scalar {
    ($(#[$doc:meta])* $name:ident, $form:literal, $parse:expr) => {
        $(#[$doc])*
        ///
        /// Equality and order are numeric (`10.00 == 10`); the text keeps its trailing zeros.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Exact);

        impl $name {
            /// The number.
            #[must_use]
            pub const fn get(self) -> Exact {
                self.0
            }

            /// The scalar that holds `value`, if the value fits the contract's digits and sign.
            #[must_use]
            pub fn new(value: Exact) -> Option<Self> {
                Self::parse(&value.to_string())
            }
        }

        impl Scalar for $name {
            const NAME: &'static str = stringify!($name);
            const FORM: &'static str = $form;

            fn parse(text: &str) -> Option<Self> {
                ($parse)(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        scalar_traits!($name);
    };
}

decimal_scalar!(
    /// A signed decimal.
    ///
    /// ```
    /// # use ingenium_types::scalar::Decimal;
    /// let tick: Decimal = "10.00".parse()?;
    /// assert_eq!(tick.to_string(), "10.00");
    /// assert_eq!(tick, "10".parse()?);
    /// for refused in ["+1", "01", ".5", "5.", "1e3", "-0", "1_000", "1.0\n", ""] {
    ///     assert!(refused.parse::<Decimal>().is_err(), "{refused}");
    /// }
    /// # Ok::<(), ingenium_types::scalar::NotAScalar>(())
    /// ```
    Decimal,
    "a plain decimal such as `-12.50`: no exponent, no leading zeros, at most 10+18 or 18+10 digits",
    parse_signed
);
decimal_scalar!(
    /// A decimal that is zero or more.
    NonNegativeDecimal,
    "a plain decimal of zero or more such as `12.50`: no sign, exponent or leading zeros",
    parse_unsigned
);
decimal_scalar!(
    /// A decimal above zero.
    PositiveDecimal,
    "a plain decimal above zero such as `12.50`: no sign, exponent or leading zeros",
    |text: &str| parse_unsigned(text).filter(|value| !value.is_zero())
);
decimal_scalar!(
    /// A price; negative is legal (spreads, futures).
    Price,
    "a plain decimal such as `-12.50`: no exponent, no leading zeros, at most 10+18 or 18+10 digits",
    parse_signed
);
decimal_scalar!(
    /// A share between 0 and 1.
    Ratio,
    "a plain decimal from `0` to `1`",
    parse_ratio
);
decimal_scalar!(
    /// A signed share between -1 and 1.
    SignedRatio,
    "a plain decimal from `-1` to `1`",
    |text: &str| parse_signed(text).filter(|value| value.abs() <= Exact::ONE)
);
