//! `ingenium schema list` and `show`: the event types for people.

use clap::ValueEnum;
use ingenium_codegen::reference::{Event, Reference, text};

use super::source::{Source, faulty};
use super::write::print;
use crate::exit::{Code, Failure};

/// List the event types
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema list
  $ ingenium schema list --format json")]
pub(crate) struct List {
    #[command(flatten)]
    source: Source,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Form::Pretty)]
    format: Form,
}

/// Show one event type: members, units, rules, FIX tags, an example
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema show portfolio.order
  $ ingenium schema show ingenium.ingestor.data --format json")]
pub(crate) struct Show {
    /// The event type, with or without `ingenium.`
    #[arg(value_name = "TYPE")]
    event_type: String,

    #[command(flatten)]
    source: Source,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Form::Pretty)]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Pretty,
    /// JSON
    Json,
}

pub(crate) fn list(arguments: &List) -> Result<Code, Failure> {
    let reference = reference(&arguments.source)?;
    match arguments.format {
        Form::Pretty => {
            let width =
                |of: fn(&Event) -> usize| reference.events.iter().map(of).max().unwrap_or(0);
            let types = width(|event| event.event_type.len());
            let roles = width(|event| event.emitted_by.len());
            let consumers = width(|event| event.consumed_by.join(", ").len());
            let mut lines = String::new();
            for event in &reference.events {
                lines += &format!(
                    "{:types$}  {:roles$} > {:consumers$}  {}\n",
                    event.event_type,
                    event.emitted_by,
                    event.consumed_by.join(", "),
                    event.description
                );
            }
            print(&lines)
        }
        Form::Json => print(&json(&reference.events)?),
    }
}

pub(crate) fn show(arguments: &Show) -> Result<Code, Failure> {
    let reference = reference(&arguments.source)?;
    let event = find(&reference, &arguments.event_type)?;
    match arguments.format {
        Form::Pretty => print(&text(event).map_err(Failure::internal)?),
        Form::Json => print(&json(event)?),
    }
}

/// The event type of this name.
pub(super) fn find<'a>(reference: &'a Reference, name: &str) -> Result<&'a Event, Failure> {
    reference.event(name).ok_or_else(|| {
        let known: Vec<&str> = reference
            .events
            .iter()
            .map(|event| event.name.as_str())
            .collect();
        let message = format!("`{name}` is no event type; there are {}", known.join(", "));
        Failure::new(Code::Usage, message)
    })
}

pub(super) fn reference(source: &Source) -> Result<Reference, Failure> {
    let tree = source.tree()?;
    // What is faulty would be described wrongly.
    ingenium_codegen::model(&tree).map_err(|errors| faulty("schemas", &errors))?;
    Reference::of(&tree).map_err(|errors| faulty("schemas", &errors))
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::internal)?;
    Ok(text + "\n")
}
