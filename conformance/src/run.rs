//! One run, from spawn to report.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ingenium_contract::envelope;

use crate::case::{self, Case, Mode, RawMessage, Role, Step};
use crate::judge::{self, Observed, RawAnswer, StimulusAnswer};
use crate::recorder::Recorder;
use crate::report::Report;
use crate::stimulus;
use crate::target::{self, Target};

/// How long the effect of a stimulus may take after its acknowledgement: it is usually there before.
const EFFECT_WITHIN: Duration = Duration::from_secs(2);

/// How long nothing must arrive before what was sent next is answerable for what arrives.
const QUIET: Duration = Duration::from_millis(200);

/// What to judge.
#[derive(Debug, Clone)]
pub struct Options {
    /// The role.
    pub role: Role,
    /// The command that starts the component.
    pub command: Vec<String>,
    /// Where report and logs go.
    pub output: PathBuf,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The component did not start.
    #[error(transparent)]
    Target(#[from] target::Error),
    /// The runner cannot write or listen.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// An embedded case file is malformed.
    #[error("{0}")]
    Case(String),
}

/// Judges one component and writes `report.json`.
///
/// # Errors
/// [`Error`] when there was nothing to judge; a component that is judged badly is a report, not an error.
pub async fn run(options: &Options) -> Result<Report, Error> {
    let cases: Vec<Case> = case::all()
        .map_err(Error::Case)?
        .into_iter()
        .filter(|case| case.roles.contains(&options.role))
        .collect();
    if cases.iter().all(|case| case.steps.is_empty()) {
        return Err(Error::Case(
            "no case has steps: nothing would be observed".to_owned(),
        ));
    }
    std::fs::create_dir_all(&options.output).map_err(system(&options.output))?;
    let recorder = Recorder::start()
        .await
        .map_err(system(Path::new("recording sink")))?;
    let started = Target::start(
        &options.command,
        &options.role.to_string(),
        &recorder.url(),
        &options.output,
    )
    .await;
    let mut target = match started {
        Ok(target) => target,
        Err(error) => {
            recorder.stop().await;
            return Err(error.into());
        }
    };
    let mut observed = Vec::with_capacity(cases.len());
    for case in &cases {
        observed.push(exercise(case, &mut target, &recorder).await);
    }
    target.stop().await;
    let exchanges = recorder.stop().await;
    let checks = judge::judge(&cases, &observed, &exchanges, options.role);
    let report = Report {
        contract: ingenium_contract::CONTRACT_VERSION.to_owned(),
        contract_digest: ingenium_contract::CONTRACT_DIGEST.to_owned(),
        runner: env!("CARGO_PKG_VERSION").to_owned(),
        role: options.role,
        command: options.command.clone(),
        emissions: exchanges.len(),
        conformant: checks.iter().all(|check| check.verdict.is_good()),
        checks,
    };
    let path = options.output.join("report.json");
    let json = serde_json::to_vec_pretty(&report).map_err(|error| Error::System {
        what: path.display().to_string(),
        source: error.into(),
    })?;
    std::fs::write(&path, json).map_err(system(&path))?;
    Ok(report)
}

/// Does a case's steps to the component, each case with a symbol of its own.
async fn exercise(case: &Case, target: &mut Target, recorder: &Recorder) -> Observed {
    let symbol = format!("{}.CASE", case.id);
    let mut observed = Observed::default();
    for step in &case.steps {
        match step {
            Step::Stimulate {
                mode,
                content_type,
                title_case_headers,
            } => {
                let from = recorder.count();
                stimulate(
                    &symbol,
                    *mode,
                    content_type.as_deref(),
                    *title_case_headers,
                    target,
                    recorder,
                    &mut observed,
                )
                .await;
                observed.emitted += recorder.count() - from;
            }
            Step::SendRaw(messages) => {
                // What an earlier stimulus still leads to is not this step's doing; what this one leads to after its
                // answer is.
                quiet(recorder).await;
                let from = recorder.count();
                for message in messages {
                    observed.raw.push(send_raw(message, target).await);
                }
                quiet(recorder).await;
                observed.emitted_on_raw += recorder.count() - from;
            }
        }
    }
    observed.alive = target.is_alive();
    observed
}

/// Waits until nothing arrives any more; not for ever, since a component may never stop.
async fn quiet(recorder: &Recorder) {
    let silence = async { while recorder.wait_beyond(recorder.count(), QUIET).await {} };
    // Whether it fell silent or not, the time is up.
    drop(tokio::time::timeout(EFFECT_WITHIN, silence).await);
}

/// Sends the series until the component emits or no longer answers; the last bar's effect is waited for.
async fn stimulate(
    symbol: &str,
    mode: Mode,
    content_type: Option<&str>,
    title_case_headers: bool,
    target: &Target,
    recorder: &Recorder,
    observed: &mut Observed,
) {
    let from = recorder.count();
    for index in 0..stimulus::BARS {
        let Some(event) = stimulus::bar(symbol, index) else {
            observed.harness = Some(format!("`{symbol}` is no symbol"));
            return;
        };
        let (mut headers, body) = match mode {
            Mode::Binary => {
                let (headers, body) = envelope::to_binary(&event);
                (headers, body.to_vec())
            }
            Mode::Structured => {
                let content_type = content_type.unwrap_or(envelope::STRUCTURED).to_owned();
                (
                    vec![("content-type".to_owned(), content_type)],
                    envelope::to_structured(&event),
                )
            }
        };
        headers.push(("prefer".to_owned(), "reply".to_owned()));
        let status = target
            .post(&headers, body, title_case_headers)
            .await
            .map(|answer| answer.status);
        observed.stimuli.push(StimulusAnswer { index, status });
        // No answer is a failure already; 360 of them would only take their time.
        if recorder.count() > from || status.is_none() {
            return;
        }
    }
    recorder.wait_beyond(from, EFFECT_WITHIN).await;
}

async fn send_raw(message: &RawMessage, target: &Target) -> RawAnswer {
    let body = match &message.body_hex {
        Some(hex) => decode_hex(hex),
        None => message.body.clone().into_bytes(),
    };
    let status = target
        .post(&message.headers, body, false)
        .await
        .map(|answer| answer.status);
    RawAnswer {
        name: message.name.clone(),
        status,
    }
}

fn decode_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter_map(|c| c.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn system(what: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let what = what.display().to_string();
    move |source| Error::System { what, source }
}
