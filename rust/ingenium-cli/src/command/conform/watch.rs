//! `--watch`: judged again whenever a file has changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ignore::WalkBuilder;

use super::interrupt::unless_interrupted;
use crate::exit::{Code, Failure, complain};

/// How often files are looked at. An editor or a compiler has done when two looks in a row see the same.
const EVERY: Duration = Duration::from_millis(300);

/// Judges, waits for a change, and judges again, until it is interrupted.
///
/// A subject that does not start is said to be so and waited for; wrong usage ends the watch.
pub(super) fn again_and_again(
    watched: &[PathBuf],
    own: &Path,
    mut judge: impl FnMut() -> Result<Code, Failure>,
) -> Result<Code, Failure> {
    loop {
        // What changes while it is judged counts, too.
        let before = Files::of(watched, own);
        match judge() {
            Ok(_) => {}
            Err(failure) if failure.is_about_subject() => drop(failure.report()),
            Err(failure) => return Err(failure),
        }
        let (count, names) = (before.0.len(), names(watched));
        complain(&format!(
            "watching {count} files of {names}; a change judges again, an interrupt ends"
        ));
        unless_interrupted(changed(&before, watched, own), "")?;
    }
}

/// Waits until the files are others than before, and have come to rest.
async fn changed(before: &Files, watched: &[PathBuf], own: &Path) -> Result<(), Failure> {
    let mut last = Files::of(watched, own);
    loop {
        tokio::time::sleep(EVERY).await;
        let now = Files::of(watched, own);
        if now != *before && now == last {
            return Ok(());
        }
        last = now;
    }
}

fn names(watched: &[PathBuf]) -> String {
    let names: Vec<String> = watched
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// Size and last change of each file, without those that `.gitignore` names, hidden ones, and the runner's own reports.
#[derive(Debug, PartialEq, Eq)]
struct Files(BTreeMap<PathBuf, (u64, Option<SystemTime>)>);

impl Files {
    fn of(watched: &[PathBuf], own: &Path) -> Self {
        let mut files = BTreeMap::new();
        for path in watched {
            let own = own.to_owned();
            let walk = WalkBuilder::new(path)
                .require_git(false)
                .filter_entry(move |entry| {
                    std::path::absolute(entry.path()).is_ok_and(|path| path != own)
                })
                .build();
            // What cannot be read, or is gone again, is no file that could change.
            for entry in walk.flatten() {
                if let Ok(about) = entry.metadata()
                    && about.is_file()
                {
                    files.insert(entry.into_path(), (about.len(), about.modified().ok()));
                }
            }
        }
        Self(files)
    }
}
