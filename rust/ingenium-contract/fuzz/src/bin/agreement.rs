//! `agreement INPUTS SEED`: puts generated payloads before all judges, half in each view, and prints how often they
//! agree. Stops with status 1 at the first disagreement.

use std::io::Write as _;
use std::process::ExitCode;

use ingenium_fuzz::{Sampler, Tally, agree};
use ingenium_types::{EventType, View};

fn main() -> ExitCode {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>());
    let (Some(Ok(inputs)), Some(Ok(seed))) = (numbers.next(), numbers.next()) else {
        drop(writeln!(std::io::stderr(), "usage: agreement INPUTS SEED"));
        return ExitCode::from(2);
    };
    let share = inputs.div_ceil(EventType::ALL.len() as u64);
    for &event_type in EventType::ALL {
        let mut sampler = Sampler::new(event_type, seed);
        let mut tally = Tally::default();
        for index in 0..share {
            let view = if index % 2 == 0 {
                View::Strict
            } else {
                View::Reader
            };
            match agree(event_type, view, &sampler.bytes()) {
                Ok(agreement) => tally.add(agreement),
                Err(disagreement) => {
                    drop(writeln!(std::io::stderr(), "{disagreement}"));
                    return ExitCode::FAILURE;
                }
            }
        }
        drop(writeln!(std::io::stdout(), "{event_type}: {tally}"));
    }
    drop(writeln!(
        std::io::stdout(),
        "{} inputs, 0 disagreements",
        share * EventType::ALL.len() as u64
    ));
    ExitCode::SUCCESS
}
