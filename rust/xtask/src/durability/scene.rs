//! Publishers, a broker and subscribers, and the verdict at their end.

use std::path::Path;
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use super::checker::{self, Counts};
use super::file;
use super::ledger::Ledger;
use super::process::Process;
use super::publisher::Publisher;
use super::subscriber::{Subscriber, TIMEOUT};
use super::wire::{self, Connection};

/// Publishers, each with a connection.
pub(super) const PUBLISHERS: u32 = 16;

/// Partition keys in all.
pub(super) const KEYS: u32 = 1024;

/// How long the last process may take to deliver what is owed.
const PATIENCE: Duration = Duration::from_secs(120);

/// What came of a scene without findings.
pub(super) struct Played<T> {
    pub(super) counts: Counts,
    /// How often an event was sent again.
    pub(super) sent_again: u64,
    /// What the acts say.
    pub(super) result: T,
}

/// Plays `acts`, which may end the process that it is given, start others, and gives the last one back.
pub(super) fn play<T>(
    program: &Path,
    folder: &Path,
    subscribers: &[Subscriber],
    random: &mut Rng,
    acts: impl FnOnce(Process, &Ledger, &mut Rng) -> Result<(Process, T), String>,
) -> Result<Played<T>, String> {
    let triggers: Vec<&'static str> = subscribers.iter().map(|one| one.trigger).collect();
    let ledger = Ledger::new(&triggers);
    let result = thread::scope(|scope| {
        for subscriber in subscribers {
            scope.spawn(|| subscriber.serve(scope, &ledger));
        }
        let result = first(program, folder, subscribers).and_then(|(process, address)| {
            ledger.moved(Some(address));
            let mut publishers = Vec::new();
            for number in 0..PUBLISHERS {
                let keys = (number..KEYS).step_by(PUBLISHERS as usize);
                let publisher = Publisher::new(random.fork(), keys);
                let ledger = &ledger;
                publishers.push(scope.spawn(move || publisher.run(ledger)));
            }
            let (process, result) = acts(process, &ledger, random)?;
            ledger.stop();
            // What is owed is known when nobody sends any more.
            for publisher in publishers {
                publisher.join().map_err(|_| "a publisher panicked")?;
            }
            last(process, &ledger)?;
            Ok(result)
        });
        if result.is_err() {
            ledger.give_up();
        }
        for subscriber in subscribers {
            subscriber.stop();
        }
        result
    })?;
    let (mut observed, offences, sent_again) = ledger.into_observed();
    if let Some(first) = offences.first() {
        return Err(format!("{} offences, the first: {first}", offences.len()));
    }
    observed.stored = file::rows(folder)?;
    let (findings, counts) = checker::check(&observed);
    if let Some(complaint) = findings.complaint() {
        return Err(complaint);
    }
    let dead_letters = file::dead_letters(folder)?;
    if dead_letters > 0 {
        return Err(format!(
            "{dead_letters} deliveries were given up, with ten retries each"
        ));
    }
    file::check(program, folder)?;
    if counts.acknowledged == 0 || counts.deliveries == 0 {
        return Err(format!("nothing happened: {counts:?}"));
    }
    Ok(Played {
        counts,
        sent_again,
        result,
    })
}

/// The first process, with its Triggers.
fn first(
    program: &Path,
    folder: &Path,
    subscribers: &[Subscriber],
) -> Result<(Process, std::net::SocketAddr), String> {
    let mut process = Process::start(program, folder, &[])?;
    let address = process.address()?;
    let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
    for subscriber in subscribers {
        put(&mut connection, subscriber, TIMEOUT)?;
    }
    Ok((process, address))
}

/// Puts the Trigger of a subscriber, which may take so long for each delivery.
pub(super) fn put(
    connection: &mut Connection,
    subscriber: &Subscriber,
    timeout: &str,
) -> Result<(), String> {
    let name = subscriber.trigger;
    let object = serde_json::json!({
        "apiVersion": "eventing.knative.dev/v1",
        "kind": "Trigger",
        "metadata": { "name": name },
        "spec": {
            "broker": "default",
            "subscriber": { "uri": subscriber.url() },
            "delivery": { "retry": 10, "backoffPolicy": "linear", "backoffDelay": "PT0.01S", "timeout": timeout },
        },
    });
    let json = "Content-Type: application/json\r\n";
    let request = wire::request("PUT", &path(name), json, object.to_string().as_bytes());
    let answer = connection
        .ask(&request)
        .map_err(|error| error.to_string())?;
    if matches!(answer.status(), Some(200 | 201)) {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    Err(format!("trigger {name}: {}: {body}", answer.line))
}

/// Where the Trigger of this name is.
pub(super) fn path(trigger: &str) -> String {
    format!("/apis/eventing.knative.dev/v1/namespaces/default/triggers/{trigger}")
}

/// The last process delivers what is owed, and ends.
fn last(mut process: Process, ledger: &Ledger) -> Result<(), String> {
    let owed = ledger.wait_delivered(PATIENCE);
    if owed > 0 {
        return Err(format!(
            "{owed} deliveries did not come within {PATIENCE:?}"
        ));
    }
    process.terminate()?;
    let (status, log) = process.wait()?;
    if !status.success() {
        return Err(format!(
            "the last process ends with {status}: {}",
            log.join("\n")
        ));
    }
    Ok(())
}
