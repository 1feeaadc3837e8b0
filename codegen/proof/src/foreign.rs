//! Components that we have not written in Rust: those of `conformance/examples` before `ingenium conform`, and a mutant
//! of each.

use std::fs;
use std::path::{Path, PathBuf};

use ingenium_codegen::Language;
use serde_json::Value;

use crate::matrix;
use crate::repository;
use crate::workshop::{run, tools};

/// A component, how it is made and started, and what it has to pass.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    /// Its name here.
    pub name: &'static str,
    /// The package that it is written on; none where it is a stranger's on the official SDK.
    pub package: Option<Language>,
    /// Its folder under `conformance/examples`.
    folder: &'static str,
    role: &'static str,
    profile: &'static str,
    /// Commands that make it, in its folder; `{tools}`, `{modules}`, `{package}` and `{repository}` are replaced.
    make: &'static [&'static str],
    start: &'static str,
    mutant: Mutant,
}

/// The same component, broken in one place.
#[derive(Debug, Clone, Copy)]
struct Mutant {
    file: &'static str,
    /// What stands there once.
    sound: &'static str,
    /// What stands there instead.
    broken: &'static str,
    /// The check that has to fail.
    fails: &'static str,
}

const TSC: &str = "node {modules}/typescript/bin/tsc --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes \
                   --module NodeNext --target ES2022 --types node strategy.ts executor.ts";
const GO: &str = "go build -o component .";
const JVM: &str = "java -XX:TieredStopAtLevel=1 -Dsun.net.httpserver.nodelay=true -cp";

/// All of them.
pub const ALL: [Foreign; 11] = [
    Foreign {
        name: "python-strategy",
        package: Some(Language::Python),
        folder: "python",
        role: "strategy",
        profile: "L3",
        make: &["{tools}/python/bin/python -m mypy --strict strategy.py component.py"],
        start: "{tools}/python/bin/python strategy.py",
        mutant: Mutant {
            file: "component.py",
            sound: "            if key not in self.known:",
            broken: "            if True:",
            fails: "DEL-05",
        },
    },
    Foreign {
        name: "python-portfolio",
        package: Some(Language::Python),
        folder: "python",
        role: "portfolio",
        profile: "L3",
        make: &["{tools}/python/bin/python -m mypy --strict portfolio.py component.py"],
        start: "{tools}/python/bin/python portfolio.py",
        mutant: Mutant {
            file: "portfolio.py",
            sound: "if order is None or fact in self.booked:",
            broken: "if order is None:",
            fails: "POR-05",
        },
    },
    Foreign {
        name: "typescript-strategy",
        package: Some(Language::TypeScript),
        folder: "typescript",
        role: "strategy",
        profile: "L3",
        make: &[TSC],
        start: "node strategy.js",
        mutant: Mutant {
            file: "strategy.ts",
            sound: "if (bar.Final === false) return [];",
            broken: "",
            fails: "STR-06",
        },
    },
    Foreign {
        name: "typescript-executor",
        package: Some(Language::TypeScript),
        folder: "typescript",
        role: "executor",
        profile: "L3",
        make: &[TSC],
        start: "node executor.js",
        mutant: Mutant {
            file: "executor.ts",
            sound: "return compareDecimals(open, limit) < 0 ? open : limit;",
            broken: "return open;",
            fails: "EXE-07",
        },
    },
    Foreign {
        name: "go-strategy",
        package: Some(Language::Go),
        folder: "go/strategy",
        role: "strategy",
        profile: "L3",
        make: &["go vet .", GO],
        start: "./component",
        mutant: Mutant {
            file: "main.go",
            sound: "events.NewEvent(signal, id, source, string(end), event)",
            broken: "events.NewEvent(signal, id, source, string(end), nil)",
            fails: "CAU-06",
        },
    },
    Foreign {
        name: "java-strategy",
        package: Some(Language::Java),
        folder: "java",
        role: "strategy",
        profile: "L3",
        make: &[
            "javac -Xlint:all -Werror -d classes -cp {package}/target/classes:{package}/target/lib/* Strategy.java",
        ],
        start: "{jvm} classes:{package}/target/classes:{package}/target/lib/* Strategy",
        mutant: Mutant {
            file: "Strategy.java",
            sound: "                return false;\n",
            broken: "                log(\"gone\", waiting.get(0).id());\n",
            fails: "DEL-05",
        },
    },
    Foreign {
        name: "python-sdk",
        package: None,
        folder: "python",
        role: "strategy",
        profile: "L2",
        make: &["{tools}/python/bin/python -m mypy --strict sdk_strategy.py"],
        start: "{tools}/python/bin/python sdk_strategy.py",
        mutant: Mutant {
            file: "sdk_strategy.py",
            sound: "if not {\"specversion\", \"id\", \"source\", \"type\"} <= given:",
            broken: "if not given:",
            fails: "RCV-06",
        },
    },
    Foreign {
        name: "node-sdk",
        package: None,
        folder: "typescript",
        role: "strategy",
        profile: "L2",
        make: &[],
        start: "node sdk-strategy.mjs",
        mutant: Mutant {
            file: "sdk-strategy.mjs",
            sound: "[\"specversion\", \"id\", \"source\", \"type\"].every(has)",
            broken: "[\"specversion\", \"source\", \"type\"].every(has)",
            fails: "RCV-06",
        },
    },
    Foreign {
        name: "go-sdk",
        package: None,
        folder: "go/sdk",
        role: "strategy",
        profile: "L2",
        make: &["go vet .", GO],
        start: "./component",
        mutant: Mutant {
            file: "main.go",
            sound: "if event.Type() != \"ingenium.ingestor.data\" {\n\t\treturn nil, nil",
            broken: "if event.Type() != \"ingenium.ingestor.data\" {\n\t\treturn nil, errors.New(\"what is it?\")",
            fails: "RCV-09",
        },
    },
    Foreign {
        name: "java-sdk",
        package: None,
        folder: "java/sdk",
        role: "strategy",
        profile: "L2",
        make: &["mvn --offline --quiet --batch-mode package"],
        start: "{jvm} target/classes:target/lib/* SdkStrategy",
        mutant: Mutant {
            file: "src/main/java/SdkStrategy.java",
            sound: "if (event.isEmpty()) {\n            return 400;",
            broken: "if (event.isEmpty()) {\n            return 204;",
            fails: "RCV-05",
        },
    },
    Foreign {
        name: "rust-sdk",
        package: None,
        folder: "rust",
        role: "strategy",
        profile: "L2",
        make: &[
            "cargo build --offline --quiet --manifest-path Cargo.toml --target-dir {repository}/target/proof/foreign/rust-target",
        ],
        start: "{repository}/target/proof/foreign/rust-target/debug/sdk-strategy",
        mutant: Mutant {
            file: "sdk_strategy.rs",
            sound: "        return empty(400);\n",
            broken: "        return empty(202);\n",
            fails: "RCV-05",
        },
    },
];

