//! JUnit XML: a suite a file, a failed case a diagnostic, and one passed case for what is right.

use std::io::{self, Write};
use std::sync::Arc;

use ingenium_conformance::report::junit_xml;
use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::{Diagnostic, Level, Report, Summary, Words};

pub(super) struct Junit {
    out: Box<dyn Write>,
    words: Words,
    suites: Vec<TestSuite>,
    cases: Vec<TestCase>,
}

impl Junit {
    pub(super) fn new(out: Box<dyn Write>, words: Words) -> Self {
        Self {
            out,
            words,
            suites: Vec::new(),
            cases: Vec::new(),
        }
    }
}

impl Report for Junit {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        if diagnostic.level < Level::Error {
            return Ok(());
        }
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_type(diagnostic.rule)
            .set_message(format!("{}: {}", diagnostic.pointer, diagnostic.message))
            .set_description(diagnostic.help.as_str());
        let name = format!(
            "{}:{} {}",
            diagnostic.line, diagnostic.column, diagnostic.pointer
        );
        let mut case = TestCase::new(name, status);
        case.set_classname(diagnostic.rule);
        self.cases.push(case);
        Ok(())
    }

    fn file(&mut self, file: &Arc<str>, summary: Summary) -> io::Result<()> {
        let mut suite = TestSuite::new(file.as_ref());
        let right = summary.checked - summary.bad;
        let name = format!(
            "{right} of {} {} are right",
            summary.checked, self.words.checked
        );
        suite.add_test_case(TestCase::new(name, TestCaseStatus::success()));
        suite.add_test_cases(std::mem::take(&mut self.cases));
        self.suites.push(suite);
        Ok(())
    }

    fn finish(&mut self, _: Summary) -> io::Result<()> {
        let mut xml = Xml::new("ingenium");
        xml.add_test_suites(std::mem::take(&mut self.suites));
        let xml = junit_xml(&xml).map_err(io::Error::other)?;
        self.out.write_all(xml.as_bytes())?;
        self.out.flush()
    }
}
