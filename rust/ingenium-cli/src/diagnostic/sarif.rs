//! SARIF 2.1.0 (OASIS), as code scanning services read it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Diagnostic, Level, Report, Summary};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) struct Sarif {
    out: Box<dyn Write>,
    rules: BTreeSet<&'static str>,
    results: Vec<Value>,
}

impl Sarif {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self {
            out,
            rules: BTreeSet::new(),
            results: Vec::new(),
        }
    }
}

impl Report for Sarif {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.rules.insert(diagnostic.rule);
        let mut text = diagnostic.message.clone();
        if !diagnostic.help.is_empty() {
            text = format!("{text}; {}", diagnostic.help);
        }
        let mut region = json!({
            "startLine": diagnostic.line,
            "startColumn": diagnostic.column,
        });
        if let Some(span) = &diagnostic.span {
            region["byteOffset"] = span.start.into();
            region["byteLength"] = (span.end - span.start).into();
        }
        self.results.push(json!({
            "ruleId": diagnostic.rule,
            "level": match diagnostic.level {
                Level::Error => "error",
                Level::Warning => "warning",
            },
            "message": { "text": text },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(&diagnostic.file) },
                    "region": region,
                },
                "logicalLocations": [{ "fullyQualifiedName": diagnostic.pointer }],
            }],
        }));
        Ok(())
    }

    fn finish(&mut self, _: Summary) -> io::Result<()> {
        let rules: Vec<Value> = self
            .rules
            .iter()
            .map(|rule| json!({ "id": rule }))
            .collect();
        let log = json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {
                    "driver": {
                        "name": "ingenium",
                        "version": env!("CARGO_PKG_VERSION"),
                        "rules": rules,
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": std::mem::take(&mut self.results),
            }],
        });
        serde_json::to_writer_pretty(&mut self.out, &log)?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

/// A path as a URI reference.
fn uri(file: &str) -> String {
    file.split('/')
        .map(ingenium_contract::envelope::percent_encode)
        .collect::<Vec<_>>()
        .join("/")
}
