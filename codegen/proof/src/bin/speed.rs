//! How fast packages are made, and how fast they read, beside well-known tools of their languages in the same run.

use std::path::Path;
use std::time::Duration;

use ingenium_codegen::{Language, Options, Tree, packages};
use ingenium_proof::repository;
use ingenium_proof::workshop::{make, run, tools};
use serde_json::Value;

use std::io::Write as _;

fn main() -> Result<(), String> {
    let tree = Tree::open(&repository().join("schemas")).map_err(|error| error.to_string())?;
    let mut lines = vec![generation(&tree)?];
    let root = repository().display().to_string();
    for (language, peers) in [
        (Language::TypeScript, &["ajv"][..]),
        (Language::Python, &["pydantic", "jsonschema"]),
        (Language::Go, &["jsonschema"]),
    ] {
        let folder = repository()
            .join("target/proof")
            .join(language.name())
            .join("speed");
        let product = make(language, &tree, &folder)?;
        let home = product.folder.display().to_string();
        let speed = repository().join("codegen/proof/speed");
        let said = match language {
            Language::TypeScript => {
                let script = speed.join("typescript.mjs").display().to_string();
                call(&["node", &script, &home, &root], &speed)?
            }
            Language::Python => python(&speed, &home, &root)?,
            _ => {
                let program = product.folder.join("build/speed").display().to_string();
                let build = ["go", "build", "-o", &program, "."];
                call(&build, &speed.join("go"))?;
                call(&[&program, &root], &speed)?
            }
        };
        lines.extend(table(language, &said, peers)?);
    }
    let mut out = std::io::stdout().lock();
    let text = format!(
        "| What | Takes | Peer | Peer takes | Ratio |\n|---|---:|---|---:|---:|\n{}\n",
        lines.join("\n")
    );
    out.write_all(text.as_bytes())
        .map_err(|error| error.to_string())
}

fn call(command: &[&str], folder: &Path) -> Result<String, String> {
    let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
    let environment = [("GOFLAGS".to_owned(), "-mod=mod".to_owned())];
    run(&command, folder, &environment)
}

/// Models of the same schemas, made by the generator that refuses most of what is wrong.
fn python(speed: &Path, home: &str, root: &str) -> Result<String, String> {
    let models = repository().join("target/proof/python/models");
    std::fs::create_dir_all(&models).map_err(|error| error.to_string())?;
    let bin = tools().join("python/bin");
    let (python, generator) = (
        bin.join("python").display().to_string(),
        bin.join("datamodel-codegen").display().to_string(),
    );
    for name in [
        "ingestor.data",
        "strategy.signal",
        "portfolio.order",
        "portfolio.cancel",
        "executor.execution",
    ] {
        let input = format!("{root}/schemas/dist/strict/{name}.json");
        let output = models
            .join(format!("{}.py", name.replace('.', "_")))
            .display()
            .to_string();
        let model = "pydantic_v2.BaseModel";
        let arguments = [
            "--input",
            &input,
            "--input-file-type",
            "jsonschema",
            "--output-model-type",
            model,
        ];
        call(
            &[
                &[generator.as_str()],
                &arguments[..],
                &["--output", &output],
            ]
            .concat(),
            speed,
        )?;
    }
    let script = speed.join("python.py").display().to_string();
    call(
        &[
            &python,
            &script,
            &format!("{home}/src"),
            root,
            &models.display().to_string(),
        ],
        speed,
    )
}

fn table(language: Language, said: &str, peers: &[&str]) -> Result<Vec<String>, String> {
    let figures: Value =
        serde_json::from_str(said.trim()).map_err(|error| format!("{error}: {said}"))?;
    let own = figures["package"].as_f64().ok_or("no figure")?;
    let row = |peer: &&str| {
        let theirs = figures[*peer].as_f64().unwrap_or(f64::NAN);
        format!(
            "| {}: parse a payload | {:.2} µs | {peer} | {:.2} µs | {:.1} |",
            language.name(),
            own / 1000.0,
            theirs / 1000.0,
            theirs / own
        )
    };
    Ok(peers.iter().map(row).collect())
}

/// All languages in one process.
#[expect(clippy::disallowed_methods, reason = "the stop watch of a benchmark")]
fn generation(tree: &Tree) -> Result<String, String> {
    let mut times: Vec<Duration> = Vec::new();
    let mut files = 0;
    let all = Language::ALL.map(Options::new);
    for _ in 0..15 {
        let start = std::time::Instant::now();
        let made = packages(tree, &all).map_err(|errors| errors.to_string())?;
        times.push(start.elapsed());
        files = made.iter().map(|files| files.iter().count()).sum();
    }
    times.sort_unstable();
    let median = times[times.len() / 2].as_secs_f64() * 1000.0;
    Ok(format!(
        "| generate {} packages, {files} files | {median:.0} ms | | | |",
        Language::ALL.len()
    ))
}
