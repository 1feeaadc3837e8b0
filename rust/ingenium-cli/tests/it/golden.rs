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

/// A euro in dollars: 3,120 hourly bars, day first, with nights and weekends.
const EURUSD: &[(&str, &str, &str)] = &[
    (
        "rsi",
        "percent-equity:0.30",
        "sha256:7c56b6075e3da74e4517740a85b7b3d17408277d34f1369a4b32ee993eb052c2",
    ),
    (
        "rsi",
        "fixed:10",
        "sha256:f0da0508355533016880a8ae4ec799e209da882be45ba1ce58980c36035b67dc",
    ),
    (
        "sma-cross",
        "percent-equity:0.30",
        "sha256:bd0843040a99f7c5acec803ed8ef8d631f35c9d35611b0dfb504fb670a2bcc37",
    ),
    (
        "sma-cross",
        "fixed:10",
        "sha256:bdd658298e8342c9940a3c35ed81ca27ad1e20ed49ff1273c613984384f31684",
    ),
];

/// What `--data` or `--csv` is given for a file that does not ship with the program.
fn data(file: &str, symbol: &str) -> String {
    let path = root().join("rust/ingenium-components/data").join(file);
    format!("{}={symbol}", path.display())
}

fn nasdaq() -> String {
    data("NASDAQ.csv", "NASDAQ")
}

fn eurusd() -> String {
    data("EURUSD-1h.csv", "EURUSD")
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
fn hours_of_a_currency() {
    check(&["--data", &eurusd()], EURUSD);
}

#[test]
fn the_broker_says_the_same() {
    for data in [nasdaq(), eurusd()] {
        let folder = tempfile::tempdir().expect("a folder");
        let run = folder.path().display().to_string();
        let bars = ["--bars", "250"];
        let fixed = ["up", "--exit-when-done", "--format", "jsonl", "--port", "0"];
        let input = ["--data-dir", &run, "--csv", &data];
        let called = ingenium(&[&fixed[..], &input, &bars].concat());
        assert_eq!(called.code, 0, "{called:?}");
        let last = called.stdout.lines().next_back().expect("a summary");
        let summary: serde_json::Value = serde_json::from_str(last).expect("JSON");
        assert_eq!(summary["bars"], 250);
        assert!(summary["orders"].as_u64() > Some(0), "{summary}");
        let typed = fingerprint(&[&["--data", &data][..], &bars].concat());
        assert_eq!(summary["fingerprint"], typed, "{data}");
    }
}
