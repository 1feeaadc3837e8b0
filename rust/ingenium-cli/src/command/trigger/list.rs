//! `ingenium trigger list`: the Triggers of a broker, one a line.

use std::io::Write as _;

use ingenium_broker::trigger::LAG;
use serde_json::Value;

use super::{KIND, Output};
use crate::command::server::Server;
use crate::exit::{Code, Failure};

/// List the Triggers of a running broker
///
/// LAG is how many events a Trigger still has to get. Exit status: 0 listed, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium trigger list --broker http://127.0.0.1:8080")]
pub(crate) struct Arguments {
    /// How to print
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,

    #[command(flatten)]
    server: Server,
}

pub(super) async fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let connection = arguments.server.connect()?;
    let path = arguments.server.objects(KIND, None);
    let list = connection.get(&path).await?.ok_or_else(|| {
        let namespace = arguments.server.namespace.escape_debug();
        let message =
            format!("there is no namespace `{namespace}` at this broker; name it with --namespace");
        Failure::new(Code::Usage, message)
    })?;
    let mut out = std::io::stdout().lock();
    let printed = match arguments.output {
        Output::Json => writeln!(out, "{list:#}"),
        Output::Text => write!(out, "{}", table(&list)),
    };
    printed.map_err(Failure::internal)?;
    Ok(Code::Good)
}

/// Columns as wide as what stands in them.
fn table(list: &Value) -> String {
    let items = list["items"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows = vec![["NAME", "BROKER", "LAG", "READY", "SUBSCRIBER"].map(ToOwned::to_owned)];
    rows.extend(items.iter().map(|item| {
        [
            text(&item["metadata"]["name"]),
            text(&item["spec"]["broker"]),
            lag(item),
            text(&item["status"]["conditions"][0]["status"]),
            text(&item["status"]["subscriberUri"]),
        ]
    }));
    let width = |column: usize| {
        let lengths = rows.iter().map(|row| row[column].chars().count());
        lengths.max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    let mut table = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            table += &format!("{cell:<width$}  ");
        }
        table += &row[4];
        table.push('\n');
    }
    table
}

/// How many events a Trigger still has to get.
pub(super) fn lag(item: &Value) -> String {
    text(&item["status"]["annotations"][LAG])
}

/// A text of an object, fit for a terminal.
pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| "-".to_owned(), |text| text.escape_debug().to_string())
}
