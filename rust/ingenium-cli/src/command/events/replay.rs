//! `ingenium events replay`: events of the log once more, to one subscriber.

use std::io::{self, Write as _};
use std::time::Duration;

use ingenium_broker::trigger::{LAG, START};
use ingenium_runtime::shutdown::Shutdown;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::feed::Feed;
use super::selection::{Passing, Range};
use super::{Log, stopped};
use crate::command::server::{Connection, refused};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// How often is looked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Deliver events of the log once more, to one subscriber
///
/// Makes a Trigger that starts in the past, waits until everything that is in the log by then is delivered or given up,
/// and deletes the Trigger, also when it is interrupted. Deliveries carry `ingeniumreplay: true`. Exit status: 0
/// delivered or given up, 2 wrong usage, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium events replay --to http://127.0.0.1:9000/ --from earliest
  $ ingenium events replay --to audit --from 2026-01-02T00:00:00Z --filter-type portfolio.order")]
pub(super) struct Arguments {
    /// A subscriber's URL, or the name of a Trigger whose subscriber it is
    #[arg(long, value_name = "URL|TRIGGER")]
    to: String,

    /// Where to start: earliest, an offset or a time
    #[arg(long, value_name = "FROM")]
    from: String,

    /// End when the event at this offset is settled, rather than the last that is there now; a few later ones may be
    /// under way by then
    #[arg(long, value_name = "OFFSET")]
    until: Option<u64>,

    #[command(flatten)]
    passing: Passing,

    #[command(flatten)]
    log: Log,
}

pub(super) async fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let shutdown = Shutdown::on_signal(false).map_err(Failure::internal)?;
    let connection = arguments.log.server.connect()?;
    let name = format!(
        "replay-{}-{}",
        std::process::id(),
        ingenium_runtime::clock::now()
    )
    .to_ascii_lowercase()
    .replace(':', "-");
    let path = arguments.log.server.objects("triggers", Some(&name));
    let head = head(&arguments.log).await?;
    let until = arguments.until.unwrap_or(head);
    if until > head {
        let message = format!("--until is {until}: the last event has offset {head}");
        return Err(Failure::new(Code::Usage, message));
    }
    let object = trigger(arguments, &connection, &name).await?;
    // Whole before anything can interrupt it: then it is known whether there is something to delete.
    let answer = connection.ask("PUT", &path, object.to_string()).await?;
    if !matches!(answer.status, 200 | 201) {
        return Err(refused(&answer, "replay"));
    }
    let work = wait(&arguments.log, &connection, &path, until);
    let done = tokio::select! {
        biased; // what is asked to end ends
        () = shutdown.requested() => Ok(stopped(&shutdown)),
        done = work => done.map(|()| Code::Good),
    };
    // Whatever has happened: a Trigger that nobody waits for would go on with what comes.
    let deleted = connection.ask("DELETE", &path, String::new()).await;
    let code = done?;
    let deleted = deleted?;
    if !matches!(deleted.status, 200 | 404) {
        return Err(refused(&deleted, &format!("trigger {name}")));
    }
    if code == Code::Good && !terminal.quiet {
        writeln!(io::stdout(), "replayed up to offset {until}").map_err(Failure::internal)?;
    }
    Ok(code)
}

/// The last offset that is there now.
async fn head(log: &Log) -> Result<u64, Failure> {
    let range = Range {
        from: "latest".to_owned(),
        to: Some("head".to_owned()),
        filters: json!([]),
    };
    Feed::new(log, &range, true)?.end().await
}

async fn trigger(
    arguments: &Arguments,
    connection: &Connection,
    name: &str,
) -> Result<Value, Failure> {
    let to = &arguments.to;
    let mut filters = arguments.passing.filters();
    let mut spec = json!({ "broker": arguments.log.name });
    if to.contains("://") {
        spec["subscriber"] = json!({ "uri": to });
    } else {
        let path = arguments.log.server.objects("triggers", Some(to));
        let other = connection.get(&path).await?.ok_or_else(|| {
            let message = format!(
                "--to is `{}`: neither a URL nor a Trigger of this broker",
                to.escape_debug()
            );
            Failure::new(Code::Usage, message)
        })?;
        for member in ["subscriber", "delivery"] {
            if let Some(value) = other["spec"].get(member) {
                spec[member] = value.clone();
            }
        }
        // What it never gets it does not get here.
        extend(&mut filters, &passing_to(&other["spec"]));
    }
    if filters != json!([]) {
        spec["filters"] = filters;
    }
    Ok(json!({
        "apiVersion": "eventing.knative.dev/v1",
        "kind": "Trigger",
        "metadata": {
            "name": name,
            "namespace": arguments.log.server.namespace,
            "annotations": { START: arguments.from },
        },
        "spec": spec,
    }))
}

/// The filters of a Trigger; attributes as filters that say the same.
fn passing_to(spec: &Value) -> Value {
    if let Some(filters) = spec.get("filters") {
        return filters.clone();
    }
    let attributes = spec["filter"]["attributes"].as_object();
    let filters = attributes.into_iter().flatten();
    let filters = filters.map(|(name, value)| match value.as_str() {
        Some("") => json!({ "cesql": format!("EXISTS {name}") }),
        _ => json!({ "exact": { name: value } }),
    });
    filters.collect()
}

fn extend(filters: &mut Value, more: &Value) {
    if let (Some(filters), Some(more)) = (filters.as_array_mut(), more.as_array()) {
        filters.extend(more.iter().cloned());
    }
}

/// Waits until everything up to `until` is settled.
async fn wait(log: &Log, connection: &Connection, path: &str, until: u64) -> Result<(), Failure> {
    loop {
        // Asked before the lag, so what is behind it is settled.
        let head = head(log).await?;
        let object = connection.get(path).await?;
        let object = object.ok_or_else(|| {
            Failure::new(Code::Target, "somebody has deleted the replay's Trigger")
        })?;
        let lag = object["status"]["annotations"][LAG].as_str();
        let lag = lag.and_then(|lag| lag.parse::<u64>().ok()).ok_or_else(|| {
            Failure::new(Code::Target, "the broker does not say how far a Trigger is")
        })?;
        if head.saturating_sub(lag) >= until {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
}
