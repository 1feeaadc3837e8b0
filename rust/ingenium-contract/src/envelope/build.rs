//! From attributes, one by one, to an event or all that is wrong with them.

use crate::attribute::{Time, check_name, check_value};
use crate::envelope::SpecVersions;
use crate::event::{AttributeValue, CloudEvent, Data};
use crate::finding::{Finding, excerpt};
use crate::rule;

/// Collects attributes and findings.
#[derive(Debug, Default)]
pub(super) struct Builder {
    context: Vec<(&'static str, String)>,
    extensions: Vec<(String, AttributeValue)>,
    pub(super) findings: Vec<Finding>,
}

/// Context attributes: strings all, by the specification.
const CONTEXT: [&str; 8] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
];

impl Builder {
    pub(super) fn attribute(&mut self, name: &str, value: AttributeValue) {
        if let Err(finding) = check_name(name) {
            return self.findings.push(finding);
        }
        if name == "data" {
            return self.findings.push(
                Finding::error(rule::ATTRIBUTE_NAME, "/data", "`data` is no attribute")
                    .help("the body is the data"),
            );
        }
        let is_trace = matches!(name, "traceparent" | "tracestate");
        if let AttributeValue::String(text) = &value
            && let Err(finding) = check_value(name, text)
        {
            // Broken trace context must not cost the event: W3C says to start a new trace.
            if is_trace {
                return self.findings.push(Finding {
                    level: crate::finding::Level::Warning,
                    ..finding
                });
            }
            return self.findings.push(finding);
        }
        let Some(known) = CONTEXT.into_iter().find(|known| *known == name) else {
            if self.extensions.iter().any(|(other, _)| other == name) {
                return self.duplicate(name);
            }
            return self.extensions.push((name.to_owned(), value));
        };
        if self.context.iter().any(|(other, _)| *other == known) {
            return self.duplicate(known);
        }
        match value {
            AttributeValue::String(text) => self.context.push((known, text)),
            other => self.findings.push(
                Finding::error(
                    rule::ATTRIBUTE_TYPE,
                    format!("/{name}"),
                    format!("`{name}` is {other}, not a string"),
                )
                .help("put it in quotes"),
            ),
        }
    }

    fn duplicate(&mut self, name: &str) {
        self.findings.push(
            Finding::error(
                rule::DUPLICATE,
                format!("/{name}"),
                format!("`{name}` stands twice"),
            )
            .help("keep one: receivers disagree which of them counts"),
        );
    }

    /// The event and the warnings, if no finding is an error.
    pub(super) fn build(
        mut self,
        data: Option<Data>,
        versions: SpecVersions,
    ) -> Result<(CloudEvent, Vec<Finding>), Vec<Finding>> {
        for required in &CONTEXT[..4] {
            if self.peek(required).is_some() {
                continue;
            }
            let pointer = format!("/{required}");
            if !self
                .findings
                .iter()
                .any(|finding| finding.pointer == pointer)
            {
                self.findings.push(
                    Finding::error(rule::MISSING, pointer, format!("`{required}` is missing"))
                        .help("specversion, id, source and type are required"),
                );
            }
        }
        if let Some(version) = self.peek("specversion") {
            let known =
                version == "1.0" || (version == "0.3" && versions == SpecVersions::V03AndV1);
            if !known {
                let message = format!("`specversion` is `{}`", excerpt(version));
                self.findings.push(
                    Finding::error(rule::SPECVERSION, "/specversion", message).help("use `1.0`"),
                );
            }
        }
        if !crate::finding::is_valid(&self.findings) {
            return Err(self.findings);
        }
        let mut take = |name| {
            let at = self.context.iter().position(|(other, _)| *other == name)?;
            Some(self.context.swap_remove(at).1)
        };
        let event = CloudEvent {
            specversion: take("specversion").unwrap_or_default(),
            id: take("id").unwrap_or_default(),
            source: take("source").unwrap_or_default(),
            type_: take("type").unwrap_or_default(),
            subject: take("subject"),
            time: take("time").as_deref().and_then(Time::parse),
            datacontenttype: take("datacontenttype"),
            dataschema: take("dataschema"),
            extensions: self.extensions,
            data,
        };
        Ok((event, self.findings))
    }

    pub(super) fn peek(&self, name: &str) -> Option<&str> {
        self.context
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.as_str())
    }
}
