//! What a person, or a program, sees of a run.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;

use indicatif::{ProgressBar, ProgressStyle};
use ingenium_broker::Counts;
use serde_json::json;

use super::children::Death;
use super::directory::Directory;
use super::summary::Summary;
use crate::exit::complain;

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Pretty,
    /// One JSON object a line
    Jsonl,
}

/// Writes a run's report to stdout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    format: Format,
}

/// A progress bar on a terminal, nothing elsewhere.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Report {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Says where everything is.
    pub(crate) fn banner(self, broker: SocketAddr, directory: &Directory) {
        if self.format == Format::Pretty {
            line("ingenium");
            line(&format!("  broker   {}", url(broker)));
            line(&format!("  events   {}", directory.broker().display()));
            line(&format!("  logs     {}", directory.log("*").display()));
        }
    }

    /// Says that events flow.
    pub(crate) fn ready(self, broker: SocketAddr) {
        match self.format {
            Format::Pretty => line(&format!("READY {}", url(broker))),
            Format::Jsonl => line(&json!({"kind": "ready", "url": url(broker)}).to_string()),
        }
    }

    /// Shows how far the run has come.
    pub(crate) fn progress(self, bars: u64) -> Progress {
        let visible = self.format == Format::Pretty && std::io::stderr().is_terminal();
        let bar = if visible {
            ProgressBar::new(bars)
        } else {
            ProgressBar::hidden()
        };
        let template = "  {bar:32} {pos}/{len} bars, {per_sec}, {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress { bar }
    }

    /// Says that a component died, in red on a terminal.
    pub(crate) fn death(self, death: &Death) {
        let red = std::io::stderr().is_terminal();
        let (start, end) = if red {
            ("\u{1b}[31m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        complain(&format!("{start}error: {death}{end}"));
        if self.format == Format::Jsonl {
            let status = death.status.to_string();
            line(
                &json!({"kind": "died", "component": death.component, "status": status})
                    .to_string(),
            );
        }
    }

    /// Says what the run came to.
    pub(crate) fn summary(self, summary: &Summary) {
        for text in summary
            .given_up
            .iter()
            .chain(summary.findings.iter().take(10))
        {
            complain(&format!("error: {text}"));
        }
        if self.format == Format::Jsonl {
            return match serde_json::to_string(summary) {
                Ok(json) => line(&json),
                Err(error) => complain(&format!("error: {error}")),
            };
        }
        line(&format!("  bars         {:>10}", summary.bars));
        line(&format!("  signals      {:>10}", summary.signals));
        line(&format!("  orders       {:>10}", summary.orders));
        line(&format!("  executions   {:>10}", summary.executions));
        line(&format!("  invalid      {:>10}", summary.invalid));
        line(&format!("  late         {:>10}", summary.late));
        line(&format!("  dead letters {:>10}", summary.dead_letters));
        line(&format!("  cash         {:>10}", summary.cash));
        line(&format!("  equity       {:>10}", summary.equity));
        line(&format!("  fingerprint  {}", summary.fingerprint));
    }
}

impl Progress {
    pub(crate) fn update(&mut self, counts: &Counts) {
        self.bar.set_length(
            self.bar
                .length()
                .unwrap_or_default()
                .max(counts.input_delivered),
        );
        self.bar.set_position(counts.input_delivered);
        self.bar.set_message(format!("{} events", counts.stored));
    }

    pub(crate) fn clear(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn url(broker: SocketAddr) -> String {
    format!("http://{broker}/{}/{}", super::NAMESPACE, super::BROKER)
}

fn line(text: &str) {
    // Whoever has stopped reading does not want to hear about it.
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}
