//! `ingenium-mutant --role ROLE --as M-…`: one broken component, for the tests of this package.

use std::process::ExitCode;

use ingenium_conformance::{Role, mutant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ["--role", role, "--as", name, ..] = words[..] else {
        return fail("usage: ingenium-mutant --role ROLE --as NAME [--live]");
    };
    let role: Role = match role.parse() {
        Ok(role) => role,
        Err(problem) => return fail(&problem),
    };
    let live = words.contains(&"--live");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime.map(|runtime| runtime.block_on(mutant::run(role, name, live))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(&error.to_string()),
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr().lock(), "{message}"));
    ExitCode::from(2)
}
