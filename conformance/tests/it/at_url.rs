//! A component that runs already: it is not stopped and started, and all else is judged.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command};

use ingenium_conformance::{Options, Place, Role, Verdict, run, sink};

/// An address where nobody listened a moment ago.
fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

/// The sound strategy, which posts to an address until it is dropped.
struct Running(Child);

impl Running {
    fn start(port: u16, sink: SocketAddr) -> Self {
        let started = Command::new(env!("CARGO_BIN_EXE_ingenium-mutant"))
            .args(["--role", "strategy", "--as", "M-NONE"])
            .env("PORT", port.to_string())
            .env("K_SINK", sink::url(sink))
            .stderr(std::process::Stdio::null())
            .spawn();
        Self(started.expect("it starts"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_process_of_its_own_is_judged() {
    let (listen, sink) = (free(), free());
    let component = Running::start(listen.port(), sink);
    while std::net::TcpStream::connect(listen).is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::Url(format!("http://{listen}/"));
    let options = Options {
        sink_listen: Some(sink),
        ..Options::new(Role::Strategy, place, folder.path())
    };
    let report = run(&options, &()).await.expect("a report");
    let verdict = |id: &str| {
        let check = report.checks.iter().find(|check| check.id == id);
        check
            .unwrap_or_else(|| panic!("{id} was not judged"))
            .verdict
    };
    assert_eq!(verdict("DEL-03"), Verdict::Pass);
    assert_eq!(verdict("DEL-09"), Verdict::Skip);
    assert_eq!(report.claim, None);
    let bad: Vec<&str> = report
        .checks
        .iter()
        .filter(|check| !check.verdict.is_good())
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(bad, Vec::<&str>::new(), "{report:#?}");
    drop(component);
}

#[tokio::test]
async fn an_ingestor_is_a_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::Url("http://127.0.0.1:9/".to_owned());
    let options = Options::new(Role::Ingestor, place, folder.path());
    let error = run(&options, &()).await.expect_err("it has an end");
    assert!(error.to_string().contains("--url"), "{error}");
}
