//! Input of any size in blocks of whole lines, judged by several threads and reported in order.
//!
//! ```text
//! read ─ block 0, 2, 4 … ─▶ worker 0 ─┐
//!      └ block 1, 3, 5 … ─▶ worker 1 ─┴▶ in turn: block 0, 1, 2 …
//! ```
//! Every channel holds few blocks, so memory does not grow with the input.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::document::is_document;

/// How much is read at once, in bytes. A longer line makes a longer block.
const BLOCK: usize = 1 << 18;

/// How many blocks may wait at one worker, in and out.
const WAITING: usize = 2;

/// A piece of input.
#[derive(Debug)]
pub(crate) enum Block {
    /// All of it: one document, or what may be one.
    Whole(Vec<u8>),
    /// Whole lines, a document each.
    Lines(Vec<u8>),
}

impl Block {
    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::Lines(bytes) => bytes,
        }
    }

    /// The bytes, given away.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Whole(bytes) | Self::Lines(bytes) => bytes,
        }
    }
}

/// Judges all of `input` by `work`, calling `take` with what it says of each block, in order.
pub(crate) fn judge<T: Send>(
    work: &(dyn Fn(Block) -> T + Sync),
    input: &mut (dyn Read + Send),
    jobs: usize,
    take: &mut dyn FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    let mut first = Vec::new();
    let more = fill(input, &mut first)?;
    if !more || !is_lines(&first) {
        input.read_to_end(&mut first)?;
        return take(work(Block::Whole(first)));
    }
    std::thread::scope(|scope| {
        let mut inlets = Vec::new();
        let mut outlets = Vec::new();
        for _ in 0..jobs.max(1) {
            let (inlet, blocks) = sync_channel::<Vec<u8>>(WAITING);
            let (results, outlet) = sync_channel(WAITING);
            scope.spawn(move || serve(work, &blocks, &results));
            inlets.push(inlet);
            outlets.push(outlet);
        }
        let reader = scope.spawn(move || feed(input, first, &inlets));
        // Worker by worker, as the blocks were given out: order is kept without sorting.
        for outlet in outlets.iter().cycle() {
            match outlet.recv() {
                Ok(done) => take(done)?,
                Err(_) => break, // the worker has ended, so no later block exists
            }
        }
        drop(outlets);
        reader
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn serve<T>(
    work: &(dyn Fn(Block) -> T + Sync),
    blocks: &Receiver<Vec<u8>>,
    results: &SyncSender<T>,
) {
    while let Ok(block) = blocks.recv() {
        if results.send(work(Block::Lines(block))).is_err() {
            return; // nobody wants to know more
        }
    }
}

/// Cuts the input into blocks of whole lines and deals them out in turn.
fn feed(
    input: &mut (dyn Read + Send),
    mut block: Vec<u8>,
    inlets: &[SyncSender<Vec<u8>>],
) -> io::Result<()> {
    let mut more = true;
    for inlet in inlets.iter().cycle() {
        // A line that is longer than a block is read on until it ends.
        let mut end = last_line_end(&block, 0);
        while more && end.is_none() {
            let searched = block.len();
            more = fill(input, &mut block)?;
            end = last_line_end(&block, searched);
        }
        let rest = match end.filter(|_| more) {
            Some(end) => block.split_off(end),
            None => Vec::new(),
        };
        let full = std::mem::replace(&mut block, rest);
        if !full.is_empty() && inlet.send(full).is_err() {
            return Ok(()); // the report has failed, and says so itself
        }
        if !more {
            return Ok(());
        }
        more = fill(input, &mut block)?;
    }
    Ok(())
}

/// Reads up to a block more; whether there may be more still.
fn fill(input: &mut (dyn Read + Send), block: &mut Vec<u8>) -> io::Result<bool> {
    let read = input.take(BLOCK as u64).read_to_end(block)?;
    Ok(read == BLOCK)
}

fn last_line_end(block: &[u8], from: usize) -> Option<usize> {
    let at = block[from..].iter().rposition(|&byte| byte == b'\n')?;
    Some(from + at + 1)
}

/// Whether the first line that is not empty is a JSON value of its own, so that the others are, too.
fn is_lines(block: &[u8]) -> bool {
    block
        .split(|&byte| byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
        .is_some_and(is_document)
}
