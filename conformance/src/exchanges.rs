//! `exchanges.ndjson`: everything that was sent and emitted, a line each, up to a limit; the last line says whether
//! that is all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::emission::{Emission, Fate, Via};
use crate::journal::Delivery;

/// The most that is written, in bytes.
const MOST: usize = 32 * 1024 * 1024;

/// Writes deliveries and emissions in the order of time.
///
/// # Errors
/// What the system says.
pub(crate) fn write(
    file: &Path,
    deliveries: &[Delivery],
    emissions: &[Emission],
    refused: usize,
) -> io::Result<()> {
    let sent = deliveries.iter().map(Exchange::Sent);
    let mut exchanges: Vec<Exchange<'_>> = sent
        .chain(emissions.iter().map(Exchange::Emitted))
        .collect();
    exchanges.sort_by_key(Exchange::at);
    let mut out = BufWriter::new(std::fs::File::create(file)?);
    let mut written = 0;
    let mut complete = refused == 0;
    for exchange in exchanges {
        let text = exchange.line().to_string();
        written += text.len() + 1;
        if written > MOST {
            complete = false;
            break;
        }
        writeln!(out, "{text}")?;
    }
    let footer = json!({
        "complete": complete, "deliveries": deliveries.len(), "emissions": emissions.len(), "refused": refused,
    });
    writeln!(out, "{footer}")?;
    out.flush()
}

/// What passed in one direction.
enum Exchange<'a> {
    Sent(&'a Delivery),
    Emitted(&'a Emission),
}

impl Exchange<'_> {
    fn at(&self) -> std::time::Duration {
        match self {
            Self::Sent(one) => one.at,
            Self::Emitted(one) => one.at,
        }
    }

    fn line(&self) -> Value {
        match self {
            Self::Sent(one) => delivery(one),
            Self::Emitted(one) => emission(one),
        }
    }
}

fn delivery(one: &Delivery) -> Value {
    let answer = match &one.answer {
        None => json!({"error": "no answer"}),
        Some(Err(why)) => json!({"error": why}),
        Some(Ok(answered)) => json!({
            "status": answered.status, "headers": headers(&answered.headers), "body": body(&answered.body),
            "reply": answered.reply,
        }),
    };
    json!({
        "kind": "delivery", "number": one.number, "at_us": micros(one.at), "took_us": micros(one.took),
        "instance": one.instance, "case": &*one.case, "about": one.about, "attempts": one.attempts,
        "headers": one.headers, "body": body(&one.body), "answer": answer,
    })
}

fn emission(one: &Emission) -> Value {
    let via = match one.via {
        Via::Sink => json!("sink"),
        Via::Reply(delivery) => json!({"reply_to": delivery}),
    };
    let fate = match one.fate {
        Fate::Accepted => json!("accepted"),
        Fate::Answered(status) => json!(status),
        Fate::Abandoned => json!("abandoned"),
    };
    json!({
        "kind": "emission", "number": one.number, "at_us": micros(one.at), "instance": one.instance, "via": via,
        "fate": fate, "method": one.message.method, "path": one.message.path, "query": one.message.query,
        "headers": headers(&one.message.headers), "body": body(&one.message.body),
        "findings": one.verdict.findings,
    })
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn headers(headers: &[(String, Vec<u8>)]) -> Vec<(String, Value)> {
    headers
        .iter()
        .map(|(name, value)| (name.clone(), body(value)))
        .collect()
}

/// Bytes as text, where they are text; else as base64.
fn body(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({"base64": STANDARD.encode(bytes)}),
    }
}
