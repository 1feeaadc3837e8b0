//! The crate through its doors: real sockets on the loopback address.

mod client;
mod drain;
mod environment;
mod hostile;
mod rows;
mod served;
mod slow;
mod streams;
