//! The `ingenium` command: data on stdout, logs on stderr.

mod command;
mod diagnostic;
mod exit;
mod input;
mod terminal;

use clap::Parser as _;

/// Memory goes from the broker's threads to one another with every event.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let arguments = match command::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::usage(&error),
    };
    match command::execute(arguments) {
        Ok(code) => code.into(),
        Err(failure) => failure.report(),
    }
}
