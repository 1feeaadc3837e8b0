//! Puts the components of `conformance/examples` before the judge.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use ingenium_proof::foreign::ALL;
use ingenium_proof::together::{Together, together};
use ingenium_proof::workshop::run;
use ingenium_proof::{matrix, repository};

/// Judge the components of conformance/examples, and a mutant of each
#[derive(Debug, Parser)]
struct Arguments {
    /// The components; all of them if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// How often each is judged
    #[arg(long, default_value_t = 1)]
    times: usize,
}

fn main() -> Result<ExitCode, String> {
    let arguments = Arguments::parse();
    let build = "cargo build --quiet --locked --package ingenium-cli".split(' ');
    let build: Vec<String> = build.map(str::to_owned).collect();
    run(&build, &repository(), &[])?;
    let mut wrong = 0;
    for foreign in ALL {
        if !arguments.names.is_empty() && !arguments.names.iter().any(|name| name == foreign.name) {
            continue;
        }
        if let Some(language) = foreign.package {
            matrix::package_of(language)?;
        }
        let judged = foreign.judge(arguments.times)?;
        wrong += judged.wrong.len();
        let mut out = std::io::stdout().lock();
        let counts: Vec<String> = judged.passed.iter().map(ToString::to_string).collect();
        let say = |error: std::io::Error| error.to_string();
        writeln!(out, "{:<20} passed {}", foreign.name, counts.join(" ")).map_err(say)?;
        for problem in judged.wrong {
            writeln!(out, "    {problem}").map_err(say)?;
        }
    }
    if arguments.names.is_empty() {
        let Together {
            orders,
            lockstep,
            brokered,
        } = together()?;
        let say = |error: std::io::Error| error.to_string();
        writeln!(
            std::io::stdout(),
            "together             {orders} orders, {lockstep}"
        )
        .map_err(say)?;
        if orders == 0 || lockstep != brokered {
            writeln!(std::io::stdout(), "    over the broker: {brokered}").map_err(say)?;
            wrong += 1;
        }
    }
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
