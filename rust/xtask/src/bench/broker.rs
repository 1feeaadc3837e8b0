//! `cargo xtask bench broker`: the embedded broker's speed beside its peers, and what a long life costs it.
//!
//! Every broker runs as a process of its own on the same disk. Publishers wait for the word that an event is on disk
//! before they send the next; subscribers acknowledge each. Publishers and subscribers are threads of this program.

mod backlog;
mod components;
mod confirms;
mod fill;
mod http;
mod load;
mod nats;
mod options;
mod process;
mod rabbitmq;
mod race;
mod server;

use std::path::Path;
use std::process::ExitCode;

use self::load::{BATCH, Load};
use self::options::{Case, Options};
use self::race::{Contestant, race};
use super::{Bench, exit};

/// Measures the cases that are named, and prints their tables.
pub(crate) fn run(root: &Path, options: &[&str]) -> ExitCode {
    exit(Options::parse(options).and_then(|options| Bench::new(root)?.broker(&options)))
}

impl Bench<'_> {
    fn broker(&self, options: &Options) -> Result<(), String> {
        self.cargo(&["build", "--release", "--locked", "-p", "ingenium-cli"])?;
        let ingenium = self.target.join("release/ingenium");
        let folder = self.target.join("tmp/broker-bench");
        let run = folder.join("run");
        let nats = || crate::nats::install(self.root, &self.target);
        let singles: Vec<race::Case> = options.cases.iter().filter_map(Case::single).collect();
        if !singles.is_empty() {
            let nats = nats()?;
            rabbitmq::install()?;
            let contestants = [
                Contestant::new("Ingenium", |subscribers| {
                    http::start(&ingenium, &run, subscribers, http::Mode::Single)
                }),
                Contestant::new("NATS JetStream, sync always", |subscribers| {
                    nats::start(&nats, &run, subscribers, nats::Sync::Always)
                }),
                Contestant::new("RabbitMQ, quorum queues", |subscribers| {
                    rabbitmq::start(&run, subscribers)
                }),
            ];
            race(&singles, &contestants)?;
        }
        if options.cases.contains(&Case::Batch) {
            let nats = nats()?;
            let contestants = [
                Contestant::new("Ingenium", |subscribers| {
                    http::start(&ingenium, &run, subscribers, http::Mode::Batch)
                }),
                Contestant::new("NATS JetStream, default sync", |subscribers| {
                    nats::start(&nats, &run, subscribers, nats::Sync::Seldom)
                }),
            ];
            let batches = race::Case {
                name: "batches of 64 both ways",
                load: Load::burst(1, 8, 400 * BATCH),
                wanted: &["114,000/s", "1 ×"],
            };
            race(&[batches], &contestants)?;
        }
        if options.cases.contains(&Case::Components) {
            components::run(&ingenium, &folder.join("components"))?;
        }
        if options.cases.contains(&Case::Backlog) {
            backlog::run(&ingenium, &folder.join("backlog"), options.events)?;
        }
        Ok(())
    }
}
