//! Where a process meets the world: sockets, environment, clock, signals.
//!
//! No other crate opens a socket, reads the environment, asks for the time or listens for signals. What they need
//! arrives from here as data, so that they can be tested without a world.
//!
//! | Need | Module |
//! |---|---|
//! | serve HTTP/1.1 to anybody, strictly | [`http::server`] |
//! | send a request with a deadline | [`http::client`] |
//! | Knative's variables | [`environment`] |
//! | stop cleanly | [`shutdown`] |
//! | wait before the next attempt | [`backoff`] |
//! | say what happened to events | [`observer`], [`logs`] |
//! | the time | [`clock`] |

pub mod backoff;
pub mod clock;
pub mod environment;
pub mod http;
pub mod logs;
pub mod observer;
pub mod shutdown;
