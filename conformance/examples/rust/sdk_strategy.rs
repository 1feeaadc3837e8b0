//! A strategy on the official CloudEvents SDK alone, which replies: LONG after a bar that closes above its open, SHORT
//! after one below.

use std::io::{Cursor, Read as _};
use std::sync::Arc;

use cloudevents::{AttributesReader as _, Event, EventBuilder as _, EventBuilderV10};
use http::{HeaderMap, HeaderName, HeaderValue};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

const SOURCE: &str = "/ingenium/strategy/rust-sdk";
const STRUCTURED: &str = "application/cloudevents+json";

type Answer = Response<Cursor<Vec<u8>>>;

/// The event; `None` where there is none.
fn read(request: &mut Request) -> Option<Event> {
    let mut body = Vec::new();
    request
        .as_reader()
        .take(1 << 20)
        .read_to_end(&mut body)
        .ok()?;
    let mut headers = HeaderMap::new();
    for header in request.headers() {
        let name = header.field.as_str().as_str().to_ascii_lowercase();
        let text = header.value.as_str();
        // The SDK takes header values as they come, and knows its media type in lower case only.
        let value = match name.as_str() {
            "content-type" => text.to_ascii_lowercase(),
            other if other.starts_with("ce-") => decode(text)?,
            _ => continue,
        };
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    let media_type = headers
        .get("content-type")
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if media_type.starts_with(STRUCTURED.as_bytes()) {
        // A null attribute is an absent one; the SDK refuses it.
        let mut members: Value = serde_json::from_slice(&body).ok()?;
        members.as_object_mut()?.retain(|_, value| !value.is_null());
        return serde_json::from_value(members).ok();
    }
    cloudevents::binding::http::to_event(&headers, body).ok()
}

/// What stands in a header value: without quotes, percent-decoded.
fn decode(value: &str) -> Option<String> {
    let bare = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    let decoded = percent_encoding::percent_decode_str(bare)
        .decode_utf8()
        .ok()?;
    Some(decoded.into_owned())
}

/// The signal for a bar, if there is one.
///
/// # Errors
/// The status for data that is none.
fn decide(event: &Event, overrides: &Value) -> Result<Option<Event>, u16> {
    if event.ty() != "ingenium.ingestor.data" {
        return Ok(None);
    }
    let data: Value = match event.data() {
        Some(data) => data.clone().try_into().map_err(|_| 400_u16)?,
        None => return Err(400),
    };
    let text =
        |value: &Value, name: &str| value[name].as_str().map(ToOwned::to_owned).ok_or(400_u16);
    let symbol = text(&data, "Symbol")?;
    if data["Type"] != "data.type.ohlc" {
        return Ok(None);
    }
    let bar = &data["Data"];
    let price = |name: &str| text(bar, name)?.parse::<Decimal>().map_err(|_| 400_u16);
    let (open, close) = (price("Open")?, price("Close")?);
    for name in ["High", "Low", "Volume"] {
        price(name)?;
    }
    if close == open || bar["Final"] == false || symbol.is_empty() {
        return Ok(None);
    }
    let end = text(&data, "EndTimestamp").or_else(|_| text(&data, "Timestamp"))?;
    let signal = if close > open { "LONG" } else { "SHORT" };
    let extension = |name: &str| event.extension(name).map(ToString::to_string);
    let mut builder = EventBuilderV10::new()
        // The same cause has the same effect under the same id: a redelivery makes no second signal.
        .id(format!("{}-signal", event.id()))
        .source(SOURCE)
        .ty("ingenium.strategy.signal")
        .subject(&symbol)
        .time(end.clone())
        .extension("partitionkey", symbol.clone())
        .extension("causationid", event.id().to_owned())
        .extension(
            "correlationid",
            extension("correlationid").unwrap_or_else(|| event.id().to_owned()),
        )
        .data_with_schema(
            "application/json",
            "https://schemas.ingenium.example/1/strategy.signal.json",
            json!({"Symbol": symbol, "Signal": signal, "Timestamp": end}),
        );
    if let Some(run) = extension("ingeniumrun") {
        builder = builder.extension("ingeniumrun", run);
    }
    for (name, value) in overrides["extensions"].as_object().into_iter().flatten() {
        builder = builder.extension(name, value.as_str().unwrap_or_default().to_owned());
    }
    builder.build().map(Some).map_err(|_| 400)
}

fn answer(request: &mut Request, overrides: &Value) -> Answer {
    let empty = |status: u16| Response::from_data(Vec::new()).with_status_code(status);
    if *request.method() != Method::Post {
        return empty(405);
    }
    let Some(event) = read(request) else {
        return empty(400);
    };
    match decide(&event, overrides) {
        Err(status) => empty(status),
        Ok(None) => empty(202),
        Ok(Some(signal)) => {
            let header = Header::from_bytes("Content-Type", STRUCTURED).expect("a header");
            Response::from_data(serde_json::to_vec(&signal).expect("an event is JSON"))
                .with_header(header)
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let variable = |name: &str| std::env::var(name).ok();
    let port = variable("PORT").unwrap_or_else(|| "8080".to_owned());
    let overrides = variable("K_CE_OVERRIDES").and_then(|text| serde_json::from_str(&text).ok());
    let overrides: Arc<Value> = Arc::new(overrides.unwrap_or_default());
    let server = Arc::new(Server::http(format!("0.0.0.0:{port}")).expect("the port is free"));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (server, overrides) = (Arc::clone(&server), Arc::clone(&overrides));
            std::thread::spawn(move || {
                while let Ok(mut request) = server.recv() {
                    let answer = answer(&mut request, &overrides);
                    drop(request.respond(answer)); // a client that has gone asks again
                }
            })
        })
        .collect();
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a handler");
    term.recv().await;
    for thread in threads {
        server.unblock();
        drop(thread);
    }
}
