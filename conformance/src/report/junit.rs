//! JUnit XML: one suite a family, one test case a check.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{CheckResult, Report, Verdict};

pub(super) fn render(report: &Report) -> String {
    let mut junit = Junit::new(format!("ingenium conform {}", report.role));
    let mut families: Vec<(String, Vec<&CheckResult>)> = Vec::new();
    for check in &report.checks {
        let family = check.family();
        match families.last_mut() {
            Some((name, checks)) if *name == family => checks.push(check),
            _ => families.push((family.to_owned(), vec![check])),
        }
    }
    for (family, checks) in families {
        let mut suite = TestSuite::new(family);
        suite.add_test_cases(checks.into_iter().map(case));
        junit.add_test_suite(suite);
    }
    junit_xml(&junit).unwrap_or_else(|error| {
        // Every text is escaped before; what is left is a failure to write to memory.
        format!("<!-- {error} -->")
    })
}

/// The XML as Jenkins' schema has it, which knows no `skipped` of all suites together.
///
/// # Errors
/// When it cannot be written to memory.
pub fn junit_xml(junit: &Junit) -> Result<String, quick_junit::SerializeError> {
    let xml = junit.to_string()?;
    let Some((head, rest)) = xml.split_once("<testsuites") else {
        return Ok(xml);
    };
    let Some((attributes, rest)) = rest.split_once('>') else {
        return Ok(xml);
    };
    let kept: Vec<&str> = attributes
        .split_inclusive('"')
        .collect::<Vec<_>>()
        .chunks(2)
        .filter(|pair| pair[0].trim() != "skipped=\"")
        .flatten()
        .copied()
        .collect();
    Ok(format!("{head}<testsuites{}>{rest}", kept.concat()))
}

fn case(check: &CheckResult) -> TestCase {
    let failed = |kind: NonSuccessKind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(check.verdict.word());
        status.set_message(check.sentence());
        status.set_description(check.details());
        status
    };
    let status = match check.verdict {
        Verdict::Skip | Verdict::NotExercised | Verdict::Xfail => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {}", check.verdict.word(), check.reason));
            status
        }
        Verdict::Harness => failed(NonSuccessKind::Error),
        verdict if verdict.is_good() => TestCaseStatus::success(),
        _ => failed(NonSuccessKind::Failure),
    };
    let mut case = TestCase::new(format!("{} {}", check.id, check.title), status);
    case.set_classname(format!("conform.{}", check.family()));
    if check.verdict == Verdict::Warn {
        case.set_system_out(format!("WARN\n{}", check.details()));
    }
    case
}
