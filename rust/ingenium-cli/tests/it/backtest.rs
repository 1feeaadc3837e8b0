//! `ingenium backtest`: one order of events, whoever drives.

use std::fs;
use std::path::Path;

use crate::program::{Called, ingenium, root};

/// 120 bars of each shipped file.
const BARS: &[&str] = &["--bars", "120"];

fn backtest(more: &[&str]) -> Called {
    ingenium(&[&["backtest", "run", "--format", "json"], BARS, more].concat())
}

#[track_caller]
fn report(called: &Called) -> serde_json::Value {
    assert_eq!(called.code, 0, "{called:?}");
    serde_json::from_str(&called.stdout).expect("JSON")
}

fn up(folder: &Path, more: &[&str]) -> serde_json::Value {
    let folder = folder.display().to_string();
    let fixed = [
        "up",
        "--exit-when-done",
        "--format",
        "jsonl",
        "--port",
        "0",
        "--data-dir",
        &folder,
    ];
    let called = ingenium(&[&fixed[..], BARS, more].concat());
    assert_eq!(called.code, 0, "{called:?}");
    serde_json::from_str(called.stdout.lines().next_back().expect("a summary")).expect("JSON")
}

#[test]
fn typed_lockstep_and_broker_say_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    for (index, sizing) in ["percent-equity:0.30", "fixed:10"].into_iter().enumerate() {
        let typed = report(&backtest(&["--sizing", sizing]));
        for some in ["signals", "orders", "executions"] {
            assert!(
                typed["counts"][some]
                    .as_u64()
                    .is_some_and(|count| count > 0),
                "{typed}"
            );
        }
        let program = env!("CARGO_BIN_EXE_ingenium");
        let lockstep = report(&backtest(&[
            "--sizing",
            sizing,
            "--",
            program,
            "run",
            "strategy/rsi",
        ]));
        let brokered = up(
            &folder.path().join(index.to_string()),
            &["--sizing", sizing],
        );
        for other in [&lockstep["fingerprint"], &brokered["fingerprint"]] {
            assert_eq!(&typed["fingerprint"], other, "{sizing}");
        }
        assert_eq!(lockstep["counts"], typed["counts"]);
        for money in ["cash", "equity"] {
            assert_eq!(brokered[money], typed[money], "{sizing}");
        }
    }
}

