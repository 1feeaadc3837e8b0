//! What memory a process takes, as the kernel says it.

use std::fs;

/// A line of `/proc/…/status` in KiB: `VmRSS`, what is resident now, or `VmHWM`, the most that ever was.
pub(crate) fn kibibytes(process: u32, name: &str) -> Result<u64, String> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.strip_prefix(':')?.trim().strip_suffix(" kB"));
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| format!("{path}: no {name}"))
}
