//! The bundles judge every vector as it says, by two independent validators: verdict, and the keyword that refuses.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use jsonschema::error::ValidationErrorKind::OneOfNotValid;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::tree::repository;

fn read(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn validator(view: &str, event: &str) -> Validator {
    let path = repository().join(format!("schemas/dist/{view}/{event}.json"));
    let schema = read(&path);
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&schema)
        .unwrap()
}

/// The keywords that refuse, those inside branches, too.
fn collect(error: &ValidationError<'_>, keywords: &mut Vec<String>) {
    keywords.push(error.kind().keyword().to_owned());
    if let OneOfNotValid { context } = error.kind() {
        for error in context.iter().flatten() {
            collect(error, keywords);
        }
    }
}

/// A vector under one view, and what is expected of it there.
struct Question {
    name: String,
    event: String,
    view: &'static str,
    data: Value,
    valid: bool,
    /// The keyword that refuses, where the vector gives the reason for this view.
    keyword: Option<String>,
}

fn questions() -> Vec<Question> {
    let mut questions = Vec::new();
    for event in std::fs::read_dir(repository().join("schemas/vectors")).unwrap() {
        let event = event.unwrap().file_name().into_string().unwrap();
        if event == "http" {
            continue;
        }
        for kind in ["valid", "invalid"] {
            let folder = repository().join("schemas/vectors").join(&event).join(kind);
            for file in std::fs::read_dir(folder).unwrap() {
                let vector = read(&file.unwrap().path());
                for view in ["strict", "reader"] {
                    let listed = vector["views"].as_array().unwrap().contains(&view.into());
                    let valid = kind == "valid" || (!listed && view == "reader");
                    let keyword = (!valid && listed)
                        .then(|| vector["reject"]["keyword"].as_str().unwrap().to_owned());
                    questions.push(Question {
                        name: vector["id"].as_str().unwrap().to_owned(),
                        event: event.clone(),
                        view,
                        data: vector["data"].clone(),
                        valid,
                        keyword,
                    });
                }
            }
        }
    }
    assert!(questions.len() > 900, "only {} questions", questions.len());
    questions
}

/// Compares verdicts and the keywords that refuse with what the vectors say.
#[track_caller]
fn check(answer: impl Fn(&Question) -> (bool, Vec<String>)) {
    let mut wrong = Vec::new();
    for question in questions() {
        let (valid, keywords) = answer(&question);
        let place = format!("{} ({})", question.name, question.view);
        if valid != question.valid {
            wrong.push(format!("{place}: valid is {valid}"));
        } else if let Some(keyword) = &question.keyword
            && !keywords.contains(keyword)
        {
            wrong.push(format!("{place}: no {keyword} in {keywords:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_jsonschema_crate_judges_as_the_vectors_say() {
    let mut validators: HashMap<(String, &str), Validator> = HashMap::new();
    for Question { event, view, .. } in questions() {
        let of_event = || validator(view, &event);
        validators
            .entry((event.clone(), view))
            .or_insert_with(of_event);
    }
    check(|question| {
        let validator = &validators[&(question.event.clone(), question.view)];
        let mut keywords = Vec::new();
        for error in validator.iter_errors(&question.data) {
            collect(&error, &mut keywords);
        }
        (validator.is_valid(&question.data), keywords)
    });
}

#[test]
fn ajv_judges_as_the_vectors_say() {
    let questions = questions();
    let lines: Vec<String> = questions
        .iter()
        .map(
            |Question {
                 event, view, data, ..
             }| {
                let schema = repository().join(format!("schemas/dist/{view}/{event}.json"));
                serde_json::json!({ "schema": schema, "data": data }).to_string()
            },
        )
        .collect();
    let answers: HashMap<(String, &str), Value> = questions
        .iter()
        .map(|question| (question.name.clone(), question.view))
        .zip(ask_ajv(&lines))
        .collect();
    check(|question| {
        let answer = &answers[&(question.name.clone(), question.view)];
        let keywords = answer["keywords"].as_array().unwrap();
        let keywords = keywords
            .iter()
            .map(|name| name.as_str().unwrap().to_owned());
        (answer["valid"] == true, keywords.collect())
    });
}

/// One answer a line.
fn ask_ajv(lines: &[String]) -> Vec<Value> {
    let folder = repository().join("rust/xtask/node");
    assert!(
        folder.join("node_modules/ajv").exists(),
        "ajv is missing: run `cargo xtask setup`"
    );
    let mut child = Command::new("node")
        .arg("judge.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let mut stdin = child.stdin.take().unwrap();
    let questions = lines.join("\n");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(questions.as_bytes()).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{}", output.status);
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), lines.len());
    answers
}
