//! Where a process meets the world: sockets, environment, clock, signals, logs.
//!
//! No other crate opens a socket, reads the environment or asks what time it is.

pub mod backoff;
pub mod clock;
pub mod environment;
pub mod http;
pub mod logs;
pub mod observer;
pub mod shutdown;