#[test]
fn executor_and_portfolio_are_tuned_alike_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("write");
        path.display().to_string()
    };
    let executor = file(
        "executor.json",
        r#"{"fees": {"per_share": {"rate": "0.01", "min": "1", "max_percent": "1"}}}"#,
    );
    let portfolio = file("portfolio.json", r#"{"risk": {"max_open_orders": 1}}"#);
    let (executor, portfolio) = (
        format!("executor={executor}"),
        format!("portfolio={portfolio}"),
    );
    let tuned = [
        "--slippage",
        "bps:5",
        "--config",
        &executor,
        "--config",
        &portfolio,
    ];
    let typed = report(&backtest(&tuned));
    assert_ne!(typed["fingerprint"], report(&backtest(&[]))["fingerprint"]);
    assert_ne!(typed["statistics"]["fees"], "0", "fees are paid");
    assert_eq!(
        up(&folder.path().join("run"), &tuned)["fingerprint"],
        typed["fingerprint"]
    );

    let taken = format!(
        "portfolio={}",
        file("taken.json", r#"{"initial_cash": "1"}"#)
    );
    let unknown = format!(
        "executor={}",
        file("unknown.json", r#"{"slipage": "none"}"#)
    );
    for (arguments, part) in [
        (&["--slippage", "5"][..], "`bps:5`"),
        (
            &["--config", "strategy=x"],
            "executor=FILE or portfolio=FILE",
        ),
        (&["--config", "executor=no/such"], "no/such"),
        (&["--config", &taken], "use --cash"),
        (&["--config", &unknown], "unknown field `slipage`"),
        (
            &["--slippage", "bps:1", "--component", "executor=true"],
            "about our executor",
        ),
    ] {
        for command in [
            &["backtest", "run"][..],
            &["up", "--exit-when-done", "--port", "0"],
        ] {
            let called = ingenium(&[command, arguments].concat());
            assert_eq!(called.code, 2, "{called:?}");
            assert!(called.stderr.contains(part), "{part}: {called:?}");
        }
    }
}

#[test]
fn a_strangers_strategy_takes_the_place_of_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = root().join("conformance/examples/newcomer/my_strategy.py");
    let command = format!("python3 {}", script.display());
    let lockstep = report(&backtest(&["--", "python3", &script.display().to_string()]));
    assert_ne!(
        lockstep["fingerprint"],
        report(&backtest(&[]))["fingerprint"]
    );
    let brokered = up(
        folder.path(),
        &["--component", &format!("strategy={command}")],
    );
    assert_eq!(brokered["fingerprint"], lockstep["fingerprint"]);
    assert_eq!(brokered["late"], 0);
}

#[test]
fn a_kept_run_is_verified_and_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ACME.csv");
    fs::copy(root().join("rust/ingenium-components/data/IBM.csv"), &file).expect("a copy");
    let data = file.display().to_string();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for (name, period) in [("a", "period=14"), ("b", "period=10")] {
        report(&backtest(&[
            "--data",
            &data,
            "--param",
            period,
            "--out",
            &at(name),
        ]));
    }
    let verify = |name: &str| ingenium(&["backtest", "verify", &at(name)]);
    assert_eq!(verify("a").code, 0, "{:?}", verify("a"));
    let compare = |a: &str, b: &str| ingenium(&["backtest", "compare", &at(a), &at(b)]);
    assert_eq!(compare("a", "a").stdout, "no difference\n");
    let different = compare("a", "b");
    assert_eq!(different.code, 1, "{different:?}");
    for part in [
        "plan.components.2.reference.config.period",
        "14",
        "10",
        "fingerprint",
    ] {
        assert!(different.stdout.contains(part), "{part}: {different:?}");
    }

    // A folder that holds something is left alone.
    let again = backtest(&["--data", &data, "--out", &at("a")]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("not empty"), "{again:?}");

    // A report that says something else is found out.
    let kept = folder.path().join("b/report.json");
    let text = fs::read_to_string(&kept).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let print = report["fingerprint"].as_str().expect("a text");
    fs::write(
        &kept,
        text.replace(print, &print.replace(|c: char| c.is_ascii_digit(), "0")),
    )
    .expect("write");
    let found = verify("b");
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stderr.contains("fingerprint"), "{found:?}");

    // So are bars that are not what they were.
    let bars = fs::read_to_string(&file).expect("bars");
    fs::write(&file, bars.replacen("1000", "1001", 1)).expect("write");
    let changed = verify("a");
    assert_eq!(changed.code, 2, "{changed:?}");
    assert!(
        changed.stderr.contains("ACME.csv") && changed.stderr.contains("has changed"),
        "{changed:?}"
    );
}

#[test]
fn what_cannot_run_says_why() {
    for (arguments, code, parts) in [
        (
            &["--param", "period"][..],
            2,
            &["--param `period`", "KEY=VALUE"][..],
        ),
        (
            &["--param", "perod=3"],
            2,
            &["unknown field `perod`", "`period`"],
        ),
        (
            &["--param", "period=x"],
            2,
            &["--param `period=x`", "expected u32"],
        ),
        (
            &["--param", "period=1"],
            2,
            &["strategy/rsi", "`period` is `1`", "2 to 1000"],
        ),
        (
            &["--strategy", "guess"],
            2,
            &["strategy/guess", "strategy/rsi"],
        ),
        (&["--cash", "much"], 2, &["--cash is `much`"]),
        (
            &["--param", "period=3", "--", "true"],
            2,
            &["put it into CMD"],
        ),
        (
            &["--", "false"],
            3,
            &["strategy ended before it was ready", "exit status: 1"],
        ),
    ] {
        let called = backtest(arguments);
        assert_eq!(called.code, code, "{called:?}");
        for part in parts {
            assert!(called.stderr.contains(part), "{part}: {called:?}");
        }
    }
}

