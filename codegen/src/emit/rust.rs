//! Rust: typify draws the skeletons, this emitter gives them decoders.
//!
//! typify's own types are no validators (they take arrays for objects and null for absent members), so its impls and
//! derives are dropped and only names and fields stay. It never sees an authored schema: `skeleton` hands it a plain
//! one made from the model.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::error::Errors;
use crate::model::{Event, Local, Model, Payload};
use crate::output::FileSet;

mod bundles;
mod decoder;
mod enumeration;
mod event_type;
mod member;
mod module;
mod package;
mod payload;
mod skeleton;
mod structure;
mod tag_table;
mod union;

pub(super) use package::emit as package;

use module::Module;
use skeleton::Skeletons;

const TYPES: &str = "rust/ingenium-types/src/generated";
const CATALOG: &str = "schemas/catalog.json";
const COMMON: &str = "schemas/common.schema.json";

/// Adds the modules of `ingenium-types` and the bundles of `ingenium-contract`.
pub(crate) fn emit(model: &Model, files: &mut FileSet) -> Result<(), Errors> {
    let mut errors = Errors::default();
    let skeletons = skeleton::draw(model)?;

    let mut modules = vec![("enumeration".to_owned(), shared(model, &skeletons))];
    for event in &model.events {
        modules.push((module_name(event), event_module(model, event, &skeletons)));
    }
    modules.push(("event_type".to_owned(), event_type::module(model)));
    modules.push(("payload".to_owned(), payload::module(model)));
    let names: Vec<String> = modules.iter().map(|(name, _)| name.clone()).collect();
    modules.push(("mod".to_owned(), Ok(table_of_contents(&names))));

    for (name, module) in modules {
        let text = module.and_then(|module| Ok(module.print()?));
        if let Some(text) = errors.keep(text) {
            files.insert(format!("{TYPES}/{name}.rs"), text);
        }
    }
    errors.keep(bundles::emit(model, files).map_err(Errors::from));
    errors.or(())
}

fn shared(model: &Model, skeletons: &Skeletons) -> Result<Module, Errors> {
    let mut module = Module::new(COMMON, "Enumerations that events share.");
    let mut macros = Vec::new();
    for enumeration in &model.enumerations {
        macros.push(enumeration::traits_macro(enumeration));
        module.extend(enumeration::emit(enumeration, skeletons)?);
    }
    module.import(enumeration::imports(&macros));
    Ok(module)
}

fn event_module(model: &Model, event: &Event, skeletons: &Skeletons) -> Result<Module, Errors> {
    let title = event.payload.title();
    let mut module = Module::new(
        &event.entry.file(),
        &format!("The payload of `{}`: [`{title}`].", event.entry.event_type),
    );
    let mut structs = Vec::new();
    match &event.payload {
        Payload::Struct(payload) => {
            module.extend(structure::emit(payload, skeletons, model, event)?);
            structs.push(payload);
        }
        Payload::Union(payload) => {
            module.extend(union::emit(payload, skeletons)?);
            for variant in &payload.variants {
                module.extend(structure::emit(&variant.content, skeletons, model, event)?);
                structs.push(&variant.content);
            }
        }
    }
    let mut macros = Vec::new();
    for local in &event.locals {
        match local {
            Local::Struct(local) => {
                module.extend(structure::emit(local, skeletons, model, event)?);
                structs.push(local);
            }
            Local::Enumeration(local) => {
                macros.push(enumeration::traits_macro(local));
                module.extend(enumeration::emit(local, skeletons)?);
            }
        }
    }
    let mut used = member::Used::default();
    for object in structs {
        used.structure(object);
    }
    if let Payload::Union(payload) = &event.payload {
        used.union(payload);
    }
    module.import(used.imports(&event.locals));
    if !macros.is_empty() {
        module.import(enumeration::imports(&macros));
    }
    Ok(module)
}

fn table_of_contents(names: &[String]) -> Module {
    let mut module = Module::new(
        CATALOG,
        "Event types, their payloads and the enumerations they share.",
    );
    let idents: Vec<_> = names.iter().map(|name| format_ident!("{name}")).collect();
    let items: TokenStream = quote! {
        #(mod #idents;)*
        #(pub use #idents::*;)*
        pub use crate::unknown::{UnknownData, UnknownValue};
    };
    module.extend(items);
    module
}

/// `portfolio.order` is `portfolio_order`.
fn module_name(event: &Event) -> String {
    event.entry.name().replace('.', "_")
}
