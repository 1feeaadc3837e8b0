//! `ingenium schema bundle`, `docs` and `asyncapi`: what other tools and people read, written out.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use ingenium_codegen::reference::{html, markdown};
use ingenium_codegen::{asyncapi as document, bundles, event_types, graphviz, mermaid};

use super::show::{find, reference};
use super::source::{Source, faulty};
use crate::exit::{Code, Failure};

/// Print the self-contained schema of an event type, or write all of them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema bundle portfolio.order > order.schema.json
  $ ingenium schema bundle --out dist")]
pub(crate) struct Bundle {
    /// The event type, with or without `ingenium.`
    #[arg(
        value_name = "TYPE",
        required_unless_present = "out",
        conflicts_with = "out"
    )]
    event_type: Option<String>,

    /// Who reads it
    #[arg(long, value_enum, default_value_t = View::Strict)]
    view: View,

    /// Write all bundles of all views below this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum View {
    /// What a producer must emit
    Strict,
    /// What a consumer must accept
    Reader,
    /// The strict view without conditions, for generators that only draw types
    Plain,
}

/// Write the reference: Markdown pages and one HTML file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema docs --out reference
  $ ingenium schema docs --out reference --schemas my/schemas")]
pub(crate) struct Docs {
    /// The folder of the pages; index.html holds everything
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    #[command(flatten)]
    source: Source,
}

/// Print the contract as an AsyncAPI 3.0 document
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium schema asyncapi > asyncapi.json")]
pub(crate) struct Asyncapi {
    #[command(flatten)]
    source: Source,
}

/// Print the event types as Knative EventType objects
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium schema eventtypes --broker default | kubectl apply -f -")]
pub(crate) struct Eventtypes {
    /// The broker from which they are received
    #[arg(long, value_name = "NAME", default_value = "default")]
    broker: String,

    #[command(flatten)]
    source: Source,
}

/// Print who emits and who receives what, as a picture
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema graph
  $ ingenium schema graph --format graphviz | dot -Tsvg > events.svg")]
pub(crate) struct Graph {
    /// The language of the picture
    #[arg(long, value_enum, default_value_t = Picture::Mermaid)]
    format: Picture,

    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Picture {
    /// A Mermaid flowchart, as Markdown pages show it
    Mermaid,
    /// GraphViz
    Graphviz,
}

pub(crate) fn eventtypes(arguments: &Eventtypes) -> Result<Code, Failure> {
    let tree = arguments.source.tree()?;
    let objects = event_types(&tree, &arguments.broker);
    print(&objects.map_err(|errors| faulty("schemas", &errors))?)
}

pub(crate) fn graph(arguments: &Graph) -> Result<Code, Failure> {
    let tree = arguments.source.tree()?;
    let picture = match arguments.format {
        Picture::Mermaid => mermaid(&tree),
        Picture::Graphviz => graphviz(&tree),
    };
    print(&picture.map_err(|errors| faulty("schemas", &errors))?)
}

pub(crate) fn bundle(arguments: &Bundle) -> Result<Code, Failure> {
    let tree = arguments.source.tree()?;
    let files = bundles(&tree).map_err(|errors| faulty("schemas", &errors))?;
    if let Some(folder) = &arguments.out {
        let files = files.iter();
        return write(
            folder,
            files.map(|(path, text)| (path.trim_start_matches("schemas/dist/"), text)),
        );
    }
    let wanted = arguments.event_type.as_deref().unwrap_or_default();
    let reference = reference(&arguments.source)?;
    let name = &find(&reference, wanted)?.name;
    let view = match arguments.view {
        View::Strict => "strict",
        View::Reader => "reader",
        View::Plain => "plain",
    };
    print(
        files
            .get(&format!("schemas/dist/{view}/{name}.json"))
            .unwrap_or_default(),
    )
}

pub(crate) fn docs(arguments: &Docs) -> Result<Code, Failure> {
    let reference = reference(&arguments.source)?;
    let mut pages = markdown(&reference).map_err(Failure::internal)?;
    pages.push((
        "index.html".to_owned(),
        html(&reference).map_err(Failure::internal)?,
    ));
    let pages = pages
        .iter()
        .map(|(name, page)| (name.as_str(), page.as_str()));
    write(&arguments.out, pages)
}

pub(crate) fn asyncapi(arguments: &Asyncapi) -> Result<Code, Failure> {
    let tree = arguments.source.tree()?;
    let faults = |errors| faulty("schemas", &errors);
    let files = bundles(&tree).map_err(faults)?;
    print(&document(&tree, &files).map_err(faults)?)
}

/// Writes files below a folder, and says which.
fn write<'a>(
    folder: &Path,
    files: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Code, Failure> {
    let mut written = String::new();
    for (name, text) in files {
        let path = folder.join(name);
        let failed = |error: std::io::Error| {
            Failure::new(Code::Usage, format!("`{}`: {error}", path.display()))
        };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        std::fs::write(&path, text).map_err(failed)?;
        written += &format!("{}\n", path.display());
    }
    print(&written)
}

/// Prints to stdout, as it is.
pub(crate) fn print(text: &str) -> Result<Code, Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .map_err(Failure::internal)?;
    stdout.flush().map_err(Failure::internal)?;
    Ok(Code::Good)
}