#[test]
fn a_component_that_says_what_is_no_event_ends_the_run() {
    let script = "\
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204); self.end_headers()
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        self.send_response(200)
        for name, value in [('id', '1'), ('source', '/x'), ('type', 'ingenium.strategy.signal'), ('specversion', '1.0')]:
            self.send_header('ce-' + name, value)
        self.send_header('content-type', 'application/json'); self.end_headers()
        self.wfile.write(b'{\"Symbol\": \"IBM\", \"Signal\": \"UP\"}')
    def log_message(self, *_): pass
http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
";
    let called = backtest(&["--", "python3", "-c", script]);
    assert_eq!(called.code, 1, "{called:?}");
    for part in [
        "strategy: event",
        "emitted an invalid event 1 of /x",
        "ING-",
    ] {
        assert!(called.stderr.contains(part), "{part}: {called:?}");
    }
}

#[test]
fn documents_have_the_published_schemas() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("sweep").display().to_string();
    let swept = ingenium(
        &[
            &[
                "backtest",
                "sweep",
                "--param",
                "period=5..15:5",
                "--benchmark",
                "GOOG",
                "--out",
                &out,
            ],
            BARS,
        ]
        .concat(),
    );
    assert_eq!(swept.code, 0, "{swept:?}");
    for document in ["plan", "report", "sweep"] {
        let schema = ingenium(&["backtest", "schema", document]).stdout;
        let published = root().join(format!("docs/reference/backtest/{document}.schema.json"));
        if std::env::var_os("INGENIUM_BLESS").is_some() {
            fs::write(&published, &schema).expect("write");
        }
        let kept = fs::read_to_string(&published).expect("a published schema");
        assert!(
            kept == schema,
            "{} is out of date: run with INGENIUM_BLESS=1",
            published.display()
        );
        let schema = serde_json::from_str(&schema).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let text = fs::read_to_string(Path::new(&out).join(format!("{document}.json")))
            .expect("a document");
        let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{document}: {errors:?}");
        value["more"] = true.into();
        assert!(
            !validator.is_valid(&value),
            "{document} takes members that nobody knows"
        );
    }
    let ranking: serde_json::Value = serde_json::from_str(
        &fs::read_to_string(Path::new(&out).join("sweep.json")).expect("a ranking"),
    )
    .expect("JSON");
    assert_eq!(ranking["trials"], 3);
    // The best of the ranking is the run that is kept, and it is measured as the best of three.
    let kept: serde_json::Value = serde_json::from_str(
        &fs::read_to_string(Path::new(&out).join("report.json")).expect("a report"),
    )
    .expect("JSON");
    assert_eq!(ranking["ranking"][0]["fingerprint"], kept["fingerprint"]);
    assert_eq!(kept["plan"]["measure"]["trials"], 3);
    assert_eq!(ingenium(&["backtest", "verify", &out]).code, 0);
}

#[test]
fn the_page_needs_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("report.html").display().to_string();
    let program = env!("CARGO_BIN_EXE_ingenium");
    let called = backtest(&[
        "--html",
        &page,
        "--",
        "sh",
        "-c",
        &format!("exec {program} run strategy/rsi # <b>&"),
    ]);
    let report = report(&called);
    let text = fs::read_to_string(&page).expect("a page");
    for foreign in [
        "http:", "https:", "src=", "href=", "url(", "<script", "<b>&",
    ] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    assert!(text.contains("# &lt;b&gt;&amp;"), "what is text stays text");
    // Every daily value stands there as exact text.
    for point in report["points"].as_array().expect("points") {
        let equity = point["equity"]
            .as_str()
            .expect("a text")
            .parse::<rust_decimal::Decimal>()
            .expect("a decimal");
        assert!(
            text.contains(&format!("<td>{}</td>", equity.normalize())),
            "{point}"
        );
    }
    for picture in [
        "Equity",
        "Below the former peak",
        "Days by their return",
        "Sharpe ratio of the last",
        "Exposure",
        "GOOG:",
    ] {
        assert!(
            text.contains(&format!("aria-label=\"{picture}")),
            "{picture}"
        );
    }
}
