//! The broker through its doors: HTTP on the loopback address, and the file as others read it.

mod api;
mod cesql;
mod classes;
mod crash;
mod deliveries;
mod event;
mod fifo;
mod files;
mod filter_laws;
mod filters;
mod ingress;
mod knative;
mod profiles;
mod rig;
mod start;
mod step;
