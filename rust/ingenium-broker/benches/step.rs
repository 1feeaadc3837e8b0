//! How fast a run in step order goes: three subscribers, one of which emits an event for every tenth bar.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ingenium_broker::{Broker, Config, Handle, Mode, Trigger};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::time::Instant;

const INPUT: &str = "/ingenium/ingestor/csv";
const BARS: u32 = 5000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let mode = Mode::Step {
        input_source: INPUT.to_owned(),
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config::new(folder.path().join("broker.db"), listen, "ns", "b", mode);
    let broker = Broker::open(config).await.expect("the broker opens");
    for (name, rank, types) in [
        ("executor", "10", &["bar"][..]),
        ("portfolio", "20", &["bar", "signal"]),
        ("strategy", "30", &["bar"]),
    ] {
        let url = subscriber(&broker, name).await;
        for type_ in types {
            let trigger = Trigger::new("ns", format!("{name}-{type_}"), "b", url.clone())
                .with_type(*type_)
                .with_annotation("ingenium.example/rank", rank)
                .with_annotation("ingenium.example/source", format!("/ingenium/{name}"));
            broker.apply_trigger(trigger).await.expect("a trigger");
        }
    }
    let start = Instant::now();
    broker.start_dispatch();
    let client = Client::new();
    let data = r#"{"Symbol":"IBM","Type":"ohlc","Period":"P1D","Open":"1","High":"2","Low":"1","Close":"2"}"#;
    for number in 0..BARS {
        let (hours, seconds) = (number / 3600 % 24, number % 3600);
        let time = format!(
            "2020-01-01T{hours:02}:{:02}:{:02}Z",
            seconds / 60,
            seconds % 60
        );
        let extra = [("ce-time", time.as_str()), ("ce-subject", "IBM")];
        post(
            &client,
            broker.address(),
            INPUT,
            "bar",
            &number.to_string(),
            &extra,
            data,
        )
        .await;
    }
    let sent = start.elapsed();
    broker.end_input();
    broker.wait_done().await;
    let elapsed = start.elapsed();
    let counts = broker.counts();
    println!(
        "{} deliveries of {} events in {elapsed:.2?}: {:.0}/s (input took {sent:.2?}), late {}",
        counts.delivered,
        counts.stored,
        counts.delivered as f64 / elapsed.as_secs_f64(),
        counts.late,
    );
    broker.shutdown().await;
}

/// A component that takes everything; the strategy emits a signal for every tenth bar.
async fn subscriber(broker: &Handle, name: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("loopback");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let (client, broker) = (Client::new(), broker.address());
    let handler = move |request: Request| {
        let client = client.clone();
        async move {
            let id =
                String::from_utf8_lossy(request.header("ce-id").unwrap_or_default()).into_owned();
            if name == "strategy" && id.ends_with('0') {
                let source = "/ingenium/strategy";
                post(
                    &client,
                    broker,
                    source,
                    "signal",
                    &format!("s{id}"),
                    &[],
                    "{}",
                )
                .await;
            }
            Response::empty(202)
        }
    };
    // Ends with the process.
    drop(tokio::spawn(server::serve(
        listener,
        handler,
        Limits::default(),
        Shutdown::manual(),
    )));
    url
}

async fn post(
    client: &Client,
    broker: SocketAddr,
    source: &str,
    type_: &str,
    id: &str,
    extra: &[(&str, &str)],
    data: &'static str,
) {
    let usual = [
        ("ce-specversion", "1.0"),
        ("ce-id", id),
        ("ce-source", source),
        ("ce-type", type_),
        ("content-type", "application/json"),
    ];
    let headers: Vec<(String, String)> = usual
        .iter()
        .chain(extra)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let uri = format!("http://{broker}/ns/b");
    let answer = client
        .send("POST", &uri, &headers, data, Duration::from_secs(10))
        .await;
    assert_eq!(answer.expect("an answer").status, 202);
}
