//! The files that pipelines take over from conformance/ci: each of their shell steps is run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::root;

/// A file of conformance/ci as data.
fn yaml(name: &str) -> Value {
    let python = root().join(".tools/python/bin/python");
    assert!(python.is_file(), "run `cargo xtask setup` first");
    let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let output = Command::new(python)
        .args(["-c", program])
        .arg(root().join("conformance/ci").join(name))
        .output()
        .expect("Python runs");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A machine of a pipeline: a folder, with the program on the PATH.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn shell(&self, shell: &str, script: &str, variables: &BTreeMap<String, String>) -> Output {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_ingenium"));
        let folder = program.parent().expect("a folder").display().to_string();
        Command::new(shell)
            // As GitHub's and GitLab's runners call it.
            .args(["-e", "-o", "pipefail", "-c", script])
            .current_dir(self.path())
            .env("PATH", format!("{folder}:/usr/local/bin:/usr/bin:/bin"))
            .env("GITHUB_STEP_SUMMARY", self.path().join("step-summary"))
            .env("GITHUB_OUTPUT", self.path().join("output"))
            .envs(variables)
            .output()
            .expect("the shell runs")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }
}

/// Runs the action's shell steps with inputs, and gives back how the last one ended.
fn act(runner: &Runner, given: &[(&str, &str)]) -> Output {
    let action = yaml("action.yml");
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        let default = input["default"]
            .as_str()
            .expect("every input has a default");
        values.insert(format!("inputs.{name}"), default.to_owned());
    }
    for (name, value) in given {
        let known = values.insert(format!("inputs.{name}"), (*value).to_owned());
        assert!(known.is_some(), "there is no input {name}");
    }
    let here = root().join("conformance/ci").display().to_string();
    values.insert("github.action_path".to_owned(), here);
    let mut last = None;
    for step in action["runs"]["steps"].as_array().expect("steps") {
        let Some(script) = step["run"].as_str() else {
            let uses = step["uses"].as_str().expect("it runs or uses something");
            assert!(uses.contains('@'), "{uses} is not pinned");
            continue;
        };
        assert!(
            !script.contains("${{"),
            "inputs come as variables, never as code"
        );
        let variables = step["env"].as_object().expect("variables");
        let variables = variables.iter().map(|(name, value)| {
            let expression = value.as_str().expect("a text");
            let expression = expression.trim_start_matches("${{").trim_end_matches("}}");
            let value = values.get(expression.trim());
            let value = value.unwrap_or_else(|| panic!("nothing is named {expression}"));
            (name.clone(), value.clone())
        });
        let shell = step["shell"].as_str().expect("a shell");
        let output = runner.shell(shell, script, &variables.collect());
        let ended = output.status.success();
        last = Some(output);
        if !ended {
            break;
        }
    }
    last.expect("there are shell steps")
}

#[test]
fn the_action_judges_a_component() {
    let runner = Runner::new();
    let mutant = "ingenium conform mutant --role strategy --as";
    let sound = act(
        &runner,
        &[
            ("role", "strategy"),
            ("profile", "L1"),
            ("command", &format!("{mutant} M-NONE")),
        ],
    );
    assert!(sound.status.success(), "{sound:?}");
    let output = runner.read("output");
    assert!(output.contains("conformant=true\n"), "{output}");
    assert!(
        output.contains("claim=Ingenium 1.0.0-draft strategy L1\n"),
        "{output}"
    );
    assert!(
        runner.read("step-summary").contains("strategy"),
        "no summary"
    );
    for file in ["report.json", "report.sarif", "junit.xml", "report.html"] {
        let file = runner.path().join("conformance-report").join(file);
        assert!(file.is_file(), "{}", file.display());
    }
    let runner = Runner::new();
    let broken = act(
        &runner,
        &[
            ("role", "strategy"),
            ("profile", "L1"),
            ("command", &format!("{mutant} M-SPECVERSION")),
        ],
    );
    assert_eq!(broken.status.code(), Some(1), "{broken:?}");
    assert!(runner.read("output").contains("conformant=false\n"));
    let annotations = String::from_utf8(broken.stdout).expect("UTF-8");
    assert!(annotations.contains("::error"), "{annotations}");
    assert!(annotations.contains("ENV-01"), "{annotations}");
}

#[test]
fn the_job_for_gitlab_judges_a_component() {
    let job = &yaml("gitlab-ci.yml")["conformance"];
    let runner = Runner::new();
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in job["variables"].as_object().expect("variables") {
        variables.insert(name.clone(), value.as_str().expect("a text").to_owned());
    }
    let component = "ingenium conform mutant --role strategy --as M-NONE".to_owned();
    let stated = variables.insert("COMPONENT".to_owned(), component);
    assert!(stated.is_some(), "the job names its component");
    for line in job["script"].as_array().expect("a script") {
        let output = runner.shell("bash", line.as_str().expect("a line"), &variables);
        assert!(output.status.success(), "{output:?}");
    }
    let junit = job["artifacts"]["reports"]["junit"]
        .as_str()
        .expect("a file");
    assert!(runner.path().join(junit).is_file());
}

#[test]
fn the_hooks_judge_what_is_there() {
    let config = yaml("pre-commit-config.yaml");
    let hooks = config["repos"][0]["hooks"].as_array().expect("hooks");
    let runner = Runner::new();
    let component = serde_json::json!({
        "role": "strategy",
        "command": ["ingenium", "conform", "mutant", "--role", "strategy", "--as", "M-NONE"],
    });
    let file = runner.path().join("ingenium-component.json");
    std::fs::write(file, component.to_string()).expect("a file");
    let vector = root().join("schemas/vectors/http/valid/http-binary.http");
    let vector = vector.display().to_string();
    for hook in hooks {
        let entry = hook["entry"].as_str().expect("an entry");
        let takes_files = hook["pass_filenames"].as_bool().unwrap_or(true);
        let files = if takes_files { vector.as_str() } else { "" };
        let output = runner.shell("bash", &format!("{entry} {files}"), &BTreeMap::new());
        assert!(output.status.success(), "{entry}: {output:?}");
    }
}
