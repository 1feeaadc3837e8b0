//! Where schemas come from: this build, a folder, a commit, or a release.

use std::path::{Path, PathBuf};
use std::process::Command;

use ingenium_codegen::compat::Contract;
use ingenium_codegen::{Errors, Tree, release};

use crate::exit::{Code, Failure};

/// Which schemas a command is about.
#[derive(Debug, clap::Args)]
pub(crate) struct Source {
    /// The folder with catalog.json; by default the schemas of this build
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

impl Source {
    pub(crate) fn tree(&self) -> Result<Tree, Failure> {
        match &self.schemas {
            Some(folder) => open(folder),
            None => {
                let mut tree = Tree::default();
                for (path, text) in ingenium_contract::AUTHORED {
                    tree.insert(*path, text.as_bytes().to_vec());
                }
                Ok(tree)
            }
        }
    }
}

/// The schemas in a folder.
pub(super) fn open(folder: &Path) -> Result<Tree, Failure> {
    if !folder.join("catalog.json").is_file() {
        let message = format!(
            "`{}` holds no catalog.json: name the folder of the schemas",
            folder.display()
        );
        return Err(Failure::new(Code::Usage, message));
    }
    Tree::open(folder).map_err(|error| unreadable(folder, &error))
}

/// The contract to compare with: a folder, `.git#REF`, or the version of a release below `schemas`.
pub(super) fn against(text: &str, schemas: &Path) -> Result<Contract, Failure> {
    if let Some((repository, reference)) = text.split_once(".git#") {
        let tree = commit(Path::new(repository), reference, schemas)?;
        return Contract::authored(&tree).map_err(|errors| faulty(text, &errors));
    }
    let folder = PathBuf::from(text);
    let released = schemas.join("released").join(text);
    let folder = if folder.is_dir() { folder } else { released };
    if folder.join(release::SUMS).is_file() {
        return release::open(&folder).map_err(|errors| faulty(text, &errors));
    }
    if !folder.is_dir() {
        let message = format!(
            "`{text}` is no folder, no `.git#REF` and no release in `{}`",
            schemas.join("released").display()
        );
        return Err(Failure::new(Code::Usage, message));
    }
    Contract::authored(&open(&folder)?).map_err(|errors| faulty(text, &errors))
}

/// The schemas as they were in a commit, read from the repository's own archive of it.
fn commit(repository: &Path, reference: &str, schemas: &Path) -> Result<Tree, Failure> {
    let refuse = |message: String| Failure::new(Code::Usage, message);
    if reference.is_empty() || reference.starts_with('-') {
        return Err(refuse(format!("`{reference}` names no commit")));
    }
    let folder = schemas.to_string_lossy().trim_end_matches('/').to_owned();
    let repository = if repository.as_os_str().is_empty() {
        Path::new(".")
    } else {
        repository
    };
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["archive", "--format=tar", reference, "--", &folder])
        .output()
        .map_err(|error| refuse(format!("git does not start: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(refuse(format!("git: {}", said.trim())));
    }
    let mut tree = Tree::default();
    let mut archive = tar::Archive::new(output.stdout.as_slice());
    let broken = |error: std::io::Error| refuse(format!("git's archive: {error}"));
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.to_string_lossy().into_owned();
        let Some(path) = path
            .strip_prefix(&folder)
            .and_then(|path| path.strip_prefix('/'))
        else {
            continue;
        };
        let path = format!("schemas/{path}");
        if Tree::is_authored(&path) {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).map_err(broken)?;
            tree.insert(path, bytes);
        }
    }
    Ok(tree)
}

/// The failure of schemas that do not even generate.
pub(crate) fn faulty(name: &str, errors: &Errors) -> Failure {
    Failure::new(Code::Usage, format!("`{name}` has faults:\n{errors}"))
}

fn unreadable(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::Usage, format!("`{}`: {error}", folder.display()))
}