/// What came of a component.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Checks that passed, a run each.
    pub passed: Vec<usize>,
    /// What is wrong, in words.
    pub wrong: Vec<String>,
}

impl Foreign {
    /// Judges the component so many times, and its mutant once.
    ///
    /// # Errors
    /// In words, when it cannot be made.
    pub fn judge(&self, times: usize) -> Result<Judged, String> {
        let mut judged = Judged {
            passed: Vec::new(),
            wrong: Vec::new(),
        };
        let sound = self.make("sound", None)?;
        for _ in 0..times {
            let checks = self.conform(&sound, None)?;
            let count = |word: &str| {
                checks
                    .iter()
                    .filter(|check| check["verdict"] == word)
                    .count()
            };
            judged.passed.push(count("PASS"));
            let bad = ["FAIL", "INCONCLUSIVE", "FLAKY", "HARNESS"];
            let bad = checks
                .iter()
                .filter(|check| bad.iter().any(|word| check["verdict"] == *word));
            judged
                .wrong
                .extend(bad.map(|check| format!("{}: {check}", self.name)));
        }
        let broken = self.make("mutant", Some(&self.mutant))?;
        let checks = self.conform(&broken, Some(self.mutant.fails))?;
        if !checks.iter().any(|check| check["verdict"] == "FAIL") {
            let problem = format!("the mutant of {} passes {}", self.name, self.mutant.fails);
            judged.wrong.push(problem);
        }
        Ok(judged)
    }

    /// Copies the component, breaks it where asked to, and makes it.
    fn make(&self, which: &str, mutant: Option<&Mutant>) -> Result<PathBuf, String> {
        let from = repository().join("conformance/examples").join(self.folder);
        let to = self.place(which);
        copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
        if let Some(mutant) = mutant {
            let file = to.join(mutant.file);
            let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
            if text.matches(mutant.sound).count() != 1 {
                let problem = format!("{} does not hold `{}` once", mutant.file, mutant.sound);
                return Err(problem);
            }
            fs::write(&file, text.replace(mutant.sound, mutant.broken))
                .map_err(|error| error.to_string())?;
        }
        self.furnish(&to)?;
        for command in self.make {
            run(&self.words(command), &to, &self.environment())?;
        }
        Ok(to)
    }

