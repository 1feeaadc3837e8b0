//! `ingenium trigger apply`: objects of files are put.

use std::io::Write as _;
use std::path::PathBuf;

use super::manifest::{self, Document};
use crate::command::server::{Connection, Server, parse, refused};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Make Triggers, and the Broker, what files say
///
/// All files are read before the first object is sent. Fields that this broker does not honour are refused by name.
/// Exit status: 0 applied, 2 wrong usage or an object that is refused, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium trigger apply triggers.yaml
  $ kubectl kustomize deploy/base | ingenium trigger apply -")]
pub(crate) struct Arguments {
    /// YAML or JSON, several documents in one if need be; `-` is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    server: Server,
}

pub(super) async fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let mut documents = Vec::new();
    for file in &arguments.files {
        documents.extend(manifest::read(file)?);
    }
    if documents.is_empty() {
        return Err(Failure::new(Code::Usage, "the files have no objects"));
    }
    let connection = arguments.server.connect()?;
    // What triggers deliver by comes before them.
    documents.sort_by_key(|document| document.kind != "Broker");
    for document in &documents {
        let done = put(&arguments.server, &connection, document).await?;
        if !terminal.quiet {
            let kind = document.kind.to_ascii_lowercase();
            writeln!(std::io::stdout(), "{kind}/{} {done}", document.name)
                .map_err(Failure::internal)?;
        }
    }
    Ok(Code::Good)
}

async fn put(
    server: &Server,
    connection: &Connection,
    document: &Document,
) -> Result<&'static str, Failure> {
    let path = server.objects(document.kinds(), Some(&document.name));
    let before = connection.get(&path).await?;
    let answer = connection
        .ask("PUT", &path, document.object.to_string())
        .await?;
    if !matches!(answer.status, 200 | 201) {
        return Err(refused(&answer, &document.place));
    }
    let after = parse(&answer)?;
    Ok(match before {
        None => "created",
        Some(before)
            if before["spec"] == after["spec"] && before["metadata"] == after["metadata"] =>
        {
            "unchanged"
        }
        Some(_) => "configured",
    })
}
