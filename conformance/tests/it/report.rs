//! Each form of a report, with texts that want to be code, and what has changed between two.

use ingenium_conformance::case::{Level, Profile};
use ingenium_conformance::report::{Format, RowResult, Subject, Violation, diff};
use ingenium_conformance::{CheckResult, Report, Role, Verdict};

/// What a hostile component may have put into its events.
const HOSTILE: &str = "\u{1b}[31mred\u{1b}[0m ]]> <script>alert(1)</script> ``` \u{202e}txet & \"quoted\"\n::error::no";

fn check(id: &str, verdict: Verdict, violations: Vec<Violation>) -> CheckResult {
    CheckResult {
        id: id.to_owned(),
        title: format!("what {id} promises"),
        level: Level::Must,
        profile: Profile::L1,
        verdict,
        judged: 7,
        violations_in_all: 0,
        reason: if verdict == Verdict::Inconclusive {
            "waited in vain for an event".to_owned()
        } else {
            String::new()
        },
        measured: Vec::new(),
        rows: Vec::new(),
        hint: if verdict.is_good() {
            String::new()
        } else {
            "Do it right.".to_owned()
        },
        repeat: if verdict.is_good() {
            String::new()
        } else {
            format!("ingenium conform --role strategy --only {id} --seed 7 -- ./strategy")
        },
        violations,
    }
}

/// A check with rows.
fn broker() -> CheckResult {
    let row = |id: &str, verdict, reason: &str| RowResult {
        id: format!("BRK-03/{id}"),
        title: format!("what {id} looks at | <b>"),
        verdict,
        spec: Verdict::Info,
        kafka: verdict,
        mt: Verdict::Pass,
        reason: reason.to_owned(),
        violations: Vec::new(),
    };
    CheckResult {
        rows: vec![
            row("F1", Verdict::Pass, ""),
            row("F2", Verdict::Xfail, "known & <i>mended</i> | later"),
        ],
        ..check("BRK-03", Verdict::Xfail, Vec::new())
    }
}

fn report() -> Report {
    Report {
        contract: "1.0.0".to_owned(),
        contract_digest: "sha256:00".to_owned(),
        runner: "0.1.0".to_owned(),
        role: Role::Strategy,
        subject: Subject::Command(vec!["./my strategy.py".to_owned(), "{port}".to_owned()]),
        profile: Profile::L2,
        strict: false,
        seed: 7,
        started: "2026-01-02T03:04:05Z".to_owned(),
        took_ms: 4321,
        emissions: 12,
        deliveries: 34,
        conformant: false,
        claim: None,
        checks: vec![
            check("ENV-01", Verdict::Pass, Vec::new()),
            check(
                "ENV-02",
                Verdict::Fail,
                vec![Violation::shown(HOSTILE, HOSTILE)],
            ),
            check(
                "ENV-11",
                Verdict::Warn,
                vec![Violation::shown("no subject", "ce-id: 1")],
            ),
            check("HTTP-02", Verdict::NotExercised, Vec::new()),
            check("RCV-01", Verdict::Inconclusive, Vec::new()),
            broker(),
        ],
    }
}

#[test]
fn each_form_is_as_it_was() {
    for format in Format::ALL {
        insta::assert_snapshot!(
            format!("report_{}", format.name()),
            format.render(&report())
        );
    }
}

#[test]
fn no_form_lets_a_hostile_text_through() {
    for format in Format::ALL {
        let text = format.render(&report());
        assert!(
            !text.contains('\u{1b}'),
            "{}: an escape sequence",
            format.name()
        );
        assert!(!text.contains('\u{202e}'), "{}: turned text", format.name());
        let markup = matches!(format, Format::Html | Format::Junit | Format::Badge);
        assert!(
            !markup || !text.contains("<script>alert"),
            "{}: markup",
            format.name()
        );
        assert!(
            format != Format::Github || text.lines().all(|line| !line.starts_with("::error::no")),
            "a command of the component's"
        );
    }
}

#[test]
fn the_page_needs_no_network() {
    let page = Format::Html.render(&report());
    for word in ["src=", "href=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("Content-Security-Policy"));
}

#[test]
fn a_report_is_read_as_it_was_written() {
    let text = Format::Json.render(&report());
    let read: Report = serde_json::from_str(&text).expect("a report");
    assert_eq!(read, report());
}

#[test]
fn a_difference_says_what_is_worse() {
    let (before, mut now) = (report(), report());
    now.checks[0].verdict = Verdict::Fail;
    now.checks[1].verdict = Verdict::Pass;
    now.checks.remove(2);
    let shown: Vec<String> = diff(&before, &now)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [
            "worse ENV-01   PASS → FAIL",
            "      ENV-02   FAIL → PASS",
            "worse ENV-11   WARN → not judged",
        ]
    );
    assert_eq!(diff(&before, &before), []);
}
