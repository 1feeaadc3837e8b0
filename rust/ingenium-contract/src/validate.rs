//! The verdict on an event: envelope, profile, payload.

use bytes::Bytes;
use ingenium_types::{EventType, Payload, View};

use crate::envelope::{self, Header, Mode, Received, SpecVersions};
use crate::event::CloudEvent;
use crate::explain::explain;
use crate::finding::{Finding, is_valid};
use crate::locate::locate;
use crate::{profile, rule};

/// What the judge says about the bytes of one event.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// How the event travelled; `None` where there is no event.
    pub mode: Option<Mode>,
    /// The event, where the envelope holds.
    pub event: Option<CloudEvent>,
    /// The payload, where it holds too and the type is known.
    pub payload: Option<Payload>,
    /// All that is wrong, envelope first.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether nothing is wrong but, at most, things that should be better.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        is_valid(&self.findings)
    }
}

/// Judges the bytes of one HTTP message.
#[must_use]
pub fn validate(headers: &[Header<'_>], body: &Bytes, view: View) -> Verdict {
    judge_read(envelope::read(headers, body, SpecVersions::V1), body, view)
}

/// Judges one event in structured form, as files and logs hold it.
#[must_use]
pub fn validate_structured(body: &Bytes, view: View) -> Verdict {
    let read = envelope::read_structured(body, SpecVersions::V1);
    judge_read(read, body, view)
}

/// Judges a bare payload of a known type.
///
/// # Errors
/// All findings, with pointers into the payload itself.
pub fn validate_payload(
    event_type: EventType,
    data: &[u8],
    view: View,
) -> Result<Payload, Vec<Finding>> {
    Payload::decode(event_type, data, view)
        .map_err(|refusal| explain(event_type, data, view, &refusal))
}

/// Judges an event that was read already.
#[must_use]
pub fn judge(event: &CloudEvent, view: View) -> (Option<Payload>, Vec<Finding>) {
    let Ok(event_type) = event.type_.parse::<EventType>() else {
        // Readers ignore types that they do not know; producers of this contract have no such types.
        let finding = Finding::error(
            rule::TYPE_UNKNOWN,
            "/type",
            format!("`{}` is not in the catalog", event.type_),
        )
        .help("`ingenium.<role>.<event>`: see schemas/catalog.json");
        return (
            None,
            if view == View::Strict {
                vec![finding]
            } else {
                Vec::new()
            },
        );
    };
    let mut findings = profile::check_envelope(event, event_type, view);
    let Some(data) = event.json_data() else {
        if findings
            .iter()
            .any(|finding| finding.rule == rule::MEDIA_TYPE)
        {
            return (None, findings); // that is why, and said already
        }
        findings.push(
            Finding::error(
                rule::NO_DATA,
                "/data",
                format!("`{event_type}` has no JSON data"),
            )
            .help("put the payload into `data`"),
        );
        return (None, findings);
    };
    match validate_payload(event_type, data, view) {
        Ok(payload) => {
            if view == View::Strict {
                let mut contradictions = profile::check_data(event, &payload);
                for finding in &mut contradictions {
                    let member = finding.pointer.strip_prefix("/data");
                    finding.span = member.and_then(|pointer| locate(data, pointer));
                }
                findings.extend(contradictions);
            }
            (Some(payload), findings)
        }
        Err(payload_findings) => {
            findings.extend(payload_findings.into_iter().map(|mut finding| {
                finding.pointer.insert_str(0, "/data");
                finding
            }));
            (None, findings)
        }
    }
}

fn judge_read(read: Result<Received, Vec<Finding>>, body: &Bytes, view: View) -> Verdict {
    match read {
        Err(findings) => Verdict {
            mode: None,
            event: None,
            payload: None,
            findings,
        },
        Ok(Received {
            mode,
            event,
            data_start,
            findings: warnings,
        }) => {
            let (payload, mut findings) = judge(&event, view);
            for finding in &mut findings {
                finding.span = finding
                    .span
                    .take()
                    .zip(data_start)
                    .map(|(span, start)| span.start + start..span.end + start);
            }
            if mode == Mode::Structured {
                findings = envelope::place(findings, body);
            }
            findings.splice(0..0, warnings);
            Verdict {
                mode: Some(mode),
                event: Some(event),
                payload,
                findings,
            }
        }
    }
}
