//! Broken components, one fault each: `ingenium-mutant --role strategy --as M-…`.
//!
//! A small strategy without any of our SDK: every tenth bar of a symbol gives a signal. `M-NONE` has no fault and
//! passes; every other one must fail exactly the checks that name it.

mod fault;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ingenium_runtime::environment::{Environment, KnativeSettings};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;

use self::fault::Fault;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let fault = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["--role", "strategy", "--as", name] => Fault::named(name),
        _ => None,
    };
    let Some(fault) = fault else {
        return fail(&format!(
            "usage: ingenium-mutant --role strategy --as {}",
            Fault::names().join("|")
        ));
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime.map(|runtime| runtime.block_on(serve(fault))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(message)) => fail(&message),
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr().lock(), "{message}"));
    ExitCode::from(2)
}

async fn serve(fault: Fault) -> Result<(), String> {
    let settings =
        KnativeSettings::read(&Environment::of_process()).map_err(|error| error.to_string())?;
    let sink = settings
        .sink
        .as_ref()
        .ok_or("K_SINK is not set")?
        .to_string();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", settings.port))
        .await
        .map_err(|e| e.to_string())?;
    let shutdown = Shutdown::on_signal(false).map_err(|error| error.to_string())?;
    let mutant = Arc::new(Mutant {
        fault,
        sink,
        client: Client::new(),
        bars: Mutex::default(),
    });
    let handler = move |request: Request| {
        let mutant = Arc::clone(&mutant);
        async move { mutant.answer(request).await }
    };
    server::serve(listener, handler, Limits::default(), shutdown).await;
    Ok(())
}

struct Mutant {
    fault: Fault,
    sink: String,
    client: Client,
    bars: Mutex<HashMap<String, usize>>,
}

impl Mutant {
    async fn answer(&self, request: Request) -> Response {
        if request.method != "POST" {
            return Response::empty(200);
        }
        let Some(symbol) = symbol_of(&request, self.fault) else {
            if self.fault == Fault::ActsOnRefused {
                self.act_later();
            }
            let acknowledges = matches!(self.fault, Fault::Null | Fault::AcknowledgesAll);
            return Response::empty(if acknowledges { 202 } else { 400 });
        };
        let count = {
            let mut bars = self
                .bars
                .lock()
                .expect("no code panics while it holds this lock");
            let count = bars.entry(symbol.clone()).or_default();
            *count += 1;
            *count
        };
        if self.fault == Fault::Null || count % 10 != 0 {
            return Response::empty(202);
        }
        let (path_fault, headers, body) = self.fault.message(&symbol, count / 10);
        let uri = if path_fault {
            self.sink.replace("/conformance/sink", "/")
        } else {
            self.sink.clone()
        };
        let sent = self
            .client
            .send(
                "POST",
                &uri,
                &headers,
                body.into_bytes(),
                Duration::from_secs(10),
            )
            .await;
        Response::empty(if sent.is_ok() { 202 } else { 503 })
    }
    /// Emits after the answer to what it has refused.
    fn act_later(&self) {
        let mut bars = self
            .bars
            .lock()
            .expect("no code panics while it holds this lock");
        let count = bars.entry("REFUSED".to_owned()).or_default();
        *count += 1;
        let (_, headers, body) = self.fault.message("REFUSED", *count);
        let (client, sink) = (self.client.clone(), self.sink.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let patience = Duration::from_secs(10);
            let sent = client.send("POST", &sink, &headers, body.into_bytes(), patience);
            drop(sent.await);
        });
    }
}

/// The symbol of a data event, read just well enough for a strategy of this size.
fn symbol_of(request: &Request, fault: Fault) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&request.body).ok()?;
    let binary = request
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("ce-specversion"));
    let lower_case = request
        .raw_head
        .windows(14)
        .any(|window| window == b"\ncontent-type:");
    if fault == Fault::LowerCaseHeadersOnly && !lower_case {
        return None;
    }
    if fault == Fault::BinaryOnly && !binary {
        return None;
    }
    let data = if binary { &body } else { body.get("data")? };
    Some(data.get("Symbol")?.as_str()?.to_owned())
}
