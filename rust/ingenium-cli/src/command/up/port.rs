//! Who holds a busy port.

use std::fs;

use crate::exit::{Code, Failure};

/// The failure to listen on `port`, with the holder where the system tells.
pub(crate) fn busy(port: u16, error: &ingenium_broker::Error) -> Failure {
    let holder = holder(port).map_or_else(String::new, |holder| format!(", held by {holder}"));
    let message = format!(
        "port {port}{holder}: {error}; stop it, or choose another with --port (0 takes a free one)"
    );
    Failure::new(Code::Usage, message)
}

/// The process that listens on `port`, from Linux's /proc.
fn holder(port: u16) -> Option<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let inode = tables
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| listener(&table, port))?;
    let socket = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let id = process.file_name().to_string_lossy().into_owned();
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let Ok(files) = fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let holds = files.flatten().any(|file| {
            fs::read_link(file.path()).is_ok_and(|to| to.as_os_str() == socket.as_str())
        });
        if holds {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(format!("process {id} ({})", name.trim()));
        }
    }
    None
}

/// The inode of the socket that listens on `port` in a table of the kernel's.
fn listener(table: &str, port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    let local = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let listens = columns.get(1)?.ends_with(&local) && *columns.get(3)? == LISTEN;
        listens
            .then(|| columns.get(9).map(ToString::to_string))
            .flatten()
    })
}
