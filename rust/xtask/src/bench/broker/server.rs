//! A broker as a process, and what publishers and subscribers need to know of it.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::load::Arrivals;
use super::process::Process;

/// How long a start may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How a publisher sends: the number of its own, its events' payloads, and whether each is on disk.
pub(super) type Publish = fn(SocketAddr, usize, &mut dyn Iterator<Item = String>) -> io::Result<()>;

/// A broker that runs.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) publish: Publish,
    pub(super) arrivals: Arc<Arrivals>,
    /// They end before the folder goes.
    processes: Vec<Process>,
    folder: PathBuf,
}

impl Server {
    /// Starts `command` and waits until it listens on `address`; an error drops, and ends, what has started.
    pub(super) fn start(
        mut command: Command,
        address: SocketAddr,
        folder: &Path,
        within: Duration,
        publish: Publish,
    ) -> Result<Self, String> {
        let mut process = Process::start(&mut command)?;
        process.ready(within, || TcpStream::connect(address).is_ok())?;
        Ok(Self {
            address,
            publish,
            arrivals: Arc::default(),
            folder: folder.to_owned(),
            processes: vec![process],
        })
    }

    /// Something else ends with it.
    pub(super) fn beside(&mut self, process: Process) {
        self.processes.push(process);
    }
}

/// It and its file go when a run is over.
impl Drop for Server {
    fn drop(&mut self) {
        self.processes.clear();
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// An empty folder.
pub(super) fn empty(folder: &Path) -> Result<(), String> {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// An address that is free now.
pub(super) fn free() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
    listener.local_addr().map_err(|e| e.to_string())
}

/// A connection that waits for nobody.
pub(super) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}

/// Sends all of it.
pub(super) fn send(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)
}
