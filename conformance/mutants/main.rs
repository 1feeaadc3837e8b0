//! `ingenium-mutant --role ROLE --as M-…`: one broken component, for the tests of this package.

use std::process::ExitCode;

use ingenium_conformance::mutant::Given;
use ingenium_conformance::{Role, mutant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ["--role", role, "--as", name, ..] = words[..] else {
        return fail(
            "usage: ingenium-mutant --role ROLE --as NAME [--live] [--margin] [--state DIR] [--token TOKEN]",
        );
    };
    let role: Role = match role.parse() {
        Ok(role) => role,
        Err(problem) => return fail(&problem),
    };
    let after = |option: &str| {
        let at = words.iter().position(|word| *word == option)?;
        words.get(at + 1).copied()
    };
    let given = Given {
        live: words.contains(&"--live"),
        margin: words.contains(&"--margin"),
        state: after("--state").map(Into::into),
        token: after("--token").map(ToOwned::to_owned),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime.map(|runtime| runtime.block_on(mutant::run(role, name, given))) {
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
