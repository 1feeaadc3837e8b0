//! `ingenium trigger describe`: what one Trigger does.

use std::io::Write as _;

use serde_json::Value;

use super::list::{lag, text};
use super::manifest::is_name;
use super::{KIND, Output};
use crate::command::server::Server;
use crate::exit::{Code, Failure};

/// Describe one Trigger: what passes, where it goes, how it is delivered, how far it is
///
/// Exit status: 0 described, 2 there is no such Trigger, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium trigger describe strategy-data")]
pub(crate) struct Arguments {
    /// The Trigger
    #[arg(value_name = "NAME")]
    name: String,

    /// How to print
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,

    #[command(flatten)]
    server: Server,
}

pub(super) async fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    if !is_name(&arguments.name) {
        return Err(missing(&arguments.name));
    }
    let connection = arguments.server.connect()?;
    let path = arguments.server.objects(KIND, Some(&arguments.name));
    let object = connection
        .get(&path)
        .await?
        .ok_or_else(|| missing(&arguments.name))?;
    let mut out = std::io::stdout().lock();
    let printed = match arguments.output {
        Output::Json => writeln!(out, "{object:#}"),
        Output::Text => write!(out, "{}", describe(&object)),
    };
    printed.map_err(Failure::internal)?;
    Ok(Code::Good)
}

/// There is no Trigger of this name.
pub(super) fn missing(name: &str) -> Failure {
    let message = format!(
        "there is no trigger `{}`; `ingenium trigger list` says which there are",
        name.escape_debug()
    );
    Failure::new(Code::Usage, message)
}

fn describe(object: &Value) -> String {
    let (metadata, spec) = (&object["metadata"], &object["spec"]);
    let mut lines = vec![
        ("Name", text(&metadata["name"])),
        ("Namespace", text(&metadata["namespace"])),
        ("Broker", text(&spec["broker"])),
        ("Subscriber", text(&spec["subscriber"]["uri"])),
        ("Lag", lag(object)),
    ];
    let filters = spec["filters"].as_array().map_or(&[][..], Vec::as_slice);
    for filter in filters {
        lines.push(("Filter", filter.to_string()));
    }
    if filters.is_empty() {
        let attributes = &spec["filter"]["attributes"];
        let filter = match attributes.as_object() {
            Some(attributes) if !attributes.is_empty() => spec["filter"]["attributes"].to_string(),
            _ => "everything passes".to_owned(),
        };
        lines.push(("Filter", filter));
    }
    let delivery = match &spec["delivery"] {
        Value::Null => "the broker's".to_owned(),
        delivery => delivery.to_string(),
    };
    lines.push(("Delivery", delivery));
    if let Some(annotations) = metadata["annotations"].as_object() {
        for (name, value) in annotations {
            lines.push(("Annotation", format!("{name}: {}", text(value))));
        }
    }
    let lines = lines
        .iter()
        .map(|(name, value)| format!("{name:<12}{value}\n"));
    lines.collect()
}
