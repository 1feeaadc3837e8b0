//! The way of a newcomer: the component of a package's README, copied into a folder of its own, compiled, and judged by
//! `ingenium conform`.

use std::fs;
use std::path::{Path, PathBuf};

use ingenium_codegen::Language;
use serde_json::Value;

use crate::proof::Outcome;
use crate::repository;
use crate::workshop::{Product, run, tools};

/// How a component is made and started.
struct Component {
    file: &'static str,
    /// Files beside it.
    others: Vec<(&'static str, String)>,
    links: Vec<(PathBuf, &'static str)>,
    commands: Vec<String>,
    start: String,
    environment: Vec<(String, String)>,
}

/// Runs the component of the product's README under `ingenium conform`: every check that it exercises must pass.
///
/// # Errors
/// In words, when the component does not compile, or the runner does not start.
pub fn prove(product: &Product) -> Result<Outcome, String> {
    let io = |error: std::io::Error| error.to_string();
    let readme = fs::read_to_string(product.folder.join("README.md")).map_err(io)?;
    let source = code(&readme).ok_or("the README has no component")?;
    let folder = product.folder.with_file_name("newcomer");
    drop(fs::remove_dir_all(folder.join("src")));
    fs::create_dir_all(folder.join("src")).map_err(io)?;
    let component = component(product);
    fs::write(folder.join(component.file), source).map_err(io)?;
    for (name, text) in &component.others {
        fs::write(folder.join(name), text).map_err(io)?;
    }
    for (target, name) in &component.links {
        let link = folder.join(name);
        fs::create_dir_all(link.parent().unwrap_or(&folder)).map_err(io)?;
        drop(fs::remove_file(&link));
        std::os::unix::fs::symlink(target, &link).map_err(io)?;
    }
    for command in &component.commands {
        run(&words(command), &folder, &component.environment)?;
    }
    conform(&folder, &component)
}

fn conform(folder: &Path, component: &Component) -> Result<Outcome, String> {
    let ingenium = repository().join("target/debug/ingenium");
    run(
        &words("cargo build --quiet --locked --package ingenium-cli"),
        &repository(),
        &[],
    )?;
    let report = folder.join("report");
    drop(fs::remove_dir_all(&report));
    let mut command = vec![ingenium.display().to_string()];
    command.extend(words(
        "conform --role strategy --profile L1 --dir report --",
    ));
    command.extend(words(&component.start));
    run(&command, folder, &component.environment)?;
    let text = fs::read_to_string(report.join("report.json")).map_err(|error| error.to_string())?;
    let report: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let mut outcome = Outcome::default();
    for check in report["checks"].as_array().into_iter().flatten() {
        let verdict = check["verdict"].as_str().unwrap_or_default();
        // A SHOULD that a component of twenty lines leaves out is a warning, and no fault of the package.
        match verdict {
            "NOT_EXERCISED" | "INFO" | "SKIP" | "WARN" => {}
            "PASS" => outcome.count(None),
            _ => outcome.count(Some(check.to_string())),
        }
    }
    Ok(outcome)
}

/// The last block of code before the command that judges it.
fn code(readme: &str) -> Option<&str> {
    let (before, _) = readme.split_once("$ ingenium conform")?;
    let (blocks, _) = before.rsplit_once("\n```\n")?;
    let (_, block) = blocks.rsplit_once("\n```")?;
    block.split_once('\n').map(|(_, code)| code)
}

fn component(product: &Product) -> Component {
    let home = product.folder.display();
    let mut component = Component {
        file: "",
        others: Vec::new(),
        links: Vec::new(),
        commands: Vec::new(),
        start: String::new(),
        environment: Vec::new(),
    };
    match product.language {
        Language::TypeScript => {
            let modules = repository().join("rust/xtask/node/node_modules");
            component.file = "component.ts";
            component.others = vec![("package.json", "{ \"type\": \"module\" }\n".to_owned())];
            component.links = vec![
                (modules.join("typescript"), "node_modules/typescript"),
                (modules.join("@typescript"), "node_modules/@typescript"),
                (modules.join("@types"), "node_modules/@types"),
                (modules.join("undici-types"), "node_modules/undici-types"),
                (product.folder.clone(), "node_modules/@ingenium/events"),
            ];
            component.commands = vec![
                "node node_modules/typescript/bin/tsc --strict --module NodeNext --target ES2022 --types node component.ts"
                    .to_owned(),
            ];
            component.start = "node component.js".to_owned();
        }
        Language::Python => {
            let python = format!("{}/python/bin/python", tools().display());
            component.file = "component.py";
            component.environment = vec![
                ("PYTHONPATH".to_owned(), format!("{home}/src")),
                ("MYPYPATH".to_owned(), format!("{home}/src")),
            ];
            component.commands = vec![format!("{python} -m mypy --strict component.py")];
            component.start = format!("{python} component.py");
        }
        Language::Go => {
            component.file = "component.go";
            let require = "require ingenium.example/events v0.0.0";
            component.others = vec![(
                "go.mod",
                format!(
                    "module component\n\ngo 1.21\n\n{require}\n\nreplace ingenium.example/events => {home}\n"
                ),
            )];
            component.commands = vec!["go vet .".to_owned(), "go build -o component .".to_owned()];
            component.start = "./component".to_owned();
        }
        Language::Java => {
            component.file = "Component.java";
            component.start =
                format!("java -cp {home}/target/classes:{home}/target/lib/* Component.java");
        }
        Language::Rust => {
            component.file = "src/main.rs";
            let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap_or_default();
            component.others = vec![
                (
                    "Cargo.toml",
                    format!(
                        "[package]\nname = \"component\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
                         ingenium-events = {{ path = \"{home}\" }}\nserde_json = \"1\"\ntiny_http = \"0.12\"\n\
                         ureq = {{ version = \"3\", default-features = false }}\n"
                    ),
                ),
                ("Cargo.lock", lock),
            ];
            component.commands = vec!["cargo build --offline --quiet".to_owned()];
            component.environment = vec![
                ("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".to_owned()),
                ("CARGO_TARGET_DIR".to_owned(), format!("{home}/target")),
            ];
            component.start = format!("{home}/target/debug/component");
        }
    }
    component
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
