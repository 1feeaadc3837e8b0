//! `--watch`: judged again whenever a file has changed.

use std::collections::{BTreeMap, BTreeSet};
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
    // What changes in every run is the component's own doing, and would be judged again for ever.
    let (mut during, mut aside) = (BTreeSet::new(), BTreeSet::new());
    loop {
        // What changes while it is judged counts, too.
        let mut before = Files::of(watched, own);
        match judge() {
            Ok(_) => {}
            Err(failure) if failure.is_about_subject() => drop(failure.report()),
            Err(failure) => return Err(failure),
        }
        let changed_now = before.changed(&Files::of(watched, own));
        for path in changed_now.intersection(&during) {
            if aside.insert(path.clone()) {
                let path = path.display();
                complain(&format!("{path} changes with every run, and is left aside"));
            }
        }
        during = changed_now;
        before.0.retain(|path, _| !aside.contains(path));
        let (count, names) = (before.0.len(), names(watched));
        complain(&format!(
            "watching {count} files of {names}; a change judges again, an interrupt ends"
        ));
        let changed = unless_interrupted(changed(&before, &aside, watched, own), "")?;
        complain(&format!("changed: {}", changed.display()));
    }
}

/// Waits until the files are others than before, and have come to rest; the first that is another.
async fn changed(
    before: &Files,
    aside: &BTreeSet<PathBuf>,
    watched: &[PathBuf],
    own: &Path,
) -> Result<PathBuf, Failure> {
    let mut last = Files::of(watched, own);
    loop {
        tokio::time::sleep(EVERY).await;
        let mut now = Files::of(watched, own);
        now.0.retain(|path, _| !aside.contains(path));
        let mut others = before.changed(&now);
        if let (Some(first), true) = (others.pop_first(), now == last) {
            return Ok(first);
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
    /// The files that are not in both, or not the same.
    fn changed(&self, other: &Self) -> BTreeSet<PathBuf> {
        let one_way = |one: &Self, other: &Self| -> BTreeSet<PathBuf> {
            let changed = one
                .0
                .iter()
                .filter(|(path, is)| other.0.get(*path) != Some(*is));
            changed.map(|(path, _)| path.clone()).collect()
        };
        &one_way(self, other) | &one_way(other, self)
    }

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
