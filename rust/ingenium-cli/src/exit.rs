//! Exit codes and the errors that lead to them.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

/// What a command's exit status says. The same for all commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// All is well.
    Good,
    /// The subject is not good: findings, not conformant, a component died.
    Bad,
    /// Usage, configuration, unreadable input, busy port.
    Usage,
    /// The target did not start or is unreachable.
    Target,
    /// Our own failure, or the system's.
    Internal,
    /// There was no event to judge.
    Nothing,
    /// Interrupted from the keyboard.
    Interrupted,
    /// Asked to end (TERM) before it was done.
    Terminated,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(match code {
            Code::Good => 0,
            Code::Bad => 1,
            Code::Usage => 2,
            Code::Target => 3,
            Code::Internal => 4,
            Code::Nothing => 5,
            Code::Interrupted => 130,
            Code::Terminated => 143,
        })
    }
}

/// An error on its way to the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: String,
}

impl Failure {
    /// A failure with this exit code.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Whether another look at the same subject may come to something else: it was at fault, and not the command line.
    pub(crate) fn is_about_subject(&self) -> bool {
        matches!(self.code, Code::Bad | Code::Target | Code::Nothing)
    }

    /// Wrong usage, configuration or input: the person can fix it.
    pub(crate) fn usage(error: impl Error) -> Self {
        Self::new(Code::Usage, chain(&error))
    }

    /// Ours or the system's fault.
    pub(crate) fn internal(error: impl Error + 'static) -> Self {
        let error: &(dyn Error + 'static) = &error;
        let is_io = error.downcast_ref::<std::io::Error>();
        if is_io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
            // Whoever reads has seen enough, as `head` does.
            return Self::new(Code::Good, "");
        }
        Self::new(Code::Internal, chain(error))
    }

    /// Prints the message on stderr and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            complain(&format!("error: {}", self.message));
        }
        self.code.into()
    }
}

/// Writes a line for the person at the terminal to stderr.
pub(crate) fn complain(line: &str) {
    // A closed stderr must not turn one failure into another.
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

/// Prints what clap has to say: help and version on stdout with 0, wrong usage on stderr with 2.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    drop(error.print());
    if error.use_stderr() {
        Code::Usage.into()
    } else {
        Code::Good.into()
    }
}

/// An error with the errors beneath it, each said once.
fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = inner.source();
    }
    message
}
