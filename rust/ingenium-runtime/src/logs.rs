//! Log lines on stderr. Only binaries install them; libraries merely emit.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::environment::Environment;

/// Prints log lines on stderr: for people on a terminal, as JSON elsewhere, or as `INGENIUM_LOG_FORMAT` (`text` or
/// `json`) says. `RUST_LOG` filters, `info` by default. A second call changes nothing.
pub fn install(environment: &Environment) {
    install_with(environment, "info");
}

/// As [`install`], with another filter where `RUST_LOG` is not set.
pub fn install_with(environment: &Environment, default_filter: &str) {
    let asked = environment.get_nonempty("RUST_LOG");
    let parsed = asked.map(EnvFilter::try_new);
    let refused = matches!(parsed, Some(Err(_)));
    let filter = match parsed {
        Some(Ok(filter)) => filter,
        _ => EnvFilter::new(default_filter),
    };
    let json = match environment.get("INGENIUM_LOG_FORMAT") {
        Some("json") => true,
        Some("text") => false,
        _ => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Where stderr is a file on a full disk, a complaint about the log would be a panic.
        .log_internal_errors(false);
    // An error says that a subscriber is there already, which is what the caller wants.
    let installed = if json {
        builder.json().flatten_event(true).try_init().is_ok()
    } else {
        builder.try_init().is_ok()
    };
    if installed && refused {
        tracing::warn!(
            value = asked,
            using = default_filter,
            "log filter is not understood, set RUST_LOG to a level or `target=level`"
        );
    }
}
