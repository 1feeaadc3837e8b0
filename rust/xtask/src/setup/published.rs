//! Schemas that others publish and our reports have to keep, out of the packages that carry them.

use std::path::Path;

use super::pinned;
use super::python;
use crate::console::out as say;

/// Where they are put.
const FOLDER: &str = ".tools/published";

/// The schema of JUnit's XML as Jenkins reads it, in the sources of pytest.
const JUNIT: &str = "pytest==8.4.2";

/// Its place in there.
const JUNIT_FILE: &str = "pytest-8.4.2/testing/example_scripts/junit-10.xsd";

pub(super) fn install(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    pinned(&folder.join(".installed-from"), JUNIT.as_bytes(), || {
        say(format!("fetching the schema of JUnit's XML out of {JUNIT}"));
        let python = root.join(python::FOLDER).join("bin/python");
        let python = python.display().to_string();
        let download = [
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
        ];
        let what = [
            "--no-deps",
            "--no-binary",
            "pytest",
            "--dest",
            FOLDER,
            JUNIT,
        ];
        python::run(root, &python, &[&download[..], &what].concat())?;
        let archive = format!("{FOLDER}/{}.tar.gz", JUNIT.replace("==", "-"));
        let out = [
            "-xzf",
            &archive,
            "-C",
            FOLDER,
            "--strip-components=3",
            JUNIT_FILE,
        ];
        python::run(root, "tar", &out)
    })
}
