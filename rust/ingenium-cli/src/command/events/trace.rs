//! `ingenium events trace`: what has led to an event, and what it has led to.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::ValueEnum;
use ingenium_contract::{CloudEvent, SpecVersions, envelope};
use serde_json::{Value, json};

use super::Log;
use super::lineage::Lineage;
use super::selection::Range;
use super::source::Source;
use crate::exit::{Code, Failure};

/// Show the events that belong together, as a tree of causes
///
/// All events with the same `correlationid`, which is the id of the first of them; each stands under the event that its
/// `causationid` names. Exit status: 0 found, 2 wrong usage, 3 there is no broker, 5 there is no such event.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium events trace 0a1b2c3d-0000-5000-8000-000000000000
  $ ingenium events trace --correlation 0a1b2c3d-0000-5000-8000-000000000000 --data .ingenium --output json")]
#[group(skip)]
pub(super) struct Arguments {
    /// The id of an event
    #[arg(
        value_name = "ID",
        required_unless_present = "correlation",
        conflicts_with = "correlation"
    )]
    id: Option<String>,

    /// All events of this `correlationid`
    #[arg(long, value_name = "ID")]
    correlation: Option<String>,

    /// Read the file of a broker in this folder instead, which need not be running
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// How to print
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,

    #[command(flatten)]
    log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// A tree
    Text,
    /// Events with causes and effects
    Json,
}

pub(super) async fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let source = Source::new(arguments.data.as_deref(), &arguments.log);
    let correlation = match (&arguments.correlation, &arguments.id) {
        (Some(correlation), _) => correlation.clone(),
        (None, id) => {
            let id = id.clone().unwrap_or_default();
            let found = events(&source, json!([{ "exact": { "id": id } }])).await?;
            let Some(event) = found.into_iter().next() else {
                return Err(nothing("event", &id));
            };
            let correlation = event.extension_text("correlationid");
            correlation.map_or(id, ToOwned::to_owned)
        }
    };
    // The first event of a story need not name itself.
    let filters = json!([{ "any": [
        { "exact": { "correlationid": correlation } },
        { "exact": { "id": correlation } },
    ] }]);
    let lineage = Lineage::new(events(&source, filters).await?);
    if lineage.is_empty() {
        return Err(nothing("correlation", &correlation));
    }
    let mut out = io::stdout().lock();
    let printed = match arguments.output {
        Output::Text => write!(out, "{}", lineage.text(arguments.id.as_deref())),
        Output::Json => writeln!(out, "{:#}", lineage.json()),
    };
    printed.map_err(Failure::internal)?;
    Ok(Code::Good)
}

async fn events(source: &Source<'_>, filters: Value) -> Result<Vec<CloudEvent>, Failure> {
    let range = Range {
        from: "earliest".to_owned(),
        to: Some("head".to_owned()),
        filters,
    };
    let mut events = Vec::new();
    source
        .for_each(&range, true, &mut |line| {
            let line = line.to_vec().into();
            let read = envelope::read_structured(&line, SpecVersions::V03AndV1);
            let read =
                read.map_err(|_| Failure::new(Code::Target, "the log has what is no event"))?;
            // Trees are made of attributes; data may be large.
            events.push(CloudEvent {
                data: None,
                ..read.event
            });
            Ok(())
        })
        .await?;
    Ok(events)
}

fn nothing(what: &str, id: &str) -> Failure {
    let message = format!("there is no {what} `{}` in the log", id.escape_debug());
    Failure::new(Code::Nothing, message)
}
