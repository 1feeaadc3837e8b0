//! What has left its process group: found by what it was given, and ended.

use rustix::process::{Pid, Signal, kill_process};

/// The variable that every process of an instance inherits.
pub(super) const MARK: &str = "INGENIUM_CONFORMANCE_INSTANCE";

/// Rounds until nothing is left: who is being killed may be starting another.
const MOST_ROUNDS: usize = 100;

/// Kills every process that carries a mark, as far as the system shows what processes carry (`/proc`, on Linux).
pub(super) fn sweep(mark: &str) {
    let wanted = format!("{MARK}={mark}");
    for _ in 0..MOST_ROUNDS {
        let mut found = false;
        for process in carriers(&wanted) {
            found |= kill_process(process, Signal::KILL).is_ok();
        }
        if !found {
            return;
        }
    }
}

fn carriers(wanted: &str) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| {
            let id: i32 = entry.file_name().to_str()?.parse().ok()?;
            let environment = std::fs::read(entry.path().join("environ")).ok()?;
            let carries = environment
                .split(|&byte| byte == 0)
                .any(|variable| variable == wanted.as_bytes());
            Pid::from_raw(id).filter(|_| carries)
        })
        .collect()
}
