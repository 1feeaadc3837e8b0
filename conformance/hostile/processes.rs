//! Processes that do not behave, or do not go away.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Named, accept, serve};

/// How many children a bomb has at most: it is to show that the fuse is cut, not to end the machine.
const CHILDREN: usize = 300;

/// Each with its name; it is given its port.
pub(super) const ALL: [Named<u16>; 9] = [
    ("ends-at-once", |_| {}),
    ("never-listens", |_| {
        std::thread::sleep(Duration::from_secs(3600));
    }),
    ("ignores-term", |port| {
        // A shell that ignores TERM, and so do those that it starts.
        let itself = std::env::current_exe().unwrap_or_default();
        let script = format!(
            "trap '' TERM; {} closes-after-the-request & wait; wait",
            itself.display()
        );
        drop(
            Command::new("sh")
                .args(["-c", &script])
                .env("PORT", port.to_string())
                .status(),
        );
    }),
    ("prints-without-end", |port| {
        std::thread::spawn(|| {
            let line = [b'A'; 64 * 1024];
            while std::io::stdout().lock().write_all(&line).is_ok() {}
        });
        serve(port, accept);
    }),
    ("prints-escapes", |port| {
        for _ in 0..100 {
            drop(std::io::stderr().write_all(
                b"\x1b[2J]]></system-out><script>alert()</script>::error::owned\n\xff\xfe",
            ));
        }
        serve(port, accept);
    }),
    ("leaves-its-group", |port| {
        // A daemon of the old school: a session of its own, no stream of ours.
        let mut child = Command::new("setsid");
        child
            .args(["sleep", "3600"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        drop(child.spawn());
        serve(port, accept);
    }),
    ("forks-without-end", |port| {
        std::thread::spawn(|| {
            for number in 0..CHILDREN {
                let mut child = Command::new("sleep");
                child
                    .arg("3600")
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
                if number % 2 == 0 {
                    child.process_group(0); // every second one in a group of its own
                }
                drop(child.spawn());
            }
        });
        serve(port, accept);
    }),
    ("ends-after-a-request", |port| {
        serve(port, |mut connection| {
            let _ = super::answers::request(&mut connection);
            std::process::exit(7);
        });
    }),
    ("stops-itself", |port| {
        std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            let itself = std::process::id().to_string();
            drop(Command::new("kill").args(["-STOP", &itself]).status());
        });
        serve(port, accept);
    }),
];
