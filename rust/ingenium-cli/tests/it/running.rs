//! A broker that runs as a process of its own.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::program::command;

/// A broker that runs as a process of its own.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
}

impl Running {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, ["--port", "0"])
    }

    pub(crate) fn start_with(
        data: &Path,
        options: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Self {
        let child = command()
            .args(["broker", "--data"])
            .arg(data)
            .args(options)
            .env("INGENIUM_LOG_FORMAT", "json")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut running = Self {
            child,
            address: String::new(),
        };
        let stderr = running.child.stderr.take().expect("a pipe");
        for line in BufReader::new(stderr).lines() {
            let line: serde_json::Value =
                serde_json::from_str(&line.expect("text")).expect("a JSON line");
            if line["message"] == "broker listens" {
                line["address"]
                    .as_str()
                    .expect("an address")
                    .clone_into(&mut running.address);
                return running;
            }
        }
        panic!("the broker says no address");
    }

    /// The status line of what is answered to an event.
    pub(crate) fn publish(&self, id: &str) -> u16 {
        self.publish_with(id, "")
    }

    /// As [`publish`](Self::publish), with a further header line.
    pub(crate) fn publish_with(&self, id: &str, header: &str) -> u16 {
        let mut socket = TcpStream::connect(&self.address).expect("it listens");
        let request = format!(
            "POST /default/default HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{header}ce-specversion: 1.0\r\nce-id: {id}\r\n\
             ce-source: /test\r\nce-type: test.event\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        socket.write_all(request.as_bytes()).expect("written");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("UTF-8");
        let status = answer.split(' ').nth(1).expect("a status");
        status.parse().expect("a number")
    }

    /// Its process id.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn stop(mut self) -> Option<i32> {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", "TERM", &process]).status();
        assert!(sent.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

/// Without a farewell; a test that fails leaves no broker behind.
impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
