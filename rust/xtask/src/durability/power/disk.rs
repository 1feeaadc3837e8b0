//! The disk of a machine: a file of the host with an ext4 in it. All of it that the machine's kernel has written is there
//! after a cut, and nothing else.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup;

/// Where it is, in the folder of the machine.
const FILE: &str = "disk.img";

/// What is in it: the folder of the program, named from the root of the file system.
pub(super) const DATA: &str = "data";

/// Where the machine mounts it.
pub(super) const MOUNTED: &str = "disk";

/// Its size. Nothing is taken of it before it is written.
const SIZE: u64 = 1 << 30;

/// Prepares what a machine finds: a new disk, places to mount, and its first process.
pub(super) fn prepare(folder: &Path) -> Result<(), String> {
    for name in [MOUNTED, "tmp"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let init = folder.join("init");
    let executable = fs::Permissions::from_mode(0o755);
    fs::write(&init, first_process(folder)?)
        .and_then(|()| fs::set_permissions(&init, executable))
        .map_err(|error| format!("{}: {error}", init.display()))?;
    renew(folder)
}

/// Makes a new disk in place of the one before.
pub(super) fn renew(folder: &Path) -> Result<(), String> {
    let path = folder.join(FILE);
    drop(fs::remove_file(&path));
    File::create(&path)
        .and_then(|file| file.set_len(SIZE))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    // Its tables are whole from the beginning: no thread of the kernel fills them while the program runs.
    let options = [
        "-q",
        "-F",
        "-N",
        "4096",
        "-J",
        "size=16",
        "-E",
        "lazy_itable_init=0,lazy_journal_init=0",
    ];
    tool("mkfs.ext4", &options, &path).map(drop)
}

/// Holds the file system for sound, or says what is wrong, and takes the folder of the program out of it.
pub(super) fn take(folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join(FILE);
    tool("e2fsck", &["-f", "-n"], &path)?;
    let out = folder.join("out");
    drop(fs::remove_dir_all(&out));
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let command = format!("rdump /{DATA} {}", out.display());
    let said = tool("debugfs", &["-R", &command], &path)?;
    let data = out.join(DATA);
    if data.is_dir() {
        Ok(data)
    } else {
        Err(format!("debugfs: {said}"))
    }
}

/// The machine's first process. Where a step of it fails it ends, and with it the machine.
fn first_process(folder: &Path) -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let (folder, program) = (folder.display().to_string(), program.display().to_string());
    for path in [&folder, &program] {
        let is_plain = |c: char| c.is_alphanumeric() || "/._-+@".contains(c);
        if !path.chars().all(is_plain) {
            return Err(format!(
                "`{path}` has a character in it that the command line of a kernel has no place for: set CARGO_TARGET_DIR"
            ));
        }
    }
    Ok(format!(
        "#!/bin/sh
set -e
echo @on
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export TMPDIR={folder}/tmp
mount -t proc proc /proc
stty -F /dev/console raw -echo
ip link set lo up
mount -t tmpfs tmpfs {folder}/tmp
mount -t ext4 /dev/ubda {folder}/{MOUNTED}
{program} power-guest {folder}
umount {folder}/{MOUNTED}
echo @done
exec sleep 2000000000
"
    ))
}

fn tool(program: &str, options: &[&str], image: &Path) -> Result<String, String> {
    let output = Command::new(program)
        .args(options)
        .arg(image)
        .env("PATH", setup::path())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!("{program}: {}: {said}", output.status))
}
