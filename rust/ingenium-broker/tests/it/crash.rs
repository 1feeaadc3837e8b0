//! Processes that are killed.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use ingenium_broker::Mode;
use ingenium_runtime::environment::Environment;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::rig::{Sender, broker};

const FOLDER: &str = "INGENIUM_TEST_BROKER_FOLDER";

/// The process that is killed: this test, when the variable names its folder.
#[tokio::test]
async fn child() {
    let environment = Environment::of_process();
    let Some(folder) = environment.get(FOLDER) else {
        return;
    };
    let broker = broker(Path::new(folder), Mode::Fifo).await;
    println!("address={}", broker.address());
    std::future::pending::<()>().await;
}

async fn spawn(folder: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "crash::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    while let Some(line) = lines.next_line().await.expect("text") {
        // The harness writes the test's name in front.
        if let Some((_, address)) = line.split_once("address=") {
            return (child, address.parse().expect("an address"));
        }
    }
    panic!("the child says no address");
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged = Vec::new();
    for round in 0..5 {
        let (mut child, address) = spawn(folder.path()).await;
        let publishers = (0..8).map(|publisher| {
            tokio::spawn(async move {
                let mut taken = Vec::new();
                for number in 0.. {
                    let id = format!("{round}-{publisher}-{number}");
                    if !publish(address, &id).await {
                        break;
                    }
                    taken.push(id);
                }
                taken
            })
        });
        let publishers: Vec<_> = publishers.collect();
        tokio::time::sleep(std::time::Duration::from_millis(120 + 37 * round)).await;
        child.kill().await.expect("killed");
        for publisher in publishers {
            acknowledged.extend(publisher.await.expect("no panic"));
        }
    }
    assert!(
        acknowledged.len() > 100,
        "only {} events",
        acknowledged.len()
    );
    let broker = broker(folder.path(), Mode::Fifo).await;
    let mut stored = std::collections::HashSet::new();
    let mut last = 0;
    broker
        .for_each_event(|event| {
            assert_eq!(event.offset, last + 1, "offsets have no gaps");
            last = event.offset;
            stored.insert(event.event.id.clone());
        })
        .await
        .expect("readable");
    assert_eq!(stored.len() as u64, last, "nothing is stored twice");
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|id| !stored.contains(*id))
        .collect();
    assert!(
        lost.is_empty(),
        "{} of {} lost: {lost:?}",
        lost.len(),
        acknowledged.len()
    );
    // What was sent again is known.
    Sender::to(&broker)
        .accepted(&acknowledged[0], &[], "{}")
        .await;
    assert_eq!(broker.counts().stored, last);
    broker.shutdown().await;
}

/// Whether an event is taken; a connection of its own, because the peer may die at any byte.
async fn publish(address: SocketAddr, id: &str) -> bool {
    let post = async {
        let mut socket = tokio::net::TcpStream::connect(address).await?;
        let head = format!(
            "POST /ns/b HTTP/1.1\r\nHost: h\r\nConnection: close\r\nce-specversion: 1.0\r\nce-id: {id}\r\nce-source: /test\r\n\
             ce-type: test.event\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        socket.write_all(head.as_bytes()).await?;
        BufReader::new(socket).lines().next_line().await
    };
    matches!(post.await, Ok(Some(line)) if line.starts_with("HTTP/1.1 202"))
}
