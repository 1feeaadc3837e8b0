//! The broker's configuration: what it may hold, and who is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Called, ingenium, root};
use crate::running::Running;
use crate::store::broker;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn file(folder: &Path, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
    path
}

fn schema() -> jsonschema::Validator {
    let called = ingenium(&["broker", "--schema"]);
    assert_eq!(called.code, 0, "{called:?}");
    let schema: Value = serde_json::from_str(&called.stdout).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn start(folder: &Path, words: &[&str]) -> Called {
    broker(words, &folder.join("data"))
}

#[test]
fn what_is_no_setting_is_refused_by_the_program_and_by_its_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = schema();
    for (config, problem) in [
        (
            "{\n  \"retension\": {}\n}",
            "unknown field `retension`, expected one of `listen`",
        ),
        (
            "{\n  \"retention\": {\"days\": 7}\n}",
            "unknown field `days`",
        ),
        (
            "{\n  \"limits\": {\"memory\": 7}\n}",
            "unknown field `memory`",
        ),
        ("{\n  \"limits\": {\"queue\": -1}\n}", "`-1`"),
        ("{\n  \"limits\": {\"queue\": 0}\n}", "nonzero"),
        ("{\n  \"limits\": {\"window\": \"many\"}\n}", "\"many\""),
        (
            "{\n  \"retention\": {\"age\": \"7 days\"}\n}",
            "`7 days`: write an ISO 8601 duration",
        ),
        (
            "{\n  \"retention\": {\"age\": 7}\n}",
            "invalid type: integer `7`",
        ),
        ("{\n  \"retention\": {\"size\": 0}\n}", "Size"),
        (
            "{\n  \"retention\": {\"size\": \"10 GB\"}\n}",
            "`10 GB`: write a number of bytes",
        ),
        ("{\n  \"name\": 7\n}", "invalid type: integer `7`"),
    ] {
        let parsed: Value = serde_json::from_str(config).expect("JSON");
        assert!(!schema.is_valid(&parsed), "{config}");
        let path = file(folder.path(), "broker.json", config, 0o644);
        let called = start(folder.path(), &["--config", &path.display().to_string()]);
        assert_eq!(called.code, 2, "{config}: {called:?}");
        for word in ["broker.json", problem, "line 2"] {
            assert!(called.stderr.contains(word), "{config}: {word}: {called:?}");
        }
    }
    for (config, problem) in [
        ("{", "EOF"),
        ("{\"listen\": \"localhost\"}", "invalid socket address"),
        ("{\"retention\": {\"size\": 1024}}", "at least `1Mi`"),
    ] {
        let path = file(folder.path(), "broker.json", config, 0o644);
        let called = start(folder.path(), &["--config", &path.display().to_string()]);
        assert_eq!(called.code, 2, "{config}: {called:?}");
        assert!(called.stderr.contains(problem), "{config}: {called:?}");
    }
    let called = start(folder.path(), &["--config", "gone.json"]);
    assert_eq!(called.code, 2, "{called:?}");
    assert!(
        called.stderr.contains("configuration `gone.json`"),
        "{called:?}"
    );
}

#[test]
fn the_example_of_the_reference_is_a_configuration_with_every_setting() {
    let page = fs::read_to_string(root().join("docs/reference/broker.md")).expect("a page");
    let (_, rest) = page.split_once("```json\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let example: Value = serde_json::from_str(example).expect("JSON");
    let schema = schema();
    assert!(schema.is_valid(&example));
    assert!(schema.is_valid(&json!({})));
    let printed = ingenium(&["broker", "--schema"]).stdout;
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    for (set, of) in [
        (&example, "/properties"),
        (&example["retention"], "/$defs/Retention/properties"),
        (&example["limits"], "/$defs/Limits/properties"),
    ] {
        let keys = |value: &Value| {
            let object = value.as_object().expect("an object");
            object
                .keys()
                .cloned()
                .collect::<std::collections::BTreeSet<_>>()
        };
        let all = printed.pointer(of).expect("properties");
        assert_eq!(keys(set), keys(all), "{of}");
    }
}

#[test]
fn a_configuration_is_kept_and_the_command_line_comes_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = file(folder.path(), "token", &format!("{TOKEN}\n"), 0o600);
    let config = json!({
        "listen": "127.0.0.1:0",
        "data": folder.path().join("never"),
        "name": "other",
        "token_file": token,
        "retention": {"age": "P7D", "size": 10_485_760},
        "limits": {"queue": 10},
    });
    let config = file(folder.path(), "broker.json", &config.to_string(), 0o644);
    let options = ["--name", "default", "--config"].map(std::ffi::OsStr::new);
    let running = Running::start_with(
        &folder.path().join("data"),
        options.into_iter().chain([config.as_os_str()]),
    );
    assert!(folder.path().join("data/broker.db").exists());
    assert!(!folder.path().join("never").exists());
    assert_eq!(running.publish_with("1", ""), 401);
    assert_eq!(
        running.publish_with("1", &format!("Authorization: Bearer {TOKEN}\r\n")),
        202
    );
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn a_broker_that_anybody_could_use_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let private = file(folder.path(), "private", &format!("{TOKEN}\n"), 0o600);
    let shared = file(folder.path(), "shared", &format!("{TOKEN}\n"), 0o640);
    let empty = file(folder.path(), "empty", "\n", 0o600);
    let exposed = file(
        folder.path(),
        "exposed.json",
        r#"{"listen": "0.0.0.0:0"}"#,
        0o644,
    );
    let name = |path: &Path| path.display().to_string();
    let (private, shared, empty) = (name(&private), name(&shared), name(&empty));
    let exposed = name(&exposed);
    for (words, problem) in [
        (
            &["--listen", "0.0.0.0:0"][..],
            "no loopback address and there is no token",
        ),
        (&["--listen", "[::]:0"], "name a token file"),
        (&["--config", &exposed], "no loopback address"),
        (
            &["--listen", "0.0.0.0:0", "--token-file", &shared],
            "chmod 600",
        ),
        (&["--port", "0", "--token-file", &shared], "mode 0640"),
        (&["--port", "0", "--token-file", &empty], "holds no token"),
        (
            &["--port", "0", "--token-file", "gone"],
            "token file `gone`",
        ),
        (
            &[
                "--port",
                "0",
                "--listen",
                "127.0.0.1:0",
                "--token-file",
                &private,
            ],
            "cannot be used with",
        ),
        (&["--listen", "localhost:0"], "invalid socket address"),
    ] {
        let called = start(folder.path(), words);
        assert_eq!(called.code, 2, "{words:?}: {called:?}");
        assert!(called.stderr.contains(problem), "{words:?}: {called:?}");
        assert!(!called.stderr.contains(TOKEN), "{called:?}");
    }
}
