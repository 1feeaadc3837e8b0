//! `ingenium backtest schema`: what the documents of a backtest look like.

use schemars::{Schema, schema_for};

use super::plan::Plan;
use super::report::Report;
use super::sweep::Sweep;
use super::terminal::say;
use crate::exit::{Code, Failure};

/// Print the JSON Schema of a document that backtests write
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium backtest schema report")]
pub(crate) struct Arguments {
    /// Which document
    #[arg(value_enum, value_name = "DOCUMENT")]
    document: Document,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Document {
    /// plan.json
    Plan,
    /// report.json
    Report,
    /// sweep.json
    Sweep,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let schema: Schema = match arguments.document {
        Document::Plan => schema_for!(Plan),
        Document::Report => schema_for!(Report),
        Document::Sweep => schema_for!(Sweep),
    };
    say(&serde_json::to_string_pretty(&schema).map_err(Failure::internal)?);
    Ok(Code::Good)
}
