//! Components that mean harm: each is judged badly, with a reason, in bounded time and memory, and leaves nothing behind.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use crate::program::{command, root};

/// As many run at once.
const AT_ONCE: usize = 8;

/// What a run may take at most; a guard against one that never ends, far above what is seen.
const LONGEST: Duration = Duration::from_secs(150);

/// The most memory that the judge may ever have taken.
const MOST_KIB: u64 = 256 * 1024;

/// How often a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What is put up with less patience than usual.
const COMPONENT: &str =
    r#"{"role": "strategy", "limits": {"ready_ms": 5000, "answer_ms": 500, "effect_ms": 500}}"#;

/// The program with the hostile components: it belongs to another package.
fn hostile() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "-p",
            "ingenium-conformance",
            "--bin",
            "ingenium-hostile",
        ])
        .current_dir(root())
        .status()
        .expect("cargo runs");
    assert!(built.success());
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_ingenium"));
    ours.with_file_name("ingenium-hostile")
}

/// A run that is going on.
struct Run {
    child: Child,
    folder: PathBuf,
    mark: String,
}

/// How it ended.
struct Ended {
    code: Option<i32>,
    peak_kib: u64,
    said: String,
}

impl Run {
    fn start(folder: &Path, seed: usize, program: &Path, name: &str) -> Self {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let component = folder.join("component.json");
        std::fs::write(&component, COMPONENT).expect("a file");
        let output = |name: &str| std::fs::File::create(folder.join(name)).expect("a file");
        let child = command()
            .args(["conform", "--profile", "L1", "--seed", &seed.to_string()])
            .arg("--component")
            .arg(&component)
            .arg("--dir")
            .arg(folder.join("report"))
            .arg("--")
            .args([program, Path::new(name)])
            .stdin(Stdio::null())
            .stdout(output("stdout"))
            .stderr(output("stderr"))
            .spawn()
            .expect("the binary starts");
        let mark = format!("INGENIUM_CONFORMANCE_INSTANCE=T{seed:08x}-");
        Self {
            child,
            folder,
            mark,
        }
    }

    /// Waits for its end, or ends it.
    fn end(mut self) -> Ended {
        let mut peak_kib = 0;
        let mut looks = LONGEST.as_millis() / LOOK_EVERY.as_millis();
        let code = loop {
            peak_kib = peak_kib.max(high_water(self.child.id()));
            if let Some(status) = self.child.try_wait().expect("a status") {
                break status.code();
            }
            looks -= 1;
            if looks == 0 {
                self.child.kill().expect("it can be killed");
                self.child.wait().expect("it has ended");
                break None;
            }
            thread::sleep(LOOK_EVERY);
        };
        let read = |name: &str| std::fs::read_to_string(self.folder.join(name)).expect("UTF-8");
        Ended {
            code,
            peak_kib,
            said: read("stdout") + &read("stderr"),
        }
    }
}

/// The most memory a process has had.
fn high_water(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    figure.map_or(0, |figure| figure.parse().expect("a number"))
}

/// Processes that carry a mark.
fn carriers(mark: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("processes").flatten();
    processes
        .filter(|entry| {
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            environment
                .split(|&byte| byte == 0)
                .any(|variable| variable.starts_with(mark.as_bytes()))
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn each_fails_with_a_reason_and_leaves_nothing_behind() {
    let program = hostile();
    let listed = Command::new(&program)
        .arg("--list")
        .output()
        .expect("a list");
    let names = String::from_utf8(listed.stdout).expect("UTF-8");
    let names: Vec<&str> = names.lines().collect();
    assert!(names.len() >= 40, "{}", names.len());
    let folder = tempfile::tempdir().expect("a folder");
    let next = Mutex::new(names.iter().enumerate());
    let problems = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((number, name)) = next.lock().expect("nobody panicked").next() else {
                        return;
                    };
                    let run = Run::start(folder.path(), 0xE05_0000 + number, &program, name);
                    let mark = run.mark.clone();
                    let ended = run.end();
                    let left = carriers(&mark);
                    let judged = ended.code == Some(1)
                        && ended.said.lines().any(|line| line.starts_with("FAIL"));
                    let not_started = ended.code == Some(3) && ended.said.contains("error: ");
                    let say = |what: String| {
                        problems
                            .lock()
                            .expect("nobody panicked")
                            .push(format!("{name}: {what}"));
                    };
                    if !judged && !not_started {
                        let end: String = ended.said.chars().take(300).collect();
                        say(format!("status {:?}: {end}", ended.code));
                    }
                    if ended.peak_kib > MOST_KIB {
                        say(format!("{} KiB at the peak", ended.peak_kib));
                    }
                    if !left.is_empty() {
                        say(format!("left behind: {left:?}"));
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().expect("nobody panicked");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_run_that_is_interrupted_ends_what_it_started() {
    let program = hostile();
    let folder = tempfile::tempdir().expect("a folder");
    for (number, (signal, code)) in [("INT", 130), ("TERM", 143)].into_iter().enumerate() {
        let run = Run::start(
            folder.path(),
            0xE05_1000 + number,
            &program,
            "leaves-its-group",
        );
        let mut looks = 500;
        // The component, and the daemon that it puts up.
        while carriers(&run.mark).len() < 2 {
            looks -= 1;
            assert!(looks > 0, "the component does not start");
            thread::sleep(LOOK_EVERY);
        }
        let process = run.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &process]).status();
        assert!(sent.expect("kill runs").success());
        let mark = run.mark.clone();
        let ended = run.end();
        assert_eq!(ended.code, Some(code), "{}", ended.said);
        assert!(ended.said.contains("interrupted"), "{}", ended.said);
        assert_eq!(carriers(&mark), Vec::<String>::new());
    }
}
