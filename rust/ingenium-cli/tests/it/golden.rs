//! Fingerprints of whole runs over real bars: a figure that changes is a change of behaviour that somebody wanted.

use crate::program::{ingenium, root};

/// `IBM`, `GOOG` and `FB`, which ship with the program: 5,614 daily bars, year first.
const SHIPPED: &[(&str, &str, &str)] = &[
    (
        "rsi",
        "percent-equity:0.30",
        "sha256:3897471a9c8572420a23055b79eefc8b8041047d8f4897b9e5a20bcf27ed78bd",
    ),
    (
        "rsi",
        "fixed:10",
        "sha256:95930a0d181308688656586aa7d4876bbc7ee4de71485d2e21538dcc61116731",
    ),
    (
        "sma-cross",
        "percent-equity:0.30",
        "sha256:b3759270e8a95bc5cd16f6b06d453d6d9343a1611b9b2619882101b2b6088dad",
    ),
    (
        "sma-cross",
        "fixed:10",
        "sha256:5aa48aca0dbc7d2b4b100f13852fe18452db593057d3651e812d533b283c90ca",
    ),
];

/// The Nasdaq Composite: 4,779 daily bars, month first, with index-sized volumes and two rows of none.
const NASDAQ: &[(&str, &str, &str)] = &[
    (
        "rsi",
        "percent-equity:0.30",
        "sha256:d1448fa509927ed72da52a4e0d7c3e19828f8e5b785880c870a7c65d79b3a88d",
    ),
    (
        "rsi",
        "fixed:10",
        "sha256:35aaa73089f92e8aa553b55c0efd8d8678e61d4790d9a691404da023f32d8524",
    ),
    (
        "sma-cross",
        "percent-equity:0.30",
        "sha256:6fd126eab0d33ba62bc7dadb32bd800bdfd494cf2b355328690f4b4f4df5a417",
    ),
    (
        "sma-cross",
        "fixed:10",
        "sha256:d17b7a62e2054c3a59ecafb36ec1a829e2c2f443368cb8277b6460846aef3aad",
    ),
];

fn nasdaq() -> String {
    let path = root().join("rust/ingenium-components/data/NASDAQ.csv");
    path.display().to_string()
}

fn fingerprint(arguments: &[&str]) -> serde_json::Value {
    let called = ingenium(&[&["backtest", "run", "--format", "json"], arguments].concat());
    assert_eq!(called.code, 0, "{called:?}");
    let report: serde_json::Value = serde_json::from_str(&called.stdout).expect("JSON");
    assert_eq!(report["counts"]["malformed"], 0);
    report["fingerprint"].clone()
}

#[track_caller]
fn check(data: &[&str], runs: &[(&str, &str, &str)]) {
    for (strategy, sizing, expected) in runs {
        let options = ["--strategy", strategy, "--sizing", sizing];
        let found = fingerprint(&[data, &options].concat());
        assert_eq!(found, *expected, "{strategy} {sizing}");
    }
}

#[test]
fn shipped_bars() {
    check(&[], SHIPPED);
}

#[test]
fn an_index() {
    check(&["--data", &nasdaq()], NASDAQ);
}

#[test]
fn an_index_through_the_broker() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let bars = ["--bars", "250"];
    let called = ingenium(
        &[
            &["up", "--exit-when-done", "--format", "jsonl", "--port", "0"][..],
            &["--data-dir", &data, "--csv", &nasdaq()],
            &bars,
        ]
        .concat(),
    );
    assert_eq!(called.code, 0, "{called:?}");
    let last = called.stdout.lines().next_back().expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(summary["bars"], 250);
    let typed = fingerprint(&[&["--data", &nasdaq()][..], &bars].concat());
    assert_eq!(summary["fingerprint"], typed);
}
