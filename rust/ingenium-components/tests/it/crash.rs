//! A crash at every step of a run: the same state in the end, the same events, the same money to the last digit.
//!
//! The components run as `ingenium run` runs them, over HTTP and with their stores on disk. A component that crashes
//! comes back with the files that a killed process leaves, sends what it owes, and gets its delivery again.

mod broker;
mod process;
mod run;
mod typed;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use ingenium_components::Surroundings;
use ingenium_runtime::environment::{Environment, KnativeSettings, StateSync};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_trading::portfolio::Ledger;
use ingenium_types::EventType;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use broker::{Broker, Message};
use run::{Counts, Moment, Outcome, Part, run};
use typed::Memory;

/// Bars of each of two symbols: the price of the test grows with their square.
const BARS: usize = 6;

/// All of them; of a bar's volume orders may take the share `participation`.
fn parts(sizing: &Value, participation: &str) -> Vec<Part> {
    // Few rows are kept, so that there are some to strike out, and limits remember what happened.
    let portfolio = json!({
        "sizing": sizing, "fee_bps": "7", "initial_cash": "100000.01", "decisions": 3, "fills": 1,
        "risk": {"max_drawdown": {"share": "0.5"}, "max_orders_per_minute": 100}
    });
    vec![
        (
            "executor/paper",
            json!({"fee_bps": "7", "participation": participation}),
        ),
        ("portfolio/long-only", portfolio),
        // Short periods: something has to happen within a few bars.
        (
            "strategy/rsi",
            json!({"period": 2, "oversold": "45", "overbought": "55"}),
        ),
        ("strategy/sma-cross", json!({"fast": 1, "slow": 2})),
    ]
}

/// The rows of a shipped file from the one that starts with `first`: days on which both symbols go up and down.
fn excerpt(folder: &Path, name: &str, first: &str) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name);
    let text = std::fs::read_to_string(shipped).expect("a shipped file");
    let mut lines = text.lines();
    let mut excerpt = vec![lines.next().expect("a header")];
    excerpt.extend(lines.skip_while(|line| !line.starts_with(first)).take(BARS));
    let path = folder.join(name);
    std::fs::write(&path, excerpt.join("\n")).expect("a file");
    path
}

/// The ingestor's configuration.
fn ingestor(folder: &Path) -> Value {
    let files = [("IBM.csv", "2002-04-09,"), ("NASDAQ.csv", "4/9/2002,")];
    let files = files.map(|(name, first)| json!({"path": excerpt(folder, name, first)}));
    json!({"files": files, "run": "crash"})
}

/// The bars as the ingestor posts them.
async fn input(folder: &Path, ingestor: &Value) -> Vec<Message> {
    let config = folder.join("ingestor.json");
    std::fs::write(&config, ingestor.to_string()).expect("a file");
    let broker = Broker::start(&[]).await;
    let environment = Environment::from([("K_SINK", broker.url.as_str())]);
    let surroundings = Surroundings {
        listen: Ipv4Addr::LOCALHOST.into(),
        settings: KnativeSettings::read(&environment).expect("settings"),
        shutdown: Shutdown::manual(),
        state_sync: StateSync::Full,
        fixture: None,
    };
    ingenium_components::run("ingestor/csv", Some(&config), surroundings)
        .await
        .expect("all rows are read");
    broker.messages()
}

/// The cash in the portfolio's store.
fn cash(outcome: &Outcome) -> String {
    let account = outcome.stores[1]
        .iter()
        .find_map(|row| row.strip_prefix("state account "))
        .expect("an account");
    let account: Value = serde_json::from_str(account).expect("JSON");
    account["Account"]["cash"]
        .as_str()
        .expect("text")
        .to_owned()
}

