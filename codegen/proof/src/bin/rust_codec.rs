//! The codec of the Rust crates: see `ingenium_proof::protocol`.

use std::io::{BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ingenium_contract::envelope::{read_structured, to_binary, to_structured};
use ingenium_contract::{Data, Finding, Level, SpecVersions, judge, validate};
use ingenium_proof::protocol::{Answer, Command, ModeName, VERSION, ViewName};
use ingenium_types::fingerprint::{Line, fingerprint};
use ingenium_types::id::EventId;
use ingenium_types::{EventType, Payload, View};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let command: Command = serde_json::from_str(&line?)?;
        writeln!(out, "{}", serde_json::to_string(&answer(&command)?)?)?;
        out.flush()?;
        if command == Command::Stop {
            break;
        }
    }
    Ok(())
}

fn answer(command: &Command) -> Result<Answer, Failure> {
    Ok(match command {
        Command::Start => Answer {
            protocol: Some(VERSION),
            language: Some("rust".to_owned()),
            runtime: Some(format!("rustc {}", env!("CARGO_PKG_RUST_VERSION"))),
            contract: Some(ingenium_contract::CONTRACT_VERSION.to_owned()),
            ..Answer::default()
        },
        Command::Decode {
            event_type,
            view,
            data,
        } => {
            let event_type: EventType = event_type.parse()?;
            match Payload::decode(event_type, &STANDARD.decode(data)?, self::view(*view)) {
                Ok(payload) => Answer::accepted(Some(String::from_utf8(payload.encode())?)),
                Err(refusal) => Answer::refused(refusal.rule.id(), &refusal.pointer),
            }
        }
        Command::Receive {
            view,
            headers,
            body,
        } => {
            let bytes: Vec<(&str, Vec<u8>)> = headers
                .iter()
                .map(|[name, value]| {
                    let bytes = value.chars().map(u8::try_from).collect::<Result<_, _>>();
                    bytes.map(|bytes| (name.as_str(), bytes))
                })
                .collect::<Result<_, _>>()?;
            let headers: Vec<(&str, &[u8])> = bytes
                .iter()
                .map(|(name, value)| (*name, value.as_slice()))
                .collect();
            let verdict = validate(&headers, &STANDARD.decode(body)?.into(), self::view(*view));
            match (
                first_error(&verdict.findings),
                verdict.event,
                verdict.payload,
            ) {
                (Some(refused), ..) => refused,
                (None, Some(mut event), Some(payload)) => {
                    event.data = Some(Data::Json(payload.encode().into()));
                    Answer::accepted(Some(String::from_utf8(to_structured(&event))?))
                }
                _ => Answer::accepted(None),
            }
        }
        Command::Encode { mode, event } => {
            let body = Bytes::from(event.clone());
            let event = match read_structured(&body, SpecVersions::V1) {
                Ok(received) => received.event,
                Err(findings) => return Ok(first_error(&findings).unwrap_or_default()),
            };
            let (_, findings) = judge(&event, View::Strict);
            if let Some(refused) = first_error(&findings) {
                return Ok(refused);
            }
            let (headers, body) = match mode {
                ModeName::Binary => to_binary(&event),
                ModeName::Structured => {
                    let media_type = ingenium_contract::envelope::STRUCTURED.to_owned();
                    let header = ("content-type".to_owned(), media_type);
                    (vec![header], to_structured(&event).into())
                }
            };
            Answer {
                accepted: Some(true),
                headers: Some(
                    headers
                        .into_iter()
                        .map(|(name, value)| [name, value])
                        .collect(),
                ),
                body: Some(STANDARD.encode(body)),
                ..Answer::default()
            }
        }
        Command::Identify { fields } => {
            let fields: Vec<&str> = fields
                .iter()
                .map(|field| field.as_deref().unwrap_or(""))
                .collect();
            Answer {
                id: Some(EventId::of(&fields).to_string()),
                ..Answer::default()
            }
        }
        Command::Fingerprint { events } => {
            let lines = events.iter().map(|said| {
                let time = said
                    .time
                    .as_deref()
                    .and_then(ingenium_contract::Time::parse);
                let time = time.and_then(|time| time.instant());
                let data = said.data.as_deref().map(str::as_bytes);
                Line::new(&said.event_type, said.subject.as_deref(), time, data)
            });
            Answer {
                fingerprint: Some(fingerprint(lines.collect::<Result<_, _>>()?)),
                ..Answer::default()
            }
        }
        Command::Stop => Answer::default(),
    })
}

const fn view(name: ViewName) -> View {
    match name {
        ViewName::Strict => View::Strict,
        ViewName::Reader => View::Reader,
    }
}

fn first_error(findings: &[Finding]) -> Option<Answer> {
    let error = findings
        .iter()
        .find(|finding| finding.level == Level::Error)?;
    Some(Answer::refused(error.rule, &error.pointer))
}
