//! `ingenium validate`: findings about events in files, no component at all.

mod judge;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ingenium_types::{EventType, View};

use self::judge::Judge;
use crate::diagnostic::{Diagnostic, Format, Output, Report, Summary, Words};
use crate::exit::{Code, Failure, complain};
use crate::input::{self, Block, Source, sources};
use crate::terminal::Terminal;

/// Validate events or payloads against the contract
///
/// Reads one event, a JSON array of events, one event a line (of any number, in constant memory), or an HTTP request in
/// a .http file (request line, headers, blank line, body). Exit status: 0 valid, 1 findings, 2 wrong usage or
/// unreadable.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium validate recording.ndjson
  $ ingenium validate schemas/vectors/http/valid 'logs/*.json' --view reader
  $ ingenium validate - --type ingenium.portfolio.order --out junit=orders.xml --out sarif=orders.sarif < orders.ndjson")]
pub(crate) struct Arguments {
    /// Files, folders (searched for .json, .jsonl, .ndjson, .http) or patterns; `-` is stdin
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The input holds bare payloads of this event type
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<EventType>,

    /// What a producer must emit, or what a consumer must accept
    #[arg(long, value_enum, default_value_t = ViewName::Strict)]
    view: ViewName,

    /// How to report on stdout
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,

    /// A further report, into a file; may be repeated
    #[arg(long, value_name = "KIND=FILE")]
    out: Vec<Output>,

    /// Report so many findings one by one, and count the others
    #[arg(long, value_name = "N", default_value_t = 1000)]
    max_findings: usize,

    /// Threads that judge; by default one a core
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ViewName {
    /// What a producer must emit
    Strict,
    /// What a consumer must accept
    Reader,
}

const WORDS: Words = Words {
    checked: "events",
    bad: "invalid",
};

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let judge = Judge {
        view: match arguments.view {
            ViewName::Strict => View::Strict,
            ViewName::Reader => View::Reader,
        },
        event_type: arguments.event_type,
        most: arguments.max_findings,
    };
    let sources = sources(&arguments.paths)?;
    let jobs = arguments
        .jobs
        .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
        .unwrap_or(1);
    let mut run = Run {
        judge,
        jobs,
        left: arguments.max_findings,
        total: Summary::default(),
        reports: reports(arguments, terminal)?,
        progress: progress(&sources, terminal),
    };
    for source in &sources {
        run.source(source)?;
    }
    run.progress.finish_and_clear();
    let Summary {
        checked,
        bad,
        omitted,
    } = run.total;
    if checked == 0 {
        return Err(Failure::new(Code::Usage, "there is no event in the input"));
    }
    for report in &mut run.reports {
        report.finish(run.total).map_err(Failure::internal)?;
    }
    if omitted > 0 && !terminal.quiet {
        complain(&format!(
            "{omitted} more findings; see them with --max-findings"
        ));
    }
    if arguments.format == Format::Pretty && !terminal.quiet {
        complain(&format!("{checked} events, {bad} invalid"));
    }
    Ok(if bad == 0 { Code::Good } else { Code::Bad })
}

/// The validation of all sources.
struct Run {
    judge: Judge,
    jobs: usize,
    /// So many diagnostics may still be reported.
    left: usize,
    total: Summary,
    reports: Vec<Box<dyn Report>>,
    progress: ProgressBar,
}

impl Run {
    fn source(&mut self, source: &Source) -> Result<(), Failure> {
        let name = &source.name;
        let unreadable = |error: io::Error| Failure::new(Code::Usage, format!("`{name}`: {error}"));
        let mut input: Box<dyn Read + Send> = match &source.path {
            Some(path) => Box::new(File::open(path).map_err(unreadable)?),
            None => Box::new(io::stdin()),
        };
        let mut place = Place::default();
        if source.is_http() {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).map_err(unreadable)?;
            let judged = self.judge.message(name, &bytes);
            self.take(&mut place, judged, bytes.len() as u64)
                .map_err(Failure::internal)?;
        } else {
            let (judge, jobs) = (self.judge, self.jobs);
            let work = |block: Block| {
                let size = block.bytes().len() as u64;
                match block {
                    Block::Whole(bytes) => (judge.whole(name, &bytes), size),
                    Block::Lines(bytes) => (judge.lines(name, &bytes), size),
                }
            };
            let mut failed = None;
            let read = input::judge(&work, &mut input, jobs, &mut |(judged, size)| {
                self.take(&mut place, judged, size).map_err(|error| {
                    failed = Some(Failure::internal(error));
                    io::Error::other("the report cannot be written")
                })
            });
            if let Some(failure) = failed {
                return Err(failure);
            }
            read.map_err(unreadable)?;
        }
        for report in &mut self.reports {
            report
                .file(name, place.summary)
                .map_err(Failure::internal)?;
        }
        Ok(())
    }

    /// Reports a block of a file, whose earlier blocks end at `place`.
    fn take(&mut self, place: &mut Place, judged: judge::Judged, size: u64) -> io::Result<()> {
        let omitted = judged.diagnostics.len().saturating_sub(self.left);
        for mut diagnostic in judged.diagnostics.into_iter().take(self.left) {
            place.shift(&mut diagnostic);
            for report in &mut self.reports {
                report.diagnostic(&diagnostic)?;
            }
            self.left -= 1;
        }
        for summary in [&mut place.summary, &mut self.total] {
            summary.checked += judged.summary.checked;
            summary.bad += judged.summary.bad;
            summary.omitted += judged.summary.omitted + omitted as u64;
        }
        place.lines += judged.lines;
        place.bytes += size;
        self.progress.inc(size);
        Ok(())
    }
}

/// How far a file is reported.
#[derive(Default)]
struct Place {
    lines: u64,
    bytes: u64,
    summary: Summary,
}

impl Place {
    /// From a place in the block to the place in the file.
    fn shift(&self, diagnostic: &mut Diagnostic) {
        diagnostic.line += self.lines;
        diagnostic.span = diagnostic
            .span
            .take()
            .map(|span| span.start + self.bytes..span.end + self.bytes);
    }
}

fn reports(arguments: &Arguments, terminal: Terminal) -> Result<Vec<Box<dyn Report>>, Failure> {
    let color = terminal.color;
    let stdout = Box::new(BufWriter::new(io::stdout()));
    let mut reports = vec![arguments.format.report(stdout, WORDS, color)];
    for Output { format, path } in &arguments.out {
        let file = File::create(path)
            .map_err(|error| Failure::new(Code::Usage, format!("`{}`: {error}", path.display())))?;
        let file: Box<dyn Write> = Box::new(BufWriter::new(file));
        reports.push(format.report(file, WORDS, crate::terminal::Color::Never));
    }
    Ok(reports)
}

/// A bar over the bytes of all files, where stderr is a terminal; stdin has no end that is known.
fn progress(sources: &[Source], terminal: Terminal) -> ProgressBar {
    let size = |source: &Source| {
        let path = source.path.as_ref()?;
        Some(path.metadata().ok()?.len())
    };
    let total: Option<u64> = sources.iter().map(size).sum();
    let target = if terminal.quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(total, target);
    let style = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let unknown = "{spinner} {bytes}, {bytes_per_sec}";
    let template = ProgressStyle::with_template(if total.is_some() { style } else { unknown });
    match template {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
