//! Other people's generators on our schemas: what they make must compile; what it loses is counted.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::protocol::ViewName;
use crate::question::Vector;
use crate::repository;
use crate::workshop::{run, tools};

/// How the code of one generator answered.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// The generator, its version, and what it made.
    pub name: String,
    /// The view of our bundles that it read.
    pub view: &'static str,
    /// How it was compiled.
    pub compiled_by: &'static str,
    /// Wrong payloads that it took, right ones that it refused, right ones that it wrote differently.
    pub counts: [usize; 3],
    /// What it means for a payload to be taken.
    pub judged_by: &'static str,
}

/// Name of the module, of the type, and of the bundle of each event.
const EVENTS: [(&str, &str, &str); 5] = [
    ("ingestor_data", "DataEvent", "ingestor.data"),
    ("strategy_signal", "SignalEvent", "strategy.signal"),
    ("portfolio_order", "OrderEvent", "portfolio.order"),
    ("portfolio_cancel", "CancelEvent", "portfolio.cancel"),
    ("executor_execution", "ExecutionEvent", "executor.execution"),
];

/// Where it all happens.
struct Place {
    folder: PathBuf,
    questions: PathBuf,
    vectors: Vec<Vector>,
}

/// Runs all of them.
///
/// # Errors
/// In words, when a generator fails, or what it makes does not compile.
pub fn all(vectors: &[Vector]) -> Result<Vec<Stranger>, String> {
    let folder = repository().join("target/proof/strangers");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let lines: Vec<String> = vectors
        .iter()
        .map(|vector| {
            let short = vector.event_type.as_str().trim_start_matches("ingenium.");
            let event = EVENTS.iter().find(|(_, _, bundle)| *bundle == short);
            let (name, title, _) = event.copied().unwrap_or_default();
            let valid = vector.is_accepted(ViewName::Strict);
            json!({ "name": name, "title": title, "data": vector.data, "valid": valid }).to_string()
        })
        .collect();
    let questions = folder.join("questions.ndjson");
    write(&questions, &(lines.join("\n") + "\n"))?;
    let place = Place {
        folder,
        questions,
        vectors: vectors.to_vec(),
    };
    Ok(vec![
        place.quicktype_typescript()?,
        place.quicktype_go()?,
        place.json_schema_to_typescript()?,
        place.datamodel()?,
    ])
}

impl Place {
    fn quicktype_typescript(&self) -> Result<Stranger, String> {
        let folder = self.quicktype("typescript", "ts", &[])?;
        write(&folder.join("package.json"), "{ \"type\": \"module\" }\n")?;
        let compiler = modules().join("typescript/bin/tsc").display().to_string();
        let files: Vec<String> = EVENTS
            .iter()
            .map(|(name, ..)| format!("{name}.ts"))
            .collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let strict = [
            "node", &compiler, "--strict", "--module", "NodeNext", "--target", "ES2022", "--types",
            "node",
        ];
        let roots = modules().join("@types").display().to_string();
        call(
            &[&strict[..], &["--typeRoots", &roots], &files].concat(),
            &folder,
        )?;
        let script = script("quicktype.mjs");
        let said = call(
            &[
                "node",
                &script,
                &folder.display().to_string(),
                &self.questions.display().to_string(),
            ],
            &folder,
        )?;
        Ok(Stranger {
            name: format!(
                "quicktype {}, TypeScript with run-time checks",
                version("quicktype")?
            ),
            view: "plain",
            compiled_by: "`tsc --strict`",
            counts: counts(&said)?,
            judged_by: "`Convert.to…`",
        })
    }

    fn quicktype_go(&self) -> Result<Stranger, String> {
        let folder = self.quicktype("go", "go", &["--package", "main"])?;
        write(&folder.join("go.mod"), "module strangers\n\ngo 1.21\n")?;
        // Types of the same name would meet: one package an event.
        let mut total = [0; 3];
        for (name, title, _) in EVENTS {
            let home = folder.join(name);
            fs::create_dir_all(&home).map_err(|error| error.to_string())?;
            fs::rename(folder.join(format!("{name}.go")), home.join("types.go"))
                .map_err(|error| error.to_string())?;
            write(
                &home.join("main.go"),
                &GO.replace("NAME", name).replace("TITLE", title),
            )?;
            call(&["go", "vet", &format!("./{name}")], &folder)?;
            let questions = self.questions.display().to_string();
            let said = call(&["go", "run", &format!("./{name}"), &questions], &folder)?;
            for (total, count) in total.iter_mut().zip(counts(&said)?) {
                *total += count;
            }
        }
        Ok(Stranger {
            name: format!("quicktype {}, Go", version("quicktype")?),
            view: "plain",
            compiled_by: "`go vet`",
            counts: total,
            judged_by: "`Unmarshal…`",
        })
    }

