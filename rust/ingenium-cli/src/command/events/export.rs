//! `ingenium events export`: a part of a log as a file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::Log;
use super::selection::{Passing, Range};
use super::source::Source;
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Write the events of a log to a file, one a line
///
/// The file has its name when it is whole and on disk. JSON data stands in it byte by byte; binary data, and JSON that
/// takes several lines, as `data_base64`. Prints how many events there are and the SHA-256 of the file. Exit status: 0
/// written, 1 the broker's file is damaged, 2 wrong usage, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium events export -o all.ndjson
  $ ingenium events export --data .ingenium --from 2026-01-02T00:00:00Z -o monday.ndjson")]
pub(super) struct Arguments {
    /// The file; one that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Where to start: earliest, an offset or a time
    #[arg(long, value_name = "FROM", default_value = "earliest")]
    from: String,

    /// The offset of the last event; `head` is the last that is there now
    #[arg(long, value_name = "TO", default_value = "head")]
    to: String,

    /// Read the file of a broker in this folder instead, which need not be running
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    #[command(flatten)]
    passing: Passing,

    #[command(flatten)]
    log: Log,
}

pub(super) async fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let range = Range {
        from: arguments.from.clone(),
        to: Some(arguments.to.clone()),
        filters: arguments.passing.filters(),
    };
    let source = Source::new(arguments.data.as_deref(), &arguments.log);
    let path = &arguments.output;
    let part = Part::beside(path);
    let (events, digest) = write(&source, &range, path, &part.0, terminal.quiet).await?;
    if !terminal.quiet {
        let name = path.display();
        writeln!(io::stdout(), "{name}: {events} events, sha256:{digest}")
            .map_err(Failure::internal)?;
    }
    Ok(Code::Good)
}

async fn write(
    source: &Source<'_>,
    range: &Range,
    path: &Path,
    part: &Path,
    quiet: bool,
) -> Result<(u64, String), Failure> {
    let failed =
        |error: io::Error| Failure::new(Code::Usage, format!("`{}`: {error}", part.display()));
    let mut file = BufWriter::new(File::create(part).map_err(failed)?);
    let (mut events, mut digest) = (0, Sha256::new());
    source
        .for_each(range, quiet, &mut |line| {
            events += 1;
            for bytes in [line, b"\n"] {
                digest.update(bytes);
                file.write_all(bytes).map_err(failed)?;
            }
            Ok(())
        })
        .await?;
    let file = file
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    fs::rename(part, path).map_err(failed)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    folder.sync_all().map_err(failed)?;
    let digest = digest.finalize();
    let hex = digest.iter().map(|byte| format!("{byte:02x}"));
    Ok((events, hex.collect()))
}

/// Where the file grows until it has its name. It is removed when that does not come to pass, by an interrupt, too.
struct Part(PathBuf);

impl Part {
    fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        Self(name.into())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It is not there any more when it has its name.
        drop(fs::remove_file(&self.0));
    }
}
