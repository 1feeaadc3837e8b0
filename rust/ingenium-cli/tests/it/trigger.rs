//! Triggers of a running broker, from files.

use std::fs;

use serde_json::Value;

use crate::program::{Called, ingenium, with_stdin};
use crate::running::Running;

const TRIGGERS: &str = r#"
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: orders
  annotations:
    ingenium.example/start: earliest
spec:
  broker: default
  filters:
    - exact: { type: portfolio.order }
    - not: { cesql: "subject LIKE 'TEST%'" }
  subscriber:
    uri: http://127.0.0.1:9/
  delivery:
    retry: 3
    backoffDelay: PT0.2S
---
# Nothing stands here.
---
{"apiVersion": "eventing.knative.dev/v1", "kind": "Trigger", "metadata": {"name": "all"},
 "spec": {"broker": "default", "subscriber": {"uri": "http://127.0.0.1:9/"}}}
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata:
  name: default
  annotations:
    eventing.knative.dev/broker.class: Ingenium
spec:
  delivery: { retry: 2 }
"#;

fn trigger(broker: &Running, words: &[&str], stdin: &str) -> Called {
    let url = format!("http://{}", broker.address);
    let words = [&["trigger"], words, &["--broker", &url]].concat();
    with_stdin(&words, stdin.as_bytes())
}

#[test]
fn triggers_are_applied_listed_described_and_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    let file = folder.path().join("triggers.yaml");
    fs::write(&file, TRIGGERS).expect("written");
    let file = file.display().to_string();

    let applied = trigger(&broker, &["apply", &file], "");
    let expected = "broker/default configured\ntrigger/orders created\ntrigger/all created\n";
    assert_eq!(
        (applied.code, applied.stdout.as_str()),
        (0, expected),
        "{applied:?}"
    );
    let again = trigger(&broker, &["apply", "-"], TRIGGERS);
    assert_eq!(again.stdout.matches("unchanged").count(), 3, "{again:?}");
    let changed = TRIGGERS.replace("retry: 3", "retry: 4");
    let changed = trigger(&broker, &["apply", "-"], &changed);
    assert!(
        changed.stdout.contains("trigger/orders configured"),
        "{changed:?}"
    );

    let list = trigger(&broker, &["list"], "");
    let expected = "\
NAME    BROKER   LAG  READY  SUBSCRIBER
all     default  0    True   http://127.0.0.1:9/
orders  default  0    True   http://127.0.0.1:9/
";
    assert_eq!((list.code, list.stdout.as_str()), (0, expected), "{list:?}");
    let list = trigger(&broker, &["list", "--output", "json"], "");
    let list: Value = serde_json::from_str(&list.stdout).expect("JSON");
    assert_eq!(list["items"][1]["spec"]["delivery"]["retry"], 4);

    let described = trigger(&broker, &["describe", "orders"], "");
    for line in [
        "Name        orders",
        r#"Filter      {"exact":{"type":"portfolio.order"}}"#,
        r#"Filter      {"not":{"cesql":"subject LIKE 'TEST%'"}}"#,
        "Annotation  ingenium.example/start: earliest",
    ] {
        assert!(
            described.stdout.lines().any(|other| other == line),
            "{line}: {described:?}"
        );
    }
    let described = trigger(&broker, &["describe", "all"], "");
    assert!(
        described.stdout.contains("Filter      everything passes"),
        "{described:?}"
    );

    let deleted = trigger(&broker, &["delete", "all", "orders"], "");
    let expected = "trigger/all deleted\ntrigger/orders deleted\n";
    assert_eq!(deleted.stdout, expected, "{deleted:?}");
    let list = trigger(&broker, &["list"], "");
    assert_eq!(list.stdout.lines().count(), 1, "{list:?}");
    assert_eq!(broker.stop(), Some(0));
}

#[test]
fn what_cannot_be_applied_is_named_and_nothing_of_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Running::start(folder.path());
    for (old, new, named) in [
        (
            "kind: Broker",
            "kind: Channel",
            "stdin, document 3: `kind` is `Channel`",
        ),
        (
            "name: orders",
            "name: ''",
            "stdin, document 1: `metadata.name` is ``",
        ),
        (
            "  filters:",
            "  filterz:",
            "stdin, document 1: status 400: ",
        ),
        (
            "type: portfolio.order",
            "Type: portfolio.order",
            "`spec.filters[0].exact",
        ),
        ("LIKE 'TEST%'", "LIKE TEST", "`spec.filters[1].not.cesql"),
        ("PT0.2S", "200ms", "spec.delivery.backoffDelay"),
        ("earliest", "first", "ingenium.example/start"),
        ("  broker: default", "  broker: other", "spec.broker"),
        ("metadata:", "metadata: [", "stdin: "),
    ] {
        let text = TRIGGERS.replacen(old, new, 1);
        assert_ne!(text, TRIGGERS, "{old}");
        let called = trigger(&broker, &["apply", "-"], &text);
        assert_eq!(called.code, 2, "{new}: {called:?}");
        assert!(called.stderr.contains(named), "{new}: {called:?}");
        assert!(!called.stdout.contains("trigger/"), "{new}: {called:?}");
    }
    for (words, named) in [
        (&["describe", "none"][..], "there is no trigger `none`"),
        (&["delete", "none"], "there is no trigger `none`"),
        (&["delete", "a b"], "there is no trigger `a b`"),
        (
            &["list", "--namespace", "other"],
            "there is no namespace `other`",
        ),
        (&["apply", "/nowhere.yaml"], "/nowhere.yaml: "),
    ] {
        let called = trigger(&broker, words, "");
        assert_eq!(called.code, 2, "{words:?}: {called:?}");
        assert!(called.stderr.contains(named), "{words:?}: {called:?}");
    }
    assert_eq!(broker.stop(), Some(0));
    let called = ingenium(&["trigger", "list", "--broker", "http://127.0.0.1:1"]);
    assert_eq!(called.code, 3, "{called:?}");
    assert!(
        called.stderr.contains("is a broker running there?"),
        "{called:?}"
    );
}
