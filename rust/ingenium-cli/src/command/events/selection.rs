//! Which events of a log are meant.

use ingenium_broker::trigger::{Filter, Start};
use serde_json::{Value, json};

use crate::exit::Failure;

/// What events must be like.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Passing {
    /// Only events of this type
    #[arg(long, value_name = "TYPE")]
    pub(super) filter_type: Option<String>,

    /// Only events for which this CloudEvents SQL expression is true; all must be, where there are several
    #[arg(long, value_name = "CESQL")]
    pub(super) filter: Vec<String>,
}

/// A part of a log.
#[derive(Debug, Clone)]
pub(super) struct Range {
    /// `latest`, `earliest`, an offset or a time.
    pub(super) from: String,
    /// `head`, an offset, or nothing for ever.
    pub(super) to: Option<String>,
    /// As `spec.filters` of a Trigger.
    pub(super) filters: Value,
}

impl Passing {
    /// As `spec.filters` of a Trigger.
    pub(super) fn filters(&self) -> Value {
        let types = self.filter_type.iter();
        let types = types.map(|name| json!({ "exact": { "type": name } }));
        let expressions = self.filter.iter().map(|text| json!({ "cesql": text }));
        types.chain(expressions).collect()
    }
}

impl Range {
    /// The query of a request, percent-encoded.
    pub(super) fn query(&self) -> String {
        let mut query = format!("from={}", encoded(&self.from));
        if let Some(to) = &self.to {
            query += &format!("&to={}", encoded(to));
        }
        if self.filters != json!([]) {
            query += &format!("&filter={}", encoded(&self.filters.to_string()));
        }
        query
    }

    /// Where it starts.
    pub(super) fn start(&self) -> Result<Start, Failure> {
        self.from.parse().map_err(Failure::usage)
    }

    /// The filters, compiled.
    pub(super) fn compiled(&self) -> Result<Vec<Filter>, Failure> {
        Filter::list_from_json(self.filters.to_string().as_bytes()).map_err(Failure::usage)
    }
}

/// Every byte but letters and digits as `%XX`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}
