//! The commands of each language: warnings are errors everywhere.

use std::path::Path;

use ingenium_codegen::Language;

use super::tools;
use crate::repository;

/// What is run in the folder of a package.
pub(super) struct Steps {
    pub(super) commands: Vec<Vec<String>>,
    pub(super) codec: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

impl Steps {
    pub(super) fn of(language: Language, folder: &Path) -> Result<Self, String> {
        Ok(match language {
            Language::Rust => {
                // The versions that this repository has been tested with.
                let lock = folder.join("Cargo.lock");
                std::fs::copy(repository().join("Cargo.lock"), lock)
                    .map_err(|error| format!("Cargo.lock: {error}"))?;
                Self {
                    commands: vec![words("cargo test --offline --quiet")],
                    codec: vec![
                        folder
                            .join("target/debug/examples/codec")
                            .display()
                            .to_string(),
                    ],
                    environment: vec![
                        ("RUSTFLAGS".to_owned(), "-D warnings".to_owned()),
                        ("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".to_owned()),
                    ],
                }
            }
            Language::TypeScript => {
                let modules = repository().join("rust/xtask/node/node_modules");
                link(&modules, &folder.join("node_modules"))?;
                Self {
                    commands: vec![
                        words("node node_modules/typescript/bin/tsc --project ."),
                        words("node --test build/test/"),
                        words("npm pack --dry-run --ignore-scripts --silent"),
                    ],
                    codec: words("node build/codec/codec.js"),
                    environment: Vec::new(),
                }
            }
            Language::Python => {
                let python = format!("{}/python/bin/python", tools().display());
                let with = |arguments: &str| words(&format!("{python} {arguments}"));
                Self {
                    commands: vec![
                        with("-m mypy src tests codec"),
                        with("-W error -m unittest discover --start-directory tests"),
                        with("-m build --wheel --no-isolation"),
                    ],
                    codec: with("codec/codec.py"),
                    environment: vec![("PYTHONPATH".to_owned(), "src".to_owned())],
                }
            }
            Language::Go => Self {
                commands: vec![
                    words("sh -c")
                        .into_iter()
                        .chain(["test -z \"$(gofmt -l . | tee /dev/stderr)\"".to_owned()])
                        .collect(),
                    words("go vet ./..."),
                    words("go test ./..."),
                    words("go build -o build/codec ./cmd/codec"),
                ],
                codec: vec![folder.join("build/codec").display().to_string()],
                environment: vec![
                    ("GOTOOLCHAIN".to_owned(), "local".to_owned()),
                    ("GOFLAGS".to_owned(), "-mod=readonly".to_owned()),
                ],
            },
            Language::Java => Self {
                commands: vec![words("mvn --offline --quiet --batch-mode package")],
                codec: words(
                    "java -cp target/classes:target/test-classes:target/lib/* example.ingenium.events.Codec",
                ),
                environment: Vec::new(),
            },
        })
    }
}

fn link(target: &Path, link: &Path) -> Result<(), String> {
    if link.exists() {
        return Ok(());
    }
    std::os::unix::fs::symlink(target, link).map_err(|error| format!("{}: {error}", link.display()))
}
