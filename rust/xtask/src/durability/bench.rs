//! What every harness starts from.

use std::fs;
use std::path::PathBuf;

use fastrand::Rng;

/// The binary, and where its files go.
pub(super) struct Bench {
    pub(super) program: PathBuf,
    pub(super) scratch: PathBuf,
    pub(super) seed: u64,
}

impl Bench {
    /// An empty folder for one harness.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    pub(super) fn random(&self) -> Rng {
        Rng::with_seed(self.seed)
    }
}
