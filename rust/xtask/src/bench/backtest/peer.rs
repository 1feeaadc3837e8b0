//! Other engines: each in an environment of its own, since they ask for different versions of the same packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::answer::Answer;
use crate::bench::environment;

/// Where their programs and the lists of what they need are.
const FOLDER: &str = "rust/xtask/python/backtest";

/// Arrays and plots bring pools of threads along; one core is what is compared.
const ONE_THREAD: [&str; 4] = [
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "RAYON_NUM_THREADS",
];

/// An engine of somebody else.
#[derive(Debug)]
pub(super) struct Peer {
    /// As its makers write it.
    pub(super) name: &'static str,
    /// The names of its program and of its list of packages.
    module: &'static str,
}

/// The engines that are compared.
pub(super) const PEERS: &[Peer] = &[
    Peer {
        name: "backtrader",
        module: "backtrader",
    },
    Peer {
        name: "backtesting.py",
        module: "backtesting",
    },
    Peer {
        name: "nautilus_trader",
        module: "nautilus",
    },
    Peer {
        name: "vectorbt",
        module: "vectorbt",
    },
];

impl Peer {
    /// Installs it, unless it is there; the Python that has it.
    ///
    /// # Errors
    /// The reason, in one line.
    pub(super) fn install(&self, root: &Path, target: &Path) -> Result<PathBuf, String> {
        let list = format!("{FOLDER}/requirements/{}.txt", self.module);
        environment::install(root, target, self.module, &list)
    }

    /// Runs it over `bars`.
    ///
    /// # Errors
    /// A message: it is installed, so it has to run.
    pub(super) fn run(
        &self,
        root: &Path,
        python: &Path,
        bars: &Path,
        cash: &str,
        runs: usize,
    ) -> Result<Answer, String> {
        let mut command = Command::new(python);
        // Without -B it would leave compiled files among the sources.
        command.arg("-B").arg(root.join(FOLDER).join("run.py"));
        command.args([self.module]).arg(bars);
        command.args([cash, &runs.to_string()]);
        command.envs(ONE_THREAD.map(|name| (name, "1")));
        Answer::parse(&super::output(&mut command)?)
    }
}

/// The daily bars of GOOG, where backtesting.py is installed for this `python`.
pub(super) fn daily_bars(python: &Path) -> Option<PathBuf> {
    const FIND: &str = "import importlib.util as i; print(i.find_spec('backtesting').submodule_search_locations[0])";
    let found = Command::new(python).args(["-c", FIND]).output().ok()?;
    let package = String::from_utf8(found.stdout).ok()?;
    let bars = Path::new(package.trim()).join("test/GOOG.csv");
    bars.is_file().then_some(bars)
}
