//! What a run may not claim, and how known failures are told from new ones.

use std::path::Path;

use ingenium_conformance::baseline::{Baseline, Known};
use ingenium_conformance::{Options, Place, Profile, Report, Role, Verdict, run};

fn mutant(name: &str) -> Place {
    mutant_of(Role::Strategy, name)
}

fn mutant_of(role: Role, name: &str) -> Place {
    let words = [
        env!("CARGO_BIN_EXE_ingenium-mutant"),
        "--role",
        role.name(),
        "--as",
        name,
    ];
    Place::Command(words.map(ToOwned::to_owned).to_vec())
}

fn known(id: &str, expires: &str) -> Known {
    Known {
        id: id.to_owned(),
        reason: "being mended".to_owned(),
        issue: "https://example.com/7".to_owned(),
        expires: expires.to_owned(),
    }
}

async fn judge(name: &str, only: &[&str], baseline: Vec<Known>) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        only: only.iter().map(|id| (*id).to_owned()).collect(),
        baseline: Baseline { known: baseline },
        ..Options::new(Role::Strategy, mutant(name), folder.path())
    };
    run(&options, &()).await.expect("a report")
}

fn verdict(report: &Report, id: &str) -> Verdict {
    let check = report.checks.iter().find(|check| check.id == id);
    check
        .unwrap_or_else(|| panic!("{id} was not judged"))
        .verdict
}

#[tokio::test]
async fn a_known_failure_is_expected_until_its_day() {
    let report = judge(
        "M-SPECVERSION",
        &["ENV-01"],
        vec![known("ENV-01", "2199-12-31")],
    )
    .await;
    assert_eq!(verdict(&report, "ENV-01"), Verdict::Xfail);
    assert!(report.conformant);
    let report = judge(
        "M-SPECVERSION",
        &["ENV-01"],
        vec![known("ENV-01", "2001-01-01")],
    )
    .await;
    assert_eq!(verdict(&report, "ENV-01"), Verdict::Fail);
    assert!(!report.conformant);
}

#[tokio::test]
async fn a_known_failure_that_is_gone_fails_the_run() {
    let report = judge("M-NONE", &["ENV-01"], vec![known("ENV-01", "2199-12-31")]).await;
    assert_eq!(verdict(&report, "ENV-01"), Verdict::Stale);
    assert!(!report.conformant);
}

#[tokio::test]
async fn a_part_of_the_checks_makes_no_claim() {
    let report = judge("M-NONE", &["ENV", "RCV-01"], Vec::new()).await;
    assert!(report.conformant, "{report:#?}");
    assert_eq!(report.claim, None);
}

#[tokio::test]
async fn a_should_is_a_must_when_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        only: vec!["CAU-01".to_owned()],
        ..Options::new(Role::Strategy, mutant("M-NO-CAUSATION"), folder.path())
    };
    let report = run(&options, &()).await.expect("a report");
    assert_eq!(verdict(&report, "CAU-01"), Verdict::Warn);
    let options = Options {
        strict: true,
        ..options
    };
    let report = run(&options, &()).await.expect("a report");
    assert_eq!(verdict(&report, "CAU-01"), Verdict::Fail);
}

#[tokio::test]
async fn the_full_set_of_fields_is_demanded_when_asked_for() {
    let expected = [
        (Role::Strategy, "M-CORE-ONLY", false, Verdict::Pass),
        (Role::Strategy, "M-CORE-ONLY", true, Verdict::Fail),
        (Role::Strategy, "M-NONE", true, Verdict::Pass),
        (Role::Portfolio, "M-NONE", true, Verdict::Pass),
        (Role::Executor, "M-NONE", true, Verdict::Pass),
        (Role::Ingestor, "M-NONE", true, Verdict::Pass),
    ];
    for (role, name, strict, expected) in expected {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            only: vec!["PAY-01".to_owned()],
            strict,
            profile: Profile::L1,
            ..Options::new(role, mutant_of(role, name), folder.path())
        };
        let report = run(&options, &()).await.expect("a report");
        let found = verdict(&report, "PAY-01");
        assert_eq!(found, expected, "{role} {name} {report:#?}");
    }
}

#[test]
fn a_baseline_without_a_reason_or_a_day_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("baseline.json");
    let read = |text: &str| {
        std::fs::write(&file, text).expect("written");
        Baseline::read(Path::new(&file))
    };
    let day = r#"{"known":[{"id":"ENV-01","reason":"x","issue":"y","expires":"soon"}]}"#;
    let error = read(day).expect_err("`soon` is no day");
    assert!(
        error.contains("soon") && error.contains("ENV-01"),
        "{error}"
    );
    let reason = r#"{"known":[{"id":"ENV-01","reason":" ","issue":"y","expires":"2199-01-01"}]}"#;
    assert!(read(reason).is_err());
    let good = r#"{"known":[{"id":"ENV-01","reason":"x","issue":"y","expires":"2199-01-01"}]}"#;
    assert!(read(good).is_ok());
}

#[tokio::test]
async fn what_is_named_has_to_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = || Options::new(Role::Strategy, mutant("M-NONE"), folder.path());
    let only = Options {
        only: vec!["ENV-01".to_owned(), "NOPE-99".to_owned()],
        ..plain()
    };
    let claims = Options {
        claims: vec!["marign".to_owned()],
        ..plain()
    };
    let baseline = Options {
        baseline: Baseline {
            known: vec![known("CAU-2", "2199-12-31")],
        },
        ..plain()
    };
    for (options, name) in [(only, "NOPE-99"), (claims, "marign"), (baseline, "CAU-2")] {
        let error = run(&options, &()).await.expect_err("it is unknown");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[tokio::test]
async fn a_folder_that_is_not_the_runs_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let notes = folder.path().join("fixtures/notes.txt");
    let state = folder.path().join("component/state-0/mine");
    for file in [&notes, &state] {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        std::fs::write(file, "mine").expect("written");
    }
    let options = Options {
        only: vec!["RCV-07".to_owned()],
        ..Options::new(Role::Strategy, mutant("M-NONE"), folder.path())
    };
    let error = run(&options, &())
        .await
        .expect_err("component/ is somebody's");
    assert!(error.to_string().contains("component"), "{error}");
    assert!(notes.is_file() && state.is_file());
    std::fs::remove_dir_all(folder.path().join("component")).expect("removed");
    run(&options, &()).await.expect("a report");
    run(&options, &())
        .await
        .expect("a second one, over the first");
    assert!(notes.is_file());
}

#[tokio::test]
async fn a_rule_about_everything_sees_everything_alone_too() {
    let report = judge("M-RANDOM-ID", &["CAU-01"], Vec::new()).await;
    assert_eq!(report.checks.len(), 1);
    let whole = judge("M-RANDOM-ID", &[], Vec::new()).await;
    assert!(
        report.emissions * 2 > whole.emissions,
        "{} of {}",
        report.emissions,
        whole.emissions
    );
}
