//! Bars in any format: options of `up` and `backtest` that say how they are read, and what is kept of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::program::{Called, ingenium};

/// Sixty days of a symbol that rises, falls and rises: enough for orders.
fn days(symbol: &str, shift: u32) -> Vec<[String; 4]> {
    (0..60)
        .map(|day: u32| {
            let (month, date) = (1 + day / 28, 1 + day % 28);
            let up = if day < 40 {
                20 - day.abs_diff(20)
            } else {
                day - 40
            };
            let close = 100 + shift + 2 * up;
            [
                symbol.to_owned(),
                format!("{date:02}/{month:02}/2020"),
                format!("{close}.50"),
                format!("{}.25", close / 2),
            ]
        })
        .collect()
}

/// A file whose columns have names of their own, whose dates have the day first, and whose symbols are mixed.
fn mixed(folder: &Path) -> String {
    let path = folder.join("all of it.csv");
    let mut text = "Name;Day;Settle;Adj Close;Lots\n".to_owned();
    let (one, other) = (days("BRK.B", 0), days("ACME", 7));
    for [symbol, day, close, adjusted] in one.into_iter().zip(other).flat_map(|(a, b)| [a, b]) {
        writeln!(text, "{symbol};{day};{close};{adjusted};1000").expect("a text");
    }
    fs::write(&path, text).expect("write");
    path.display().to_string()
}

const MAP: &[&str] = &[
    "--map",
    "symbol=Name",
    "--map",
    "date=#2",
    "--map",
    "open=Settle",
    "--map",
    "high=Settle",
    "--map",
    "low=Settle",
    "--map",
    "close=Settle",
    "--map",
    "volume=Lots",
];

#[track_caller]
fn last_line(called: &Called) -> serde_json::Value {
    assert_eq!(called.code, 0, "{called:?}");
    let last = called.stdout.lines().next_back().expect("a summary");
    serde_json::from_str(last).expect("JSON")
}

#[test]
fn a_file_of_two_symbols_runs_the_same_in_process_and_through_the_broker() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = mixed(folder.path());
    let out = |name: &str| folder.path().join(name).display().to_string();
    let typed = |name: &str, more: &[&str]| {
        let fixed = ["backtest", "run", "--format", "json", "--data", &file];
        let out = out(name);
        let called = ingenium(&[&fixed[..], MAP, more, &["--out", &out]].concat());
        assert_eq!(called.code, 0, "{called:?}");
        serde_json::from_str::<serde_json::Value>(&called.stdout).expect("JSON")
    };
    let plain = typed("plain", &[]);
    assert_eq!(plain["counts"]["bars"], 120, "{plain}");
    assert!(plain["counts"]["orders"].as_u64() > Some(0), "{plain}");
    let adjusted = typed("adjusted", &["--adjust", "all", "--benchmark", "ACME"]);
    assert_ne!(adjusted["fingerprint"], plain["fingerprint"]);

    let up = |more: &[&str]| {
        let data = out("up");
        let fixed = ["up", "--exit-when-done", "--format", "jsonl", "--port", "0"];
        let run = ["--data-dir", &data, "--csv", &file];
        ingenium(&[&fixed[..], &run, MAP, more].concat())
    };
    assert_eq!(last_line(&up(&[]))["fingerprint"], plain["fingerprint"]);
    // How bars are read is part of what a run is.
    let other = up(&["--adjust", "all"]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(
        other.stderr.contains("--adjust") && other.stderr.contains(r#""adjust":"all""#),
        "{other:?}"
    );
    let fresh = last_line(&up(&["--adjust", "all", "--fresh"]));
    assert_eq!(fresh["fingerprint"], adjusted["fingerprint"]);

    // So it is of a plan, which can be run again.
    for (name, adjust) in [("plain", None), ("adjusted", Some("all"))] {
        let plan = fs::read_to_string(Path::new(&out(name)).join("plan.json")).expect("a plan");
        let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
        assert_eq!(plan["reading"]["map"]["symbol"], "Name");
        assert_eq!(plan["reading"]["adjust"].as_str(), adjust);
        assert_eq!(plan["data"][0]["symbol"], serde_json::Value::Null);
        let verified = ingenium(&["backtest", "verify", &out(name)]);
        assert_eq!(verified.code, 0, "{verified:?}");
    }
}

#[test]
fn what_cannot_be_read_names_the_fix() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("A.csv");
    let mut text = "Date,Open,High,Low,Close,Volume\n".to_owned();
    text.push_str("03/04/2020,1,1,1,1,1\n04/04/2020,1,1,1,1,1\n");
    fs::write(&file, text).expect("write");
    let file = file.display().to_string();
    for (options, parts) in [
        (
            &[][..],
            &[
                "A.csv",
                "line 2",
                "`03/04/2020`",
                "date_format",
                "dmy",
                "mdy",
            ][..],
        ),
        (&["--date-format", "dym"], &["--date-format", "dym", "dmy"]),
        (
            &["--date-format", "dmy", "--period", "1 day"],
            &["--period is `1 day`", "1d"],
        ),
        (
            &["--date-format", "dmy", "--adjust", "all"],
            &["A.csv", "Adj Close", "adjust"],
        ),
        (&["--adjust", "some"], &["--adjust", "some", "all"]),
        (&["--map", "close"], &["--map `close`", "FIELD=COLUMN"]),
        (&["--map", "clse=#1"], &["--map `clse=#1`", "close"]),
        (
            &["--map", "close=#1", "--map", "close=#2"],
            &["--map `close=#2`", "before"],
        ),
        (
            &["--map", "close=Settle"],
            &["A.csv", "line 1", "`Settle`", "`Close`"],
        ),
    ] {
        for command in [&["backtest", "run", "--data"][..], &["up", "--csv"]] {
            let called = ingenium(&[command, &[&file], options].concat());
            assert_eq!(called.code, 2, "{called:?}");
            for part in parts {
                assert!(called.stderr.contains(part), "{part}: {called:?}");
            }
        }
    }
}
