//! Knative's variables.

use std::time::Duration;

use ingenium_runtime::environment::{Environment, KnativeSettings, StateSync};

#[test]
fn nothing_set_gives_the_defaults() {
    let empty = [("K_SINK", ""), ("K_CE_OVERRIDES", "")];
    for environment in [Environment::default(), Environment::from(empty)] {
        let settings = KnativeSettings::read(&environment).expect("defaults");
        assert_eq!(settings.port, 8080);
        assert_eq!(settings.sink, None);
        assert!(settings.ce_overrides.is_empty());
        assert_eq!(settings.sink_timeout, Duration::from_secs(30));
    }
}

#[test]
fn everything_set_is_read() {
    let environment = Environment::from([
        ("PORT", "9000"),
        (
            "K_SINK",
            "http://broker-ingress.knative-eventing.svc.cluster.local/ns/broker?a=b",
        ),
        ("K_CE_OVERRIDES", r#"{"extensions":{"run":"7"}}"#),
        ("K_SINK_TIMEOUT", "5"),
    ]);
    let settings = KnativeSettings::read(&environment).expect("legal");
    assert_eq!(settings.port, 9000);
    let sink = settings.sink.expect("set").to_string();
    assert_eq!(
        sink,
        "http://broker-ingress.knative-eventing.svc.cluster.local/ns/broker?a=b"
    );
    assert_eq!(
        settings.ce_overrides.get("run").map(String::as_str),
        Some("7")
    );
    assert_eq!(settings.sink_timeout, Duration::from_secs(5));
}

#[test]
fn state_is_synced_unless_told_otherwise() {
    let read = |value: &str| StateSync::read(&Environment::from([("INGENIUM_STATE_SYNC", value)]));
    assert_eq!(read(""), Ok(StateSync::Full));
    assert_eq!(read("full"), Ok(StateSync::Full));
    assert_eq!(read("normal"), Ok(StateSync::Normal));
    let refused = read("off").expect_err("no such mode");
    assert_eq!(
        refused.to_string(),
        "INGENIUM_STATE_SYNC is `off`: unknown; set `full` or `normal`"
    );
}

#[test]
fn what_cannot_be_used_is_named_with_its_remedy() {
    for (variable, value) in [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("K_SINK", "not a url"),
        ("K_SINK", "/relative"),
        ("K_SINK", "https://broker/ns/b"),
        ("K_SINK", "http://user:secret@broker/ns/b"),
        ("K_CE_OVERRIDES", "{"),
        ("K_CE_OVERRIDES", r#"{"extensions":{"Run":"7"}}"#),
        ("K_CE_OVERRIDES", r#"{"extensions":{"run":7}}"#),
        ("K_SINK_TIMEOUT", "0"),
        ("K_SINK_TIMEOUT", "5s"),
    ] {
        let error =
            KnativeSettings::read(&Environment::from([(variable, value)])).expect_err(value);
        assert_eq!((error.variable, error.value.as_str()), (variable, value));
        let message = error.to_string();
        assert!(
            message.starts_with(variable) && message.contains("; set "),
            "{message}"
        );
    }
}
