//! The closed list of event types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::CATALOG;
use super::member::doc;
use super::module::Module;
use crate::error::Errors;
use crate::model::{Event, Model};

/// `portfolio.order` is `PortfolioOrder`.
pub(super) fn variant(event: &Event) -> Ident {
    let words = event.entry.name().split(['.', '_']);
    let name: String = words
        .filter(|word| !word.is_empty())
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    format_ident!("{name}")
}

pub(super) fn module(model: &Model) -> Result<Module, Errors> {
    let mut module = Module::new(CATALOG, "The event types of the catalog.");
    let variants: Vec<Ident> = model.events.iter().map(variant).collect();
    let types: Vec<&str> = model
        .events
        .iter()
        .map(|event| event.entry.event_type.as_str())
        .collect();
    let ids = model.events.iter().map(|event| &event.schema_id);
    let roles = model.events.iter().map(|event| &event.entry.emitted_by);
    let docs = model.events.iter().map(|event| {
        let text = format!(
            "`{}`, emitted by the {}.",
            event.entry.event_type, event.entry.emitted_by
        );
        doc(&text)
    });
    let form = format!("one of `{}`", types.join("`, `"));
    let items: TokenStream = quote! {
        /// The CloudEvents `type` of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType { #(#docs #variants,)* }

        impl EventType {
            /// Every event type, in catalog order.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// The value on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { #(Self::#variants => #types,)* }
            }

            /// The `$id` of the payload's schema: the CloudEvents `dataschema`.
            #[must_use]
            pub const fn schema_id(self) -> &'static str {
                match self { #(Self::#variants => #ids,)* }
            }

            /// The role that emits it.
            #[must_use]
            pub const fn emitted_by(self) -> &'static str {
                match self { #(Self::#variants => #roles,)* }
            }
        }

        impl Scalar for EventType {
            const NAME: &'static str = "EventType";
            const FORM: &'static str = #form;

            fn parse(text: &str) -> Option<Self> {
                Some(match text {
                    #(#types => Self::#variants,)*
                    _ => return None,
                })
            }
        }

        closed_enumeration!(EventType);
    };
    module.import(quote! {
        use crate::enumeration::closed_enumeration;
        use crate::scalar::Scalar;
    });
    module.extend(items);
    Ok(module)
}
