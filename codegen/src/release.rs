//! Released contracts: bundles that never change again, with a digest of every file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::catalog::Catalog;
use crate::compat::{Contract, Direction, Verdict, compare, waivers};
use crate::error::{Error, Errors};
use crate::lint::{self as rule, lint};
use crate::tree::Tree;

/// The list of digests, in the form that `sha256sum --check` reads.
pub const SUMS: &str = "SHA256SUMS";

/// A release that is not written yet: its files by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    version: String,
    files: BTreeMap<String, String>,
}

impl Release {
    /// The release `version` of a tree, which must be without faults, say this version itself, and keep what it promised
    /// in `earlier` releases.
    ///
    /// # Errors
    /// Everything that stands against it.
    pub fn prepare(tree: &Tree, version: &str, earlier: &[Contract]) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        for error in lint(tree) {
            errors.push(error);
        }
        let catalog = errors.keep(tree.json(crate::catalog::FILE));
        let catalog = catalog.and_then(|json| errors.keep(Catalog::from_json(&json)));
        let Some(catalog) = catalog else {
            return Err(errors);
        };
        let mut refuse = |pointer: &str, message: String| {
            errors.push(Error::new(
                rule::CATALOG,
                crate::catalog::FILE,
                pointer,
                message,
            ));
        };
        let Some(line) = line(version) else {
            let message = format!("`{version}` is no version: write MAJOR.MINOR.PATCH");
            return Err(Error::new(rule::CATALOG, crate::catalog::FILE, "", message).into());
        };
        if catalog.contract_version != version {
            let message = format!(
                "the contract says `{}`: write `{version}`",
                catalog.contract_version
            );
            refuse("/contractVersion", message);
        }
        let files = errors.keep(frozen(tree, &catalog, &line));
        let contract = errors.keep(Contract::authored(tree));
        let waived = errors.keep(waivers(tree)).unwrap_or_default();
        if let Some(contract) = contract {
            for old in earlier {
                keeps(old, &contract, &waived, &mut errors);
            }
        }
        errors.or(Self {
            version: version.to_owned(),
            files: files.unwrap_or_default(),
        })
    }

    /// Writes the release below `folder`, into a folder of its own.
    ///
    /// # Errors
    /// When it stands there already, or cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let folder = folder.join(&self.version);
        if folder.exists() {
            let message = format!("{} is released, and never changes", folder.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        let mut sums = String::new();
        for (name, text) in &self.files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
            // Writing to a string cannot fail.
            let _ = writeln!(sums, "{}  {name}", digest(text.as_bytes()));
        }
        std::fs::write(folder.join(SUMS), sums)
    }
}

/// The released contract in `folder`, if every file is as it was released.
///
/// # Errors
/// When a file is missing, new or different, or is no part of a contract.
pub fn open(folder: &Path) -> Result<Contract, Errors> {
    let name = folder.display().to_string();
    let unreadable = |error: io::Error| Error::new(rule::FILE, &name, "", error.to_string());
    let sums = std::fs::read_to_string(folder.join(SUMS)).map_err(|error| {
        Error::new(rule::FILE, &format!("{name}/{SUMS}"), "", error.to_string())
    })?;
    let tree = Tree::open(folder).map_err(unreadable)?;
    let mut errors = Errors::default();
    let mut refuse = |file: &str, message: &str| {
        errors.push(Error::new(
            rule::FILE,
            &format!("{name}/{file}"),
            "",
            message,
        ));
    };
    let mut listed = Vec::new();
    for line in sums.lines() {
        let Some((sum, file)) = line.split_once("  ") else {
            refuse(SUMS, "a line is not `<sha-256>  <file>`");
            continue;
        };
        listed.push(file);
        match tree.get(&format!("schemas/{file}")) {
            Some(bytes) if digest(bytes) == sum => {}
            Some(_) => refuse(file, "it is not what was released: restore it"),
            None => refuse(file, "it was released, and is not there: restore it"),
        }
    }
    for (path, _) in tree.below("schemas/") {
        let file = path.trim_start_matches("schemas/");
        if !listed.contains(&file) {
            refuse(file, "it was not released: remove it");
        }
    }
    let contract = errors.keep(Contract::released(&tree));
    match contract {
        Some(contract) => errors.or(contract),
        None => Err(errors),
    }
}

/// `1.2` of `1.2.3`: patches share the ids of schemas, which they must not change.
fn line(version: &str) -> Option<String> {
    let parts: Vec<&str> = version.split('.').collect();
    let is_number = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
    };
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| parts[..2].join("."))
}

/// The files of a release: catalog, envelope, bundles with ids of their own.
fn frozen(tree: &Tree, catalog: &Catalog, line: &str) -> Result<BTreeMap<String, String>, Errors> {
    let major = line.split('.').next().unwrap_or_default();
    let moving = format!("{}/{major}/", catalog.base_uri);
    let fixed = format!("{}/{line}/", catalog.base_uri);
    let mut files = BTreeMap::new();
    for (path, text) in crate::bundles(tree)?.iter() {
        let name = path.trim_start_matches("schemas/dist/");
        files.insert(name.to_owned(), text.replace(&moving, &fixed));
    }
    for name in [
        "catalog.json",
        "cloudevents/envelope.schema.json",
        "cloudevents/ingenium-profile.schema.json",
    ] {
        if let Some(bytes) = tree.get(&format!("schemas/{name}")) {
            let text = String::from_utf8_lossy(bytes).replace(&moving, &fixed);
            files.insert(name.to_owned(), text);
        }
    }
    Ok(files)
}

/// Whether `new` keeps what it promises to users of `old`.
fn keeps(old: &Contract, new: &Contract, waived: &[crate::compat::Waiver], errors: &mut Errors) {
    for found in compare(old, new) {
        let same_line = line(&old.version).is_some() && line(&old.version) == line(&new.version);
        let wire = found
            .changes
            .iter()
            .find(|change| change.pointer.starts_with('/'));
        let mut refuse = |message: String| {
            errors.push(Error::new(rule::CATALOG, crate::catalog::FILE, "", message));
        };
        if let Some(change) = wire.filter(|_| same_line) {
            refuse(format!(
                "`{}` differs from {}, whose ids it shares: {}; release a new minor version",
                found.subject, old.version, change.message
            ));
        }
        for direction in Direction::ALL {
            if !found.mode.promises(direction) {
                continue;
            }
            let against = format!(
                "`{}` is not {} compatible with {}",
                found.subject,
                direction.name(),
                old.version
            );
            match found.verdict(direction) {
                Verdict::Compatible => {}
                Verdict::Breaking(event) => refuse(format!("{against}: {event}")),
                Verdict::Moved(why) => refuse(format!("{against}: {why}")),
                Verdict::Unknown(why) => {
                    let known = waived
                        .iter()
                        .any(|waiver| waiver.covers(&found.subject, direction, &old.version));
                    if !known {
                        refuse(format!(
                            "nobody knows whether {}: {why}",
                            against.replace("is not", "is")
                        ));
                    }
                }
            }
        }
    }
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
