//! HTTP/1.1, the only protocol that Knative's data plane asks for: a strict server and a client with deadlines.

mod chunked;
pub mod client;
pub mod framing;
mod idle;
mod ledger;
mod line;
mod linger;
pub mod message;
pub mod opened;
mod quick_ack;
pub mod server;
mod stream;
mod tap;

pub use hyper::Uri;
pub use message::{Reply, Request, Response, Streaming};
