//! Forms of CloudEvents attributes, as patterns that every language gets in its own dialect.

use serde::Serialize;

use super::pattern::{self, Dialect};

/// The patterns.
#[derive(Debug, Serialize)]
pub(super) struct Grammar {
    attribute_name: String,
    media_type: String,
    /// What a URI of either kind must not hold.
    no_escape: String,
    sequence: String,
    time: String,
    /// Dates that `time` matches and no calendar has.
    no_day: String,
    uri: String,
    uri_reference: String,
}

/// RFC 3339 with any offset; a leap second is legal.
const TIME: &str = "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$";
const NO_DAY: &str =
    "-(?:(?:0[2469]|11)-31|02-30)|(?:[02468][1235679]|[13579][01345789])(?:00)?-02-29";
const NAME: &str = "^[a-z0-9]+$";
const SEQUENCE: &str = "^[0-9]{20}$";

const TOKEN: &str = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
// Each repetition is one of single characters, which no engine recurses for: an escape is checked apart.
const CHARACTER: &str = "[A-Za-z0-9._~!$&'()*+,;=:@%-]";
const OR_SLASH: &str = "[A-Za-z0-9._~!$&'()*+,;=:@%/-]";
const NO_COLON: &str = "[A-Za-z0-9._~!$&'()*+,;=@%-]";
const TAIL: &str = "[A-Za-z0-9._~!$&'()*+,;=:@%/?-]";
const AUTHORITY: &str = "(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?(?:\\[[0-9A-Fa-fvV:._~!$&'()*+,;=-]+\\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?";
/// A percent sign without its two digits.
const NO_ESCAPE: &str = "%(?:[^0-9A-Fa-f]|$|[0-9A-Fa-f](?:[^0-9A-Fa-f]|$))";

impl Grammar {
    /// The patterns in `dialect`.
    pub(super) fn new(dialect: Dialect) -> Result<Self, String> {
        let print = |pattern: &str| pattern::print(pattern, dialect);
        let absolute = format!("//{AUTHORITY}(?:/{OR_SLASH}*)?|/(?:{CHARACTER}{OR_SLASH}*)?");
        let tail = format!("(?:\\?{TAIL}*)?(?:#{TAIL}*)?");
        let full = format!("[A-Za-z][A-Za-z0-9+.-]*:(?:{absolute}|(?:{CHARACTER}{OR_SLASH}*)?)");
        let relative = format!("{absolute}|(?:{NO_COLON}+(?:/{OR_SLASH}*)?)?");
        Ok(Self {
            attribute_name: print(NAME)?,
            media_type: print(&format!(
                "^[ \\t]*{TOKEN}/{TOKEN}[ \\t]*(?:;[ \\t]*{TOKEN}=(?:{TOKEN}|\"[^;]*\")[ \\t]*)*$"
            ))?,
            no_escape: print(NO_ESCAPE)?,
            sequence: print(SEQUENCE)?,
            time: print(TIME)?,
            no_day: print(NO_DAY)?,
            uri: print(&format!("^{full}{tail}$"))?,
            uri_reference: print(&format!("^(?:{full}|{relative}){tail}$"))?,
        })
    }
}
