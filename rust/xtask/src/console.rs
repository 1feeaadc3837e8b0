//! What a developer reads: results on stdout, complaints on stderr.

use std::fmt::Display;
use std::io::Write;

/// Prints a line to stdout; a reader that went away is no error.
pub(crate) fn out(line: impl Display) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Prints a line to stderr; a reader that went away is no error.
pub(crate) fn err(line: impl Display) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
