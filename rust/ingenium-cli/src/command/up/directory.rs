//! The data directory: one run, one owner at a time.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ingenium_components::ingestor::Reading;

use super::settings::{Identity, Settings, unwritable};
use crate::exit::{Code, Failure};

/// Marks a directory as ours and says which run it holds.
const MARKER: &str = "ingenium-run.json";

/// Locked while a process uses the directory; holds its process id.
const LOCK: &str = "ingenium.lock";

/// A data directory that this process owns.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    root: PathBuf,
    /// Held, not read: the lock ends with the process, however it ends.
    _lock: Arc<File>,
}

impl Directory {
    /// Makes `root` the directory of this run: creates it, goes on with the same run, or refuses another one.
    pub(crate) fn prepare(root: &Path, settings: &Settings, fresh: bool) -> Result<Self, Failure> {
        let marker = root.join(MARKER);
        let occupied = root.is_dir()
            && fs::read_dir(root)
                .map_err(|error| unwritable(root, &error))?
                .next()
                .is_some();
        if occupied && !marker.is_file() && !root.join(LOCK).is_file() {
            let message = format!(
                "`{}` is not empty and holds no run of ingenium ({MARKER} is missing); name another with --data-dir",
                root.display()
            );
            return Err(Failure::new(Code::Usage, message));
        }
        fs::create_dir_all(root).map_err(|error| unwritable(root, &error))?;
        let root = fs::canonicalize(root).map_err(|error| unwritable(root, &error))?;
        let lock = lock(&root)?;
        if fresh {
            clear(&root)?;
        }
        if marker.is_file() {
            compare(&marker, &settings.identity)?;
        }
        settings.write(&root)?;
        let json = serde_json::to_vec_pretty(&settings.identity).map_err(Failure::internal)?;
        fs::write(&marker, json).map_err(|error| unwritable(&marker, &error))?;
        Ok(Self {
            root,
            _lock: Arc::new(lock),
        })
    }

    /// The broker's file.
    pub(crate) fn broker(&self) -> PathBuf {
        self.root.join("broker.db")
    }

    /// A component's configuration file.
    pub(crate) fn config(&self, component: &str) -> PathBuf {
        self.root.join("config").join(format!("{component}.json"))
    }

    /// A component's log file.
    pub(crate) fn log(&self, component: &str) -> PathBuf {
        self.root.join("logs").join(format!("{component}.log"))
    }
}

fn lock(root: &Path) -> Result<File, Failure> {
    let path = root.join(LOCK);
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(|error| unwritable(&path, &error))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).map_err(|error| unwritable(&path, &error))?;
            write!(file, "{}", std::process::id()).map_err(|error| unwritable(&path, &error))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let holder = fs::read_to_string(&path).unwrap_or_default();
            let message = format!(
                "data directory `{}` is in use by process {holder}; stop it, or name another with --data-dir",
                root.display()
            );
            Err(Failure::new(Code::Usage, message))
        }
        Err(TryLockError::Error(error)) => Err(unwritable(&path, &error)),
    }
}

/// Deletes what an earlier run left; the lock stays.
fn clear(root: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(root).map_err(|error| unwritable(root, &error))? {
        let path = entry.map_err(|error| unwritable(root, &error))?.path();
        if path.file_name().is_some_and(|name| name == LOCK) {
            continue;
        }
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}

/// Refuses to mix two runs in one directory, and names the first difference.
fn compare(marker: &Path, wanted: &Identity) -> Result<(), Failure> {
    let text = fs::read_to_string(marker).map_err(|error| unwritable(marker, &error))?;
    let found: Identity = serde_json::from_str(&text).map_err(|error| {
        let message = format!(
            "`{}` is damaged: {error}; start over with --fresh",
            marker.display()
        );
        Failure::new(Code::Usage, message)
    })?;
    let differences = [
        (
            "contract",
            found.contract == wanted.contract,
            found.contract.clone(),
            wanted.contract.clone(),
        ),
        (
            "inputs",
            found.inputs == wanted.inputs,
            show(&found.inputs),
            show(&wanted.inputs),
        ),
        (
            "--map, --date-format, --period, --adjust",
            found.reading == wanted.reading,
            show_reading(&found.reading),
            show_reading(&wanted.reading),
        ),
        (
            "--bars",
            found.bars == wanted.bars,
            format!("{:?}", found.bars),
            format!("{:?}", wanted.bars),
        ),
        (
            "--cash",
            found.cash == wanted.cash,
            found.cash.clone(),
            wanted.cash.clone(),
        ),
        (
            "--sizing",
            found.sizing == wanted.sizing,
            found.sizing.clone(),
            wanted.sizing.clone(),
        ),
        (
            "--fee-bps",
            found.fee_bps == wanted.fee_bps,
            found.fee_bps.clone(),
            wanted.fee_bps.clone(),
        ),
        (
            "--strategy",
            found.strategy == wanted.strategy,
            found.strategy.join(" "),
            wanted.strategy.join(" "),
        ),
        (
            "--slippage or --config",
            found.tuning == wanted.tuning,
            serde_json::json!(found.tuning).to_string(),
            serde_json::json!(wanted.tuning).to_string(),
        ),
        (
            "--component",
            found.components == wanted.components,
            found.components.join(", "),
            wanted.components.join(", "),
        ),
    ];
    let Some((name, _, there, here)) = differences.into_iter().find(|(_, same, ..)| !same) else {
        return Ok(());
    };
    let message = format!(
        "the data directory holds another run: its {name} is `{there}`, this run's is `{here}`; \
         start over with --fresh, or name another directory with --data-dir"
    );
    Err(Failure::new(Code::Usage, message))
}

fn show(inputs: &[(String, String)]) -> String {
    let short = |(symbol, digest): &(String, String)| {
        format!("{symbol} {}", digest.chars().take(15).collect::<String>())
    };
    inputs.iter().map(short).collect::<Vec<_>>().join(", ")
}

fn show_reading(reading: &Reading) -> String {
    serde_json::to_string(reading).unwrap_or_default()
}
