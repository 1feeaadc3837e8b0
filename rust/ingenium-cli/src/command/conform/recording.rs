//! Recorded events, judged without their component.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use ingenium_conformance::emission::Message;
use ingenium_conformance::passive::{Judge, Ledger, Rigour, Seen};
use ingenium_conformance::report::Subject;
use ingenium_conformance::{Report, Role};
use ingenium_runtime::clock;

use crate::exit::{Code, Failure};
use crate::input::{self, Block, Source, http_parts, lines, sources, spans};

/// What was found in a block: each event, where it is, and in which line of the block.
struct Judged {
    block: Vec<u8>,
    seen: Vec<(Seen, Range<usize>, u64)>,
}

pub(super) fn judge(
    role: Option<Role>,
    strict: bool,
    recordings: &[PathBuf],
) -> Result<Report, Failure> {
    let started = clock::now();
    let rigour = if strict { Rigour::Full } else { Rigour::Must };
    let judge =
        Judge::new(role, rigour).map_err(|problem| Failure::new(Code::Internal, problem))?;
    let mut ledger = Ledger::new(&judge);
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    for source in sources(recordings)? {
        if is_our_own(&source) {
            let problem = format!(
                "`{}` is what a run of `ingenium conform` has written down, no recording of events; report.html says what \
                 it came to",
                source.name
            );
            return Err(Failure::new(Code::Usage, problem));
        }
        read(&source, &judge, jobs, &mut ledger)
            .map_err(|error| Failure::new(Code::Usage, format!("`{}`: {error}", source.name)))?;
    }
    let names: Vec<String> = recordings
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    if ledger.events() == 0 {
        let problem = format!("there is no event in {}", names.join(", "));
        return Err(Failure::new(Code::Nothing, problem));
    }
    Ok(ledger.finish(Subject::Recording(names.join(" ")), started))
}

/// Whether a file is the `exchanges.ndjson` of a run.
fn is_our_own(source: &Source) -> bool {
    let mut start = [0; 64];
    let read = source
        .path
        .as_ref()
        .and_then(|path| File::open(path).ok()?.read(&mut start).ok());
    let start = &start[..read.unwrap_or_default()];
    start.starts_with(b"{\"about\":") || start.starts_with(b"{\"at_us\":")
}

fn read(source: &Source, judge: &Judge, jobs: usize, ledger: &mut Ledger<'_>) -> io::Result<()> {
    let mut input: Box<dyn Read + Send> = match &source.path {
        Some(path) => Box::new(File::open(path)?),
        None => Box::new(io::stdin()),
    };
    let name = &source.name;
    if source.is_http() {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        ledger.take(judge.message(message(&bytes)), &bytes, name);
        return Ok(());
    }
    let work = |block: Block| {
        let places: Vec<(Range<usize>, u64)> = match &block {
            Block::Whole(bytes) => match spans(bytes) {
                Some(spans) => numbered(bytes, spans),
                None => lines(bytes).collect(),
            },
            Block::Lines(bytes) => lines(bytes).collect(),
        };
        let seen = places
            .into_iter()
            .map(|(span, line)| (judge.structured(&block.bytes()[span.clone()]), span, line))
            .collect();
        Judged {
            block: block.into_bytes(),
            seen,
        }
    };
    let mut before = 0;
    input::judge(&work, &mut input, jobs, &mut |Judged { block, seen }| {
        for (seen, span, line) in seen {
            let place = format_args!("{name}:{}", before + line);
            ledger.take(seen, &block[span], &place);
        }
        before += line_feeds(&block);
        Ok(())
    })
}

/// Spans with the number of the line that each starts in.
fn numbered(input: &[u8], spans: Vec<Range<usize>>) -> Vec<(Range<usize>, u64)> {
    let (mut line, mut counted) = (1, 0);
    spans
        .into_iter()
        .map(|span| {
            line += line_feeds(&input[counted..span.start]);
            counted = span.start;
            (span, line)
        })
        .collect()
}

fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

fn message(bytes: &[u8]) -> Message {
    let (request, headers, body) = http_parts(bytes);
    let mut words = request.split(|&byte| byte == b' ');
    let mut word = || String::from_utf8_lossy(words.next().unwrap_or_default()).into_owned();
    let (method, target) = (word(), word());
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (target, None),
    };
    Message {
        method,
        path,
        query,
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec()))
            .collect(),
        head: Bytes::copy_from_slice(&bytes[..body]),
        body: Bytes::copy_from_slice(&bytes[body..]),
    }
}
