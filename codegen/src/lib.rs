//! Generates every artefact that follows from the event schemas: a pure function from schemas to files. And what else can be
//! known about schemas without an event: what is wrong with them ([`lint`]), whom a change breaks ([`compat`]), and what is
//! frozen ([`release`]).
//!
//! ```text
//! Tree ─ catalog ─ meta ─┬─ lower ─ model ─ emit::{rust, typescript, …} ─┐
//!                        ├─ bundle ── asyncapi ──────────────────────────┼─ output::FileSet
//!                        └─ reference, graph, knative ───────────────────┘
//! ```
//! The model is neutral: emitters see structs, tag tables, unions and enumerations, never JSON Schema. What an emitter of
//! another language fills its templates with is flatter still: `emit::contract`.

pub mod compat;
mod error;
mod json;
pub mod lint;

pub mod catalog;
mod meta;
pub mod model;

mod lower;

mod asyncapi;
mod bundle;
mod emit;
mod folder;
mod graph;
mod knative;
mod output;
mod package;
pub mod reference;
pub mod release;
mod tree;

mod generate;

pub use asyncapi::asyncapi;
pub use error::{Error, Errors};
pub use folder::Folder;
pub use generate::{bundles, generate, model};
pub use graph::{graphviz, mermaid};
pub use knative::event_types;
pub use output::{Change, FileSet};
pub use package::{DefaultView, Language, Options, package, packages};
pub use tree::Tree;
