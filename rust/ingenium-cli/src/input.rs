//! Files and streams of events: where they are, where each event starts, and how to judge them on all cores.

mod blocks;
mod document;
mod source;

pub(crate) use blocks::{Block, judge};
pub(crate) use document::{http_parts, lines, spans};
pub(crate) use source::{Source, sources};
