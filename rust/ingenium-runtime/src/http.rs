//! HTTP/1.1, the only protocol that Knative's data plane asks for: a strict server and a client with deadlines.

mod chunked;
pub mod client;
pub mod framing;
mod ledger;
mod linger;
pub mod message;
mod quick_ack;
pub mod server;
mod tap;

pub use hyper::Uri;
pub use message::{Reply, Request, Response};
