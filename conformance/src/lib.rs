//! Black-box conformance runner for components in any language: HTTP and bytes, nothing to link.
//!
//! It starts the component with the environment that Knative would give it, stimulates it, records what it says as raw
//! bytes, and judges every recorded byte before anything decodes it.
//!
//! | Module | Holds |
//! |---|---|
//! | [`role`] | what a component is |
//! | [`case`] | checks as data: steps and expectations |
//! | [`catalogue`] | the checks that the runner brings along, and their pages |
//! | [`stimulus`] | events that make a role act |
//! | [`target`] | the component under test: a process group of its own, or a URL |
//! | [`sink`] | the sink that it posts to, and how that misbehaves |
//! | [`emission`] | what it said, as raw bytes, and what the judge says about it |
//! | [`journal`] | everything that was sent and emitted, in order |
//! | [`scene`] | what the steps of a case came to |
//! | [`mod@run`] | one run, from the first process to the report |
//! | [`broker`] | brokers: the table of Knative's behaviour, row by row |
//! | [`manifest`] | what a component says about itself |
//! | [`baseline`] | failures that are known |
//! | [`report`] | the report and its schema |
//! | [`passive`] | events that were recorded or pass by, judged without asking the component anything |
//! | [`tap`] | what passes between two programs, judged without them noticing |
//! | [`self_test`] | the judge judged: which mutant fails which checks |
//! | [`mutant`] | broken components that the checks are tested with |
//!
//! # From a test
//!
//! A component that runs already is judged at its URL. This one takes events and emits none, which is the role `sink`; what
//! emits posts to [`sink::url`] of the address in [`Options::sink_listen`], or replies. A process that the runner may
//! stop and start, [`Place::Command`], is judged in all profiles; at a URL it is L1, the wire.
//!
//! ```
//! use ingenium_conformance::{Options, Place, Profile, Role, run};
//! use ingenium_contract::finding::http_status;
//! use ingenium_contract::{Level, validate};
//! use ingenium_runtime::http::server::{Limits, serve};
//! use ingenium_runtime::http::{Request, Response};
//! use ingenium_runtime::shutdown::Shutdown;
//! use ingenium_types::View;
//!
//! async fn take(request: Request) -> Response {
//!     match request.method.as_str() {
//!         "POST" => {
//!             let verdict = validate(&request.header_slices(), &request.body, View::Reader);
//!             let is_bad = verdict.findings.iter().any(|finding| finding.level == Level::Error);
//!             Response::empty(if is_bad { http_status(&verdict.findings) } else { 202 })
//!         }
//!         _ => Response::empty(405).header("allow", "POST"),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let url = format!("http://{}/", listener.local_addr()?);
//! let stop = Shutdown::manual();
//! let component = tokio::spawn(serve(listener, take, Limits::default(), stop.clone()));
//!
//! let folder = tempfile::tempdir()?;
//! let options = Options {
//!     profile: Profile::L1,
//!     ..Options::new(Role::Sink, Place::Url(url), folder.path())
//! };
//! let report = run(&options, &()).await?;
//! for check in report.checks.iter().filter(|check| !check.verdict.is_good()) {
//!     println!("{}: {}", check.id, check.sentence());
//! }
//! assert!(report.conformant);
//! assert!(folder.path().join("exchanges.ndjson").is_file());
//!
//! stop.request();
//! component.await?;
//! # Ok(())
//! # }
//! ```

pub mod baseline;
pub mod broker;
pub mod case;
pub mod catalogue;
mod check;
mod conduct;
mod dress;
pub mod emission;
mod exchanges;
mod full;
mod habits;
pub mod journal;
mod judge;
mod life;
mod lineage;
pub mod manifest;
#[path = "../mutants/mod.rs"]
pub mod mutant;
pub mod passive;
pub mod report;
pub mod role;
pub mod run;
pub mod scene;
pub mod self_test;
pub mod sink;
mod stage;
pub mod stimulus;
pub mod tap;
pub mod target;
mod telemetry;
mod trip;

pub use baseline::Baseline;
pub use case::{Case, Level, Profile};
pub use manifest::Manifest;
pub use report::{CheckResult, Report, Verdict};
pub use role::Role;
pub use run::{Error, Options, Progress, run};
pub use target::Place;