    /// A line for the shell that starts the component where it was made.
    #[must_use]
    pub fn shell(&self) -> String {
        let folder = self.place("sound");
        let quoted = |text: &str| format!("'{text}'");
        let environment = self.environment().into_iter();
        let environment: Vec<String> = environment
            .map(|(name, value)| format!("{name}={}", quoted(&value)))
            .collect();
        let words: Vec<String> = self
            .words(self.start)
            .iter()
            .map(|word| quoted(word))
            .collect();
        format!(
            "cd {} && {} exec {}",
            quoted(&folder.display().to_string()),
            environment.join(" "),
            words.join(" ")
        )
    }

    fn place(&self, which: &str) -> PathBuf {
        let folder = repository().join("target/proof/foreign");
        folder.join(self.name).join(which)
    }

    /// What its language wants beside the sources.
    fn furnish(&self, folder: &Path) -> Result<(), String> {
        let write = |name: &str, text: String| {
            fs::write(folder.join(name), text).map_err(|error| error.to_string())
        };
        match self.folder {
            "typescript" => {
                let modules = modules();
                let package = self.package_folder();
                let mut links = vec![("cloudevents", modules.join("cloudevents"))];
                links.extend(["@types", "undici-types"].map(|name| (name, modules.join(name))));
                if let Some(package) = package {
                    links.push(("@ingenium/events", package));
                }
                for (name, target) in links {
                    let link = folder.join("node_modules").join(name);
                    fs::create_dir_all(link.parent().unwrap_or(folder))
                        .map_err(|error| error.to_string())?;
                    std::os::unix::fs::symlink(target, link).map_err(|error| error.to_string())?;
                }
                Ok(())
            }
            "go/strategy" => {
                let package = self.package_folder().unwrap_or_default();
                let require = "require ingenium.example/events v0.0.0";
                let replace = format!("replace ingenium.example/events => {}", package.display());
                write(
                    "go.mod",
                    format!("module component\n\ngo 1.21\n\n{require}\n\n{replace}\n"),
                )
            }
            "rust" => {
                let lock = fs::read_to_string(repository().join("Cargo.lock"))
                    .map_err(|error| error.to_string())?;
                write("Cargo.lock", lock)
            }
            _ => Ok(()),
        }
    }

    fn package_folder(&self) -> Option<PathBuf> {
        Some(matrix::workplace(self.package?, "ours"))
    }

    fn environment(&self) -> Vec<(String, String)> {
        let mut environment = vec![
            ("GOTOOLCHAIN".to_owned(), "local".to_owned()),
            ("GOFLAGS".to_owned(), "-mod=mod".to_owned()),
            ("GOPROXY".to_owned(), "off".to_owned()),
            ("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".to_owned()),
        ];
        if let (Some(Language::Python), Some(package)) = (self.package, self.package_folder()) {
            for name in ["PYTHONPATH", "MYPYPATH"] {
                environment.push((name.to_owned(), package.join("src").display().to_string()));
            }
        }
        environment
    }

    fn words(&self, line: &str) -> Vec<String> {
        let package = self.package_folder().unwrap_or_default();
        line.split(' ')
            .flat_map(|word| {
                if word == "{jvm}" {
                    JVM.split(' ').collect()
                } else {
                    vec![word]
                }
            })
            .map(|word| {
                word.replace("{tools}", &tools().display().to_string())
                    .replace("{modules}", &modules().display().to_string())
                    .replace("{package}", &package.display().to_string())
                    .replace("{repository}", &repository().display().to_string())
            })
            .collect()
    }

    /// The checks of a run.
    fn conform(&self, folder: &Path, only: Option<&str>) -> Result<Vec<Value>, String> {
        let ingenium = repository()
            .join("target/debug/ingenium")
            .display()
            .to_string();
        let mut command = vec![ingenium, "conform".to_owned()];
        command.extend(
            [
                "--role",
                self.role,
                "--profile",
                self.profile,
                "--dir",
                "report",
            ]
            .map(str::to_owned),
        );
        if let Some(only) = only {
            command.extend(["--only", only].map(str::to_owned));
        }
        command.push("--".to_owned());
        command.extend(self.words(self.start));
        let ran = run(&command, folder, &self.environment());
        let text = fs::read_to_string(folder.join("report/report.json"));
        let Ok(text) = text else {
            return Err(format!("{}: no report: {ran:?}", self.name));
        };
        fs::remove_dir_all(folder.join("report")).map_err(|error| error.to_string())?;
        let report: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let claims = report["claim"].is_string();
        if claims != (ran.is_ok() && only.is_none()) {
            return Err(format!(
                "{}: claim {} after {ran:?}",
                self.name, report["claim"]
            ));
        }
        Ok(report["checks"].as_array().cloned().unwrap_or_default())
    }
}

fn modules() -> PathBuf {
    repository().join("rust/xtask/node/node_modules")
}

/// Copies a folder anew; what was made there before goes.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
