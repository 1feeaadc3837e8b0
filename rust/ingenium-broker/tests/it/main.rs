//! The broker through its doors: HTTP on the loopback address, and the file as others read it.

mod api;
mod crash;
mod deliveries;
mod fifo;
mod files;
mod ingress;
mod knative;
mod profiles;
mod rig;
mod step;
