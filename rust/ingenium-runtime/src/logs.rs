//! Logs on stderr: readable on a terminal, JSON lines elsewhere.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::environment::Environment;

/// Installs the process's log printer: `RUST_LOG` filters (default `info`), `INGENIUM_LOG_FORMAT` is `text` or `json`.
///
/// Only binaries call this; a second call changes nothing.
pub fn install(environment: &Environment) {
    install_at(environment, "info");
}

/// The same for a command whose stderr a person reads: only warnings unless `RUST_LOG` says otherwise.
pub fn install_quiet(environment: &Environment) {
    install_at(environment, "warn");
}

fn install_at(environment: &Environment, default: &str) {
    let filter = environment.get("RUST_LOG").unwrap_or(default);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(default));
    let json = match environment.get("INGENIUM_LOG_FORMAT") {
        Some("json") => true,
        Some("text") => false,
        _ => !std::io::stderr().is_terminal(),
    };
    let printer = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .with_target(false);
    // An error means that there is a printer already, which is as good.
    drop(if json {
        printer.json().flatten_event(true).try_init()
    } else {
        printer.try_init()
    });
}