/// That a run without a crash is one worth crashing in, and comes to what the typed driver's run comes to; its cash.
fn check_undisturbed(outcome: &Outcome, log: &[Message], typed: &Memory) -> String {
    let said = |wanted| {
        log.iter()
            .filter(|message| message.event_type() == wanted)
            .count()
    };
    let (orders, executions) = (
        said(EventType::PortfolioOrder),
        said(EventType::ExecutorExecution),
    );
    let signals = said(EventType::StrategySignal);
    assert!(
        signals.min(orders).min(executions) >= 4,
        "{signals} signals, {orders} orders, {executions} executions say too little"
    );
    assert_eq!(outcome.fingerprint, typed.fingerprint);
    for (store, memory) in outcome.stores.iter().zip(&typed.states) {
        let states = store.iter().filter(|row| row.starts_with("state "));
        assert_eq!(&states.cloned().collect::<Vec<_>>(), memory);
    }
    // Each order is a fact to the executor, each execution to the portfolio: once in the store, known for ever.
    let facts = |store: &Vec<String>| {
        store
            .iter()
            .filter(|row| row.starts_with("natural key "))
            .count()
    };
    let facts: Vec<usize> = outcome.stores.iter().map(facts).collect();
    assert_eq!(facts, [orders, executions, 0, 0]);
    // I-SYS-5: what was said adds up to what the portfolio holds.
    let mut ledger = Ledger::new("100000.01".parse().expect("cash"));
    for message in log {
        ledger.apply(&message.payload).expect("fits");
    }
    let cash = cash(outcome);
    assert_eq!(ledger.cash().to_string(), cash);
    cash
}

/// Runs all with no crash, with each crash that there is, and with crashes at every delivery; the figures.
async fn check(sizing: Value, participation: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let (parts, ingestor) = (parts(&sizing, participation), ingestor(folder.path()));
    let input = input(folder.path(), &ingestor).await;
    let (expected, log, undisturbed) = run(&parts, &input, |_| Vec::new()).await;
    assert_eq!(undisturbed.repeats, 0);
    let ingestor = serde_json::from_value(ingestor).expect("a configuration");
    let cash = check_undisturbed(&expected, &log, &typed::run(&parts, &ingestor));

    let first_and_last = |delivery: usize| {
        let mut moments = vec![Moment::Handling];
        // One that lies between, where something is sent: the start after it sends the rest.
        moments.extend((expected.effects[delivery] > 0).then_some(Moment::Sending(0)));
        moments.push(Moment::Answering);
        moments
    };
    let mut total = Counts::default();
    let mut add = |what: &dyn std::fmt::Debug, found: Outcome, counts: Counts| {
        let differences = found.differences(&expected);
        assert!(differences.is_empty(), "{what:?}: {differences:#?}");
        total.crashes += counts.crashes;
        total.repeats += counts.repeats;
    };
    let deliveries = expected.effects.len();
    for delivery in 0..deliveries {
        let between = (0..expected.effects[delivery]).map(Moment::Sending);
        let outer = [Moment::Handling, Moment::Answering];
        for moment in outer.into_iter().chain(between) {
            let crash = |n| Vec::from_iter((n == delivery).then_some(moment));
            let (found, _, counts) = run(&parts, &input, crash).await;
            add(&(delivery, moment), found, counts);
        }
    }
    let (found, _, counts) = run(&parts, &input, first_and_last).await;
    add(&"every delivery, again and again", found, counts);

    let sent: usize = expected.effects.iter().sum();
    let senders = expected
        .effects
        .iter()
        .filter(|effects| **effects > 0)
        .count();
    let single = 2 * deliveries + sent;
    assert_eq!(total.crashes, single + 2 * deliveries + senders);
    assert!(single > 150, "{single} places to crash are few");
    assert!(total.repeats > sent, "what is not struck out is sent again");
    format!(
        "{} crashes, {single} of them alone in a run of {deliveries} deliveries; {} events sent again; cash {cash}",
        total.crashes, total.repeats
    )
}

#[tokio::test]
async fn nothing_is_lost_with_a_fixed_quantity() {
    let figures = LocalSet::new()
        .run_until(check(json!({"fixed_quantity": "7"}), "1"))
        .await;
    println!("{figures}");
}

#[tokio::test]
async fn nothing_is_lost_with_a_share_of_equity() {
    // So little volume that an order takes two bars: signals that come meanwhile wait in the store.
    let figures = LocalSet::new()
        .run_until(check(json!({"percent_equity": "0.30"}), "0.00003"))
        .await;
    println!("{figures}");
}
