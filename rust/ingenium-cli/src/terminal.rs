//! How much is said, and in which colours: options of every command.

use std::io::IsTerminal;

use clap::{ArgAction, ValueEnum};
use ingenium_runtime::environment::Environment;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether `stream` gets colours.
    pub(crate) fn is_on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // https://no-color.org: set and not empty.
            Self::Auto => {
                let environment = Environment::of_process();
                stream.is_terminal() && environment.get_nonempty("NO_COLOR").is_none()
            }
        }
    }
}

/// Options of every command.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Terminal {
    /// Say more; twice for everything
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "quiet", help_heading = "Global options")]
    verbose: u8,

    /// Say nothing but what was asked for
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub(crate) quiet: bool,

    /// Colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto, hide_possible_values = false, help_heading = "Global options")]
    pub(crate) color: Color,
}

impl Terminal {
    /// The log filter where RUST_LOG does not say, `usual` being the command's own.
    pub(crate) const fn log_filter(self, usual: &'static str) -> &'static str {
        match (self.quiet, self.verbose) {
            (true, _) => "error",
            (false, 0) => usual,
            (false, 1) => "debug",
            (false, _) => "trace",
        }
    }
}
