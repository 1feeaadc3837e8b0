//! `ingenium validate`: findings about events in files, no component at all.

mod input;
mod show;

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use clap::ValueEnum;
use ingenium_contract::finding::is_valid;
use ingenium_types::{EventType, View};

use self::input::Item;
use self::show::Printer;
use crate::exit::{Code, Failure, complain};

/// Validate events or payloads against the contract
///
/// Reads one event, a JSON array of events, one event a line, or an HTTP request in a .http file (request line,
/// headers, blank line, body). Exit status: 0 valid, 1 findings, 2 wrong usage or unreadable.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Files to read; `-` is stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The input holds bare payloads of this event type
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<EventType>,

    /// What a producer must emit, or what a consumer must accept
    #[arg(long, value_enum, default_value_t = ViewName::Strict)]
    view: ViewName,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ViewName {
    /// What a producer must emit
    Strict,
    /// What a consumer must accept
    Reader,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Pretty,
    /// One JSON object
    Json,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let view = match arguments.view {
        ViewName::Strict => View::Strict,
        ViewName::Reader => View::Reader,
    };
    let mut printer = Printer::new(arguments.format == Format::Json);
    let (mut events, mut invalid) = (0_u64, 0_u64);
    for path in &arguments.files {
        let name = if path.as_os_str() == "-" {
            "stdin".to_owned()
        } else {
            path.display().to_string()
        };
        let bytes = read(path, &name)?;
        let is_http = path
            .extension()
            .is_some_and(|extension| extension == "http");
        for Item { span, findings } in input::judge_all(&bytes, is_http, arguments.event_type, view)
        {
            events += 1;
            invalid += u64::from(!is_valid(&findings));
            printer.event(&name, &bytes, &span, &findings)?;
        }
    }
    if events == 0 {
        return Err(Failure::new(Code::Usage, "there is no event in the input"));
    }
    printer.finish(events, invalid)?;
    if arguments.format == Format::Pretty {
        complain(&format!("{events} events, {invalid} invalid"));
    }
    Ok(if invalid == 0 { Code::Good } else { Code::Bad })
}

fn read(path: &PathBuf, name: &str) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::new(Code::Usage, format!("`{name}`: {error}"));
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        return Ok(bytes);
    }
    fs::read(path).map_err(unreadable)
}
