//! The bundles as constants of the contract crate, and the digest that names them.

use std::fmt::Write as _;

use quote::quote;
use sha2::{Digest, Sha256};

use super::CATALOG;
use super::module::Module;
use crate::bundle::{self, View};
use crate::error::Error;
use crate::lint as rule;
use crate::model::Model;
use crate::output::FileSet;

const CONTRACT: &str = "rust/ingenium-contract/src/generated";

/// Authored files beside the events'.
const SHARED: [&str; 4] = [
    CATALOG,
    "schemas/common.schema.json",
    "schemas/cloudevents/envelope.schema.json",
    "schemas/cloudevents/ingenium-profile.schema.json",
];

pub(super) fn emit(model: &Model, files: &mut FileSet) -> Result<(), Error> {
    let mut hasher = Sha256::new();
    let mut lists = Vec::new();
    for view in View::ALL {
        let mut pairs = Vec::new();
        for event in &model.events {
            let path = bundle::path(view, event);
            let text = files.get(&path).unwrap_or_default();
            // Path and length first, so that no two sets of files give the same bytes.
            hasher.update(format!("{path} {}\n", text.len()));
            hasher.update(text);
            let event_type = &event.entry.event_type;
            let relative = format!("../../../../{path}");
            pairs.push(quote!((#event_type, include_str!(#relative))));
        }
        lists.push(pairs);
    }
    let mut digest = "sha256:".to_owned();
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    let version = &model.version;
    let events = model.events.iter().map(|event| event.entry.file());
    let authored = events
        .chain(SHARED.iter().map(|&file| file.to_owned()))
        .map(|file| {
            let relative = format!("../../../../{file}");
            quote!((#file, include_str!(#relative)))
        });
    let [strict, reader] = &lists[..] else {
        return Err(Error::new(
            rule::CATALOG,
            CATALOG,
            "",
            "there are two views",
        ));
    };
    let mut module = Module::new(CATALOG, "The bundles that payloads are judged by.");
    module.extend(quote! {
        /// The version of the contract.
        pub(crate) const CONTRACT_VERSION: &str = #version;

        /// SHA-256 over all bundles: equal digests, equal verdicts.
        pub(crate) const CONTRACT_DIGEST: &str = #digest;

        /// What an author wrote, by path: the source of all bundles.
        pub(crate) const AUTHORED: &[(&str, &str)] = &[#(#authored),*];

        /// By event type: what a producer must emit.
        pub(crate) const STRICT: &[(&str, &str)] = &[#(#strict),*];

        /// By event type: what a consumer must accept.
        pub(crate) const READER: &[(&str, &str)] = &[#(#reader),*];
    });
    files.insert(format!("{CONTRACT}/bundle.rs"), module.print()?);

    let mut contents = Module::new(CATALOG, "What follows from the catalog.");
    contents.extend(quote!(
        pub(crate) mod bundle;
    ));
    files.insert(format!("{CONTRACT}/mod.rs"), contents.print()?);
    Ok(())
}