    fn quicktype(&self, language: &str, ending: &str, options: &[&str]) -> Result<PathBuf, String> {
        let folder = self.folder.join(format!("quicktype-{language}"));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let program = modules()
            .join("quicktype/dist/index.js")
            .display()
            .to_string();
        for (name, title, bundle) in EVENTS {
            let output = format!("{name}.{ending}");
            let schema = schema("plain", bundle);
            let arguments = [
                "node",
                &program,
                "--src-lang",
                "schema",
                "--lang",
                language,
                "--top-level",
                title,
            ];
            call(
                &[&arguments[..], options, &["--out", &output, &schema]].concat(),
                &folder,
            )?;
        }
        Ok(folder)
    }

    /// It makes types alone, so the compiler is asked: each payload as a literal of its type.
    fn json_schema_to_typescript(&self) -> Result<Stranger, String> {
        let folder = self.folder.join("json-schema-to-typescript");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let program = modules()
            .join("json-schema-to-typescript/dist/src/cli.js")
            .display()
            .to_string();
        let mut literals = String::new();
        for (name, title, bundle) in EVENTS {
            let types = call(&["node", &program, &schema("strict", bundle)], &folder)?;
            write(&folder.join(format!("{name}.ts")), &types)?;
            literals += &format!("import type {{ {title} }} from \"./{name}.js\";\n");
        }
        let first = EVENTS.len() + 1;
        for (index, vector) in self.vectors.iter().enumerate() {
            let short = vector.event_type.as_str().trim_start_matches("ingenium.");
            let title = EVENTS
                .iter()
                .find(|event| event.2 == short)
                .map(|event| event.1)
                .unwrap_or_default();
            literals += &format!("export const v{index}: {title} = {};\n", vector.data);
        }
        write(&folder.join("literals.ts"), &literals)?;
        write(&folder.join("package.json"), "{ \"type\": \"module\" }\n")?;
        let compiler = modules().join("typescript/bin/tsc").display().to_string();
        let options = [
            "--strict", "--noEmit", "--module", "NodeNext", "--target", "ES2022", "--pretty",
            "false",
        ];
        let own: Vec<String> = EVENTS
            .iter()
            .map(|(name, ..)| format!("{name}.ts"))
            .collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        call(
            &[&["node", compiler.as_str()], &options[..], &own].concat(),
            &folder,
        )?;
        // The literals do not compile, of course: each complaint is a payload that is not taken.
        let complaints = match call(
            &[&["node", compiler.as_str()], &options[..], &["literals.ts"]].concat(),
            &folder,
        ) {
            Ok(said) | Err(said) => said,
        };
        let mut complained = vec![false; self.vectors.len()];
        for complaint in complaints.lines() {
            let line = complaint
                .strip_prefix("literals.ts(")
                .and_then(|rest| rest.split(',').next());
            let line: Option<usize> = line.and_then(|line| line.parse().ok());
            if let Some(slot) = line.and_then(|line| complained.get_mut(line.checked_sub(first)?)) {
                *slot = true;
            }
        }
        let pairs = self.vectors.iter().zip(complained);
        let (mut taken, mut refused) = (0, 0);
        for (vector, complained) in pairs {
            let valid = vector.is_accepted(ViewName::Strict);
            taken += usize::from(!valid && !complained);
            refused += usize::from(valid && complained);
        }
        Ok(Stranger {
            name: format!(
                "json-schema-to-typescript {}",
                version("json-schema-to-typescript")?
            ),
            view: "strict",
            compiled_by: "`tsc --strict`",
            counts: [taken, refused, 0],
            judged_by: "the compiler, on literals; nothing at run time",
        })
    }

