//! The broker through its doors: HTTP on the loopback address, and the file as others read it.

mod api;
mod check;
mod copies;
mod crash;
mod deliveries;
mod fifo;
mod files;
mod ingress;
mod metrics;
mod migration;
mod retention;
mod rig;
mod step;
mod token;
