//! Rules for single attributes (CloudEvents 1.0, "Context Attributes" and "Type System").

use fluent_uri::{Uri, UriRef};
use ingenium_types::scalar::UtcTimestamp;

use crate::finding::{Finding, excerpt};
use crate::rule;

/// The longest attribute value that is read, in bytes; trace context may be longer, it is dropped instead.
pub const MAX_ATTRIBUTE: usize = 2048;

/// The event's `time`: RFC 3339 text and its instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    text: String,
    instant: Option<UtcTimestamp>,
}

impl Time {
    /// Reads RFC 3339 with any offset; a leap second is the instant that follows it.
    ///
    /// ```
    /// # use ingenium_contract::Time;
    /// let close = Time::parse("2020-09-30T22:00:00+02:00").expect("RFC 3339");
    /// assert_eq!(close.instant(), "2020-09-30T20:00:00Z".parse().ok());
    /// assert!(Time::parse("2020-09-30T20:00:00").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let offset_start =
            text.len()
                .checked_sub(if text.ends_with(['Z', 'z']) { 1 } else { 6 })?;
        let (clock, offset) = (text.get(..offset_start)?, text.get(offset_start..)?);
        let offset_minutes = parse_offset(offset)?;
        let leap = clock.get(17..19) == Some("60");
        let mut plain = clock.replacen(['t', ' '], "T", 1);
        if leap {
            plain.replace_range(17..19, "59");
        }
        // Years that the contract's timestamps do not reach are legal here; they have no instant.
        let year = plain.get(..4)?;
        if !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return None; // a parser of numbers takes `+202` too
        }
        let year: i32 = year.parse().ok()?;
        let in_range = (1970..=2261).contains(&year);
        if !in_range {
            let leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            plain.replace_range(..4, if leap_year { "2000" } else { "2001" });
        }
        if plain.len() > 29 {
            return None;
        }
        let local: UtcTimestamp = format!("{plain}Z").parse().ok()?;
        let shift = i64::from(leap) - i64::from(offset_minutes) * 60;
        let instant = local
            .as_nanoseconds()
            .checked_add(shift.checked_mul(1_000_000_000)?);
        Some(Self {
            text: text.to_owned(),
            instant: instant
                .filter(|_| in_range)
                .and_then(UtcTimestamp::from_nanoseconds),
        })
    }

    /// The text as received.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The instant, if it lies in the years 1970 to 2261.
    #[must_use]
    pub const fn instant(&self) -> Option<UtcTimestamp> {
        self.instant
    }
}

impl From<UtcTimestamp> for Time {
    fn from(instant: UtcTimestamp) -> Self {
        Self {
            text: instant.to_string(),
            instant: Some(instant),
        }
    }
}

fn parse_offset(offset: &str) -> Option<i32> {
    if offset.eq_ignore_ascii_case("Z") {
        return Some(0);
    }
    let bytes = offset.as_bytes();
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = [1, 2, 4, 5].map(|at| bytes[at]);
    if bytes[3] != b':' || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let [hours, minutes] =
        [0, 2].map(|at| i32::from(digits[at] - b'0') * 10 + i32::from(digits[at + 1] - b'0'));
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Checks an attribute name: lower-case ASCII letters and digits only.
///
/// # Errors
/// The rule that it breaks.
pub fn check_name(name: &str) -> Result<(), Finding> {
    let legal = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if legal {
        return Ok(());
    }
    Err(Finding::error(
        rule::ATTRIBUTE_NAME,
        format!("/{}", ingenium_types::refusal::escape_pointer(name)),
        format!("`{}` is no attribute name", excerpt(name)),
    )
    .help("use lower-case letters and digits only"))
}

/// Checks the text of any attribute.
///
/// # Errors
/// The rule that it breaks.
pub fn check_value(name: &str, value: &str) -> Result<(), Finding> {
    let pointer = || format!("/{name}");
    if value.is_empty() {
        return Err(
            Finding::error(rule::EMPTY, pointer(), format!("`{name}` is empty"))
                .help("leave an optional attribute out; give a required one a value"),
        );
    }
    if value.len() > MAX_ATTRIBUTE {
        let message = format!(
            "`{name}` has {} bytes, more than {MAX_ATTRIBUTE}",
            value.len()
        );
        return Err(Finding::error(rule::ATTRIBUTE_LENGTH, pointer(), message)
            .help("put large values into the data"));
    }
    // Most values are visible ASCII, and none of that is forbidden.
    let is_plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_plain && let Some(illegal) = value.chars().find(|&c| is_forbidden(c)) {
        let message = format!("`{name}` holds U+{:04X}", u32::from(illegal));
        return Err(Finding::error(rule::ATTRIBUTE_VALUE, pointer(), message)
            .help("control characters and non-characters are forbidden in attributes"));
    }
    match name {
        "source" if UriRef::parse(value).is_err() => Err(Finding::error(
            rule::URI,
            pointer(),
            format!(
                "`source` is `{}`, which is no URI reference (RFC 3986)",
                excerpt(value)
            ),
        )
        .help("for example `/ingenium/strategy/rsi`")),
        "dataschema" if Uri::parse(value).is_err() => Err(Finding::error(
            rule::URI,
            pointer(),
            format!(
                "`dataschema` is `{}`, which is no absolute URI (RFC 3986)",
                excerpt(value)
            ),
        )
        .help("use the `$id` of the schema, or leave it out")),
        "time" if Time::parse(value).is_none() => Err(Finding::error(
            rule::TIME,
            pointer(),
            format!("`time` is `{}`, which is not RFC 3339", excerpt(value)),
        )
        .help("for example `2020-09-30T20:00:00Z`")),
        "datacontenttype" if !is_media_type(value) => Err(Finding::error(
            rule::DATACONTENTTYPE,
            pointer(),
            format!(
                "`datacontenttype` is `{}`, which is no media type",
                excerpt(value)
            ),
        )
        .help("for example `application/json`")),
        _ => Ok(()),
    }
}

/// Characters that a CloudEvents String must not hold: controls and non-characters.
fn is_forbidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control() || (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}

/// Whether `value` is a media type (RFC 6838) with at most short parameters.
fn is_media_type(value: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let mut parts = value.split(';');
    let essence = parts.next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let parameter = |text: &str| {
        let Some((name, value)) = text.trim().split_once('=') else {
            return false;
        };
        token(name)
            && (token(value)
                || (value.len() >= 2 && value.starts_with('"') && value.ends_with('"')))
    };
    value.len() <= 256 && token(kind) && token(subtype) && parts.all(parameter)
}

/// The type and subtype of a media type in lower case, without parameters.
#[must_use]
pub fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Whether a media type is JSON (`application/json`, `text/json` or any `+json`).
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

/// Whether a media type announces another character set than UTF-8.
pub(crate) fn has_foreign_charset(media_type: &str) -> bool {
    media_type.split(';').skip(1).any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        name.trim().eq_ignore_ascii_case("charset")
            && !["utf-8", "us-ascii"]
                .iter()
                .any(|known| value.trim().trim_matches('"').eq_ignore_ascii_case(known))
    })
}
