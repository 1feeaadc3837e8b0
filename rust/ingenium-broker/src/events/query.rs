//! What a reader of the log asks for.

use ingenium_runtime::http::Request;
use percent_encoding::percent_decode_str;

use crate::trigger::{Filter, Invalid, Start, nearest};

/// Where reading starts and ends, and what is read.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) from: Start,
    /// The offset of the last event that the reader has seen; it counts more than `from`.
    pub(super) after: Option<u64>,
    pub(super) to: Option<To>,
    pub(super) filters: Vec<Filter>,
}

/// Where reading ends.
#[derive(Debug)]
pub(super) enum To {
    /// At the last event that is there when the request is.
    Head,
    /// With the event at this offset, which may be still to come.
    Offset(u64),
}

const PARAMETERS: [&str; 3] = ["from", "to", "filter"];

impl Query {
    pub(super) fn read(request: &Request) -> Result<Self, Invalid> {
        let [mut from, mut to, mut filter] = [None, None, None];
        let pairs = request.query.as_deref().unwrap_or_default().split('&');
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "from" => &mut from,
                "to" => &mut to,
                "filter" => &mut filter,
                name => {
                    return Err(invalid(
                        "query",
                        format!("`{}` is not known here", name.escape_debug()),
                        nearest::suggest(name, &PARAMETERS),
                    ));
                }
            };
            if place.is_some() {
                return Err(invalid(name, "it stands twice".to_owned(), "send it once"));
            }
            *place = Some(decode(name, value)?);
        }
        let from = from.map(|from| from.parse()).transpose()?;
        let filters = filter.map(|json| Filter::list_from_json(json.as_bytes()));
        Ok(Self {
            from: from.unwrap_or(Start::Latest),
            after: after(request)?,
            to: to.map(|to| end(&to)).transpose()?,
            filters: filters.transpose()?.unwrap_or_default(),
        })
    }
}

/// What browsers send when they connect again.
fn after(request: &Request) -> Result<Option<u64>, Invalid> {
    let Some(id) = request.header("last-event-id") else {
        return Ok(None);
    };
    let number = std::str::from_utf8(id).ok().and_then(|id| id.parse().ok());
    number.map(Some).ok_or_else(|| {
        let shown = String::from_utf8_lossy(id);
        invalid(
            "Last-Event-ID",
            format!("`{}` is no offset", shown.escape_debug()),
            "send the last `id` of this stream, or leave it out",
        )
    })
}

fn end(text: &str) -> Result<To, Invalid> {
    match (text, text.parse()) {
        ("head", _) => Ok(To::Head),
        (_, Ok(offset)) => Ok(To::Offset(offset)),
        _ => Err(invalid(
            "to",
            format!("`{}` is no end", text.escape_debug()),
            "send `head` or an offset such as `100`",
        )),
    }
}

fn decode(name: &str, value: &str) -> Result<String, Invalid> {
    // Forms and URLSearchParams write a space as `+`, and a plus as `%2B`.
    let spaced = value.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| invalid(name, "it is not UTF-8".to_owned(), "percent-encode UTF-8"))
}

fn invalid(field: &str, problem: String, fix: impl Into<String>) -> Invalid {
    Invalid {
        field: field.to_owned(),
        problem,
        fix: fix.into(),
    }
}
