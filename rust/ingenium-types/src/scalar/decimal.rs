//! Decimals: exact, with their scale, never in exponent form.

use rust_decimal::Decimal as Exact;

use super::digits::Room;
use super::{Scalar, scalar_traits};

/// A decimal's digits as one whole number, and how many of them are decimals.
#[derive(Clone, Copy)]
struct Digits {
    negative: bool,
    units: u128,
    decimals: u32,
}

impl Digits {
    /// The number. At most 28 digits: always fits the 96-bit mantissa, so nothing is rounded here.
    #[inline]
    const fn exact(self) -> Exact {
        let (low, middle, high) = (self.units, self.units >> 32, self.units >> 64);
        Exact::from_parts(
            low as u32,
            middle as u32,
            high as u32,
            self.negative,
            self.decimals,
        )
    }

    /// The digits of `value`, if the contract has room for them; zero has no sign.
    fn of(value: Exact) -> Option<Self> {
        let (units, decimals) = (value.mantissa().unsigned_abs(), value.scale());
        let below = |integer_digits: u32| units < 10_u128.pow(integer_digits + decimals);
        let fits = (decimals <= 18 && below(10)) || (decimals <= 10 && below(18));
        let negative = value.is_sign_negative();
        (fits && !(negative && units == 0)).then_some(Self {
            negative,
            units,
            decimals,
        })
    }

    /// The number as the contract writes it.
    fn write(self, room: &mut Room) -> &str {
        let mut units = self.units;
        if self.decimals > 0 {
            let ten = 10_u128.pow(self.decimals);
            room.number(units % ten, self.decimals as usize);
            room.byte(b'.');
            units /= ten;
        }
        room.number(units, 1);
        if self.negative {
            room.byte(b'-');
        }
        room.text()
    }

    /// Whether the number lies in -1..=1.
    fn is_ratio(self) -> bool {
        self.units <= 10_u128.pow(self.decimals)
    }
}

/// The run of digits at the start of `text`, at most 18, as a number; its length.
#[inline]
fn scan_run(text: &[u8]) -> (u64, usize) {
    let mut number = 0;
    let mut length = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(length)
        && length < 18
    {
        number = number * 10 + u64::from(digit - b'0');
        length += 1;
    }
    (number, length)
}

/// Reads an unsigned contract decimal at the start of `text`: no sign, no exponent, no leading zero,
/// up to 10 integer digits with up to 18 decimals or up to 18 integer digits with up to 10 decimals.
#[inline]
fn scan_unsigned(text: &[u8]) -> Option<(Digits, usize)> {
    let (integer, length) = scan_run(text);
    let most_decimals = match length {
        1..=10 => 18,
        11..=18 => 10,
        _ => return None,
    };
    if length > 1 && text[0] == b'0' {
        return None;
    }
    let mut digits = Digits {
        negative: false,
        units: u128::from(integer),
        decimals: 0,
    };
    if text.get(length) != Some(&b'.') {
        return Some((digits, length));
    }
    let (fraction, decimals) = scan_run(&text[length + 1..]);
    if decimals == 0 || decimals > most_decimals {
        return None;
    }
    digits.units = digits.units * u128::from(TENS[decimals]) + u128::from(fraction);
    digits.decimals = u32::try_from(decimals).ok()?;
    Some((digits, length + 1 + decimals))
}

/// Reads a signed contract decimal at the start of `text`; zero has no sign.
#[inline]
fn scan_signed(text: &[u8]) -> Option<(Digits, usize)> {
    let Some(unsigned) = text.strip_prefix(b"-") else {
        return scan_unsigned(text);
    };
    let (mut digits, length) = scan_unsigned(unsigned)?;
    digits.negative = true;
    (digits.units != 0).then_some((digits, length + 1))
}

/// Powers of ten by exponent.
const TENS: [u64; 19] = {
    let mut tens = [1; 19];
    let mut exponent = 1;
    while exponent < tens.len() {
        tens[exponent] = tens[exponent - 1] * 10;
        exponent += 1;
    }
    tens
};

macro_rules! decimal_scalar {
    ($(#[$doc:meta])* $name:ident, $form:literal, $scan:ident, $signed:literal, $check:expr) => {
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
                let (check, is_signed): (fn(Digits) -> bool, bool) = ($check, $signed);
                let digits = Digits::of(value)?;
                ((is_signed || !digits.negative) && check(digits)).then_some(Self(value))
            }
        }

        impl Scalar for $name {
            const NAME: &'static str = stringify!($name);
            const FORM: &'static str = $form;

            fn parse(text: &str) -> Option<Self> {
                let (value, length) = Self::scan(text.as_bytes())?;
                (length == text.len()).then_some(value)
            }
        }

        impl $name {
            /// Reads a value at the start of `text`; its length.
            #[inline]
            fn scan(text: &[u8]) -> Option<(Self, usize)> {
                let check: fn(Digits) -> bool = $check;
                let (digits, length) = $scan(text)?;
                check(digits).then(|| (Self(digits.exact()), length))
            }

            fn with_text<R>(&self, take: impl FnOnce(&str) -> R) -> R {
                let mut room = Room::default();
                match Digits::of(self.0) {
                    Some(digits) => take(digits.write(&mut room)),
                    None => take(&self.0.to_string()), // not made by a scanner
                }
            }

            #[inline]
            fn quick(reader: &mut crate::read::Reader<'_>) -> Option<Self> {
                reader.scan(Self::scan)
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
    scan_signed,
    true,
    |_| true
);
decimal_scalar!(
    /// A decimal that is zero or more.
    NonNegativeDecimal,
    "a plain decimal of zero or more such as `12.50`: no sign, exponent or leading zeros",
    scan_unsigned,
    false,
    |_| true
);
decimal_scalar!(
    /// A decimal above zero.
    PositiveDecimal,
    "a plain decimal above zero such as `12.50`: no sign, exponent or leading zeros",
    scan_unsigned,
    false,
    |digits| digits.units != 0
);
decimal_scalar!(
    /// A price; negative is legal (spreads, futures).
    InstrumentPrice,
    "a plain decimal such as `-12.50`: no exponent, no leading zeros, at most 10+18 or 18+10 digits",
    scan_signed,
    true,
    |_| true
);
decimal_scalar!(
    /// A share between 0 and 1.
    Ratio,
    "a plain decimal from `0` to `1`",
    scan_unsigned,
    false,
    Digits::is_ratio
);
decimal_scalar!(
    /// A signed share between -1 and 1.
    SignedRatio,
    "a plain decimal from `-1` to `1`",
    scan_signed,
    true,
    Digits::is_ratio
);
