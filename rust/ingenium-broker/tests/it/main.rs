//! The broker through its doors: HTTP on the loopback address, and the file as others read it.

mod api;
mod batches;
mod cesql;
mod check;
mod classes;
mod copies;
mod crash;
mod deliveries;
mod event;
mod events;
mod fifo;
mod files;
mod filter_laws;
mod filter_refusals;
mod filters;
mod flow;
mod hostile;
mod ingress;
mod knative;
mod metrics;
mod migration;
mod profiles;
mod retention;
mod rig;
#[path = "../../../ingenium-runtime/tests/it/rows.rs"]
mod rows;
mod spec;
mod start;
mod step;
mod token;