    fn datamodel(&self) -> Result<Stranger, String> {
        let folder = self.folder.join("datamodel");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let bin = tools().join("python/bin");
        let generator = bin.join("datamodel-codegen").display().to_string();
        let python = bin.join("python").display().to_string();
        for (name, _, bundle) in EVENTS {
            let output = folder.join(format!("{name}.py")).display().to_string();
            let (schema, model) = (schema("strict", bundle), "pydantic_v2.BaseModel");
            let arguments = [
                "--input",
                &schema,
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
                &folder,
            )?;
        }
        call(&[&python, "-m", "compileall", "-q", "."], &folder)?;
        let said = call(
            &[
                &python,
                &script("datamodel.py"),
                ".",
                &self.questions.display().to_string(),
            ],
            &folder,
        )?;
        let version = call(&[&generator, "--version"], &folder)?;
        let version = version
            .split_whitespace()
            .last()
            .unwrap_or_default()
            .to_owned();
        Ok(Stranger {
            name: format!("datamodel-code-generator {version}, pydantic"),
            view: "strict",
            compiled_by: "`python -m compileall`, imported",
            counts: counts(&said)?,
            judged_by: "`model_validate_json`",
        })
    }
}

const GO: &str = r#"package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	counts := map[string]int{"taken": 0, "refused": 0, "changed": 0}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var question struct {
			Name  string
			Data  json.RawMessage
			Valid bool
		}
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil {
			panic(err)
		}
		if question.Name != "NAME" {
			continue
		}
		value, err := UnmarshalTITLE(question.Data)
		if err != nil {
			if question.Valid {
				counts["refused"]++
			}
			continue
		}
		if !question.Valid {
			counts["taken"]++
			continue
		}
		written, err := value.Marshal()
		var before, after any
		_ = json.Unmarshal(question.Data, &before)
		_ = json.Unmarshal(written, &after)
		if err != nil || !reflect.DeepEqual(before, after) {
			counts["changed"]++
		}
	}
	line, _ := json.Marshal(counts)
	fmt.Println(string(line))
}
"#;

fn modules() -> PathBuf {
    repository().join("rust/xtask/node/node_modules")
}

fn script(name: &str) -> String {
    repository()
        .join("codegen/proof/strangers")
        .join(name)
        .display()
        .to_string()
}

fn schema(view: &str, bundle: &str) -> String {
    repository()
        .join(format!("schemas/dist/{view}/{bundle}.json"))
        .display()
        .to_string()
}

fn version(package: &str) -> Result<String, String> {
    let file = modules().join(package).join("package.json");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let json: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(json["version"].as_str().unwrap_or_default().to_owned())
}

fn counts(said: &str) -> Result<[usize; 3], String> {
    let json: Value =
        serde_json::from_str(said.trim()).map_err(|error| format!("{error}: {said}"))?;
    let count = |name: &str| {
        json[name]
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
    };
    ["taken", "refused", "changed"]
        .map(count)
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .and_then(|counts| counts.try_into().ok())
        .ok_or_else(|| format!("no counts: {said}"))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn call(command: &[&str], folder: &Path) -> Result<String, String> {
    let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
    run(&command, folder, &[])
}

/// The page of the reference.
#[must_use]
pub fn markdown(strangers: &[Stranger], vectors: &[Vector]) -> String {
    let wrong = vectors
        .iter()
        .filter(|vector| !vector.is_accepted(ViewName::Strict))
        .count();
    let right = vectors.len() - wrong;
    let mut page = format!(
        "<!-- @generated by cargo xtask languages --others from schemas/. Do not edit. -->\n# Other generators\n\n\
         The bundles in `schemas/dist` are plain JSON Schema, and other generators read them. What they make compiles.\n\
         How much of the contract it holds was counted with the {wrong} wrong and {right} right payloads of\n\
         `schemas/vectors`, under the strict view:\n\n\
         | Generator | Reads | Compiled by | Wrong payloads taken | Right ones refused | Right ones changed | Judged by |\n\
         |---|---|---|---:|---:|---:|---|\n"
    );
    for one in strangers {
        let [taken, refused, changed] = one.counts;
        page += &format!(
            "| {} | `dist/{}` | {} | {taken} | {refused} | {changed} | {} |\n",
            one.name, one.view, one.compiled_by, one.judged_by
        );
    }
    page += "| `ingenium generate` | the schemas | [all](languages.md) | 0 | 0 | 0 | itself |\n\n\
             `dist/plain` is the strict view without the tables of what a tag requires and forbids: quicktype stops at the\n\
             schema `false` that they hold. quicktype draws one type over all shapes of a union, json-schema-to-typescript\n\
             knows no patterns and checks nothing at run time. Code of any of them is best kept behind\n\
             `ingenium validate`, or a JSON Schema validator with the strict bundle.\n\n\
             ```console\n$ cargo xtask languages --others\n```\n\n\
             makes this page again.\n";
    page
}
