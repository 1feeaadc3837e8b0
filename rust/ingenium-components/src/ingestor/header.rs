//! The first line of a file: what divides its cells, and what they are called.

use std::io::{BufRead as _, BufReader, Cursor, Read};

use csv::StringRecord;

/// A first line is not longer.
const LONGEST_LINE: u64 = 64 * 1024;

/// So many bytes of blank lines may stand before it.
const MOST_BLANKS: usize = 64 * 1024;

/// Rows of a file, as they come: cells may have blanks around them.
pub(super) type Records = csv::StringRecordsIntoIter<Box<dyn Read + Send>>;

/// The first line of `content`, and the rows below it.
///
/// The cells are divided by the one of `,`, `;`, tab and `|` that is most common outside quotes in that line.
pub(super) fn open(
    content: Box<dyn Read + Send>,
) -> std::io::Result<(Option<csv::Result<StringRecord>>, Records)> {
    let mut content = BufReader::new(content);
    let mut start = Vec::new();
    while start.trim_ascii().is_empty() && start.len() < MOST_BLANKS {
        let line = &mut (&mut content).take(LONGEST_LINE);
        if line.read_until(b'\n', &mut start)? == 0 {
            break;
        }
    }
    let delimiter = delimiter(&start);
    let content: Box<dyn Read + Send> = Box::new(Cursor::new(start).chain(content));
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(content)
        .into_records();
    let mut first = records.next();
    if let Some(Ok(first)) = &mut first {
        first.trim();
    }
    Ok((first, records))
}

fn delimiter(start: &[u8]) -> u8 {
    let line = start.trim_ascii_start();
    let line = line
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .next()
        .unwrap_or_default();
    let count = |delimiter| {
        let mut quoted = false;
        let cells = line.iter().filter(|&&byte| {
            quoted ^= byte == b'"';
            byte == delimiter && !quoted
        });
        cells.count()
    };
    // The last of equals wins, and a comma is the rule.
    let known = [b'|', b'\t', b';', b','];
    known
        .into_iter()
        .max_by_key(|&delimiter| count(delimiter))
        .unwrap_or(b',')
}
