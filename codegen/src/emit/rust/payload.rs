//! Any payload, with what routing needs to know about it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::event_type::variant;
use super::module::Module;
use super::{CATALOG, module_name};
use crate::catalog::PartitionKey;
use crate::error::{Error, Errors};
use crate::lint as rule;
use crate::model::{Event, Model, Shape};

pub(super) fn module(model: &Model) -> Result<Module, Errors> {
    let mut module = Module::new(
        CATALOG,
        "Any payload, and what routing needs to know about it.",
    );
    let variants: Vec<Ident> = model.events.iter().map(variant).collect();
    let types: Vec<Ident> = model
        .events
        .iter()
        .map(|event| format_ident!("{}", event.payload.title()))
        .collect();
    let modules = model
        .events
        .iter()
        .map(|event| format_ident!("{}", module_name(event)));
    let docs = model
        .events
        .iter()
        .map(|event| super::member::doc(&format!("`{}`", event.entry.event_type)));

    let mut symbols = Vec::new();
    let mut timestamps = Vec::new();
    let mut keys = Vec::new();
    for (event, variant) in model.events.iter().zip(&variants) {
        let subject = scalar(event, &event.entry.subject.property, "InstrumentSymbol")?;
        symbols.push(quote!(Self::#variant(payload) => &payload.#subject));
        timestamps.push(timestamp(event, variant));
        keys.push(key(event, variant)?);
    }
    module.import(quote! {
        #(use super::#modules::#types;)*
        use super::event_type::EventType;
        use crate::read::{Decode, Reader, View};
        use crate::refusal::Refusal;
        use crate::scalar::{InstrumentSymbol, UtcTimestamp};
    });
    module.extend(quote! {
        /// The payload of an event.
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(untagged)]
        pub enum Payload { #(#docs #variants(#types),)* }

        impl Payload {
            /// Reads the payload of an event of `event_type`.
            ///
            /// # Errors
            /// The first rule that the bytes break, with the place.
            pub fn decode(event_type: EventType, bytes: &[u8], view: View) -> Result<Self, Refusal> {
                let mut reader = Reader::new(bytes, view);
                let payload = Self::read(event_type, &mut reader);
                if payload.is_ok() {
                    reader.finish()?;
                }
                payload
            }

            /// Reads the payload of an event of `event_type` from the middle of a document.
            ///
            /// # Errors
            /// The first rule that the bytes break, with the place.
            #[inline]
            pub fn read(event_type: EventType, reader: &mut Reader<'_>) -> Result<Self, Refusal> {
                match event_type {
                    #(EventType::#variants => Decode::decode(reader).map(Self::#variants),)*
                }
            }

            /// JSON in canonical key order, without white space.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                serde_json::to_vec(self).expect("a payload holds strings, booleans and maps of strings")
            }

            /// The event type that has this payload.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self { #(Self::#variants(_) => EventType::#variants,)* }
            }

            /// The instrument: the CloudEvents `subject`.
            #[must_use]
            pub const fn symbol(&self) -> &InstrumentSymbol {
                match self { #(#symbols,)* }
            }

            /// When the fact happened or was decided, if the payload says so.
            #[must_use]
            pub const fn timestamp(&self) -> Option<UtcTimestamp> {
                match self { #(#timestamps,)* }
            }

            /// The CloudEvents `partitionkey`; `None` where it is copied from the event that this one answers.
            #[must_use]
            pub fn partition_key(&self) -> Option<&str> {
                match self { #(#keys,)* }
            }
        }

        #(
            impl From<#types> for Payload {
                fn from(payload: #types) -> Self {
                    Self::#variants(payload)
                }
            }
        )*
    });
    Ok(module)
}

fn timestamp(event: &Event, variant: &Ident) -> TokenStream {
    let fields = event.payload.fields();
    let field = fields.iter().find(|field| {
        field.name == "Timestamp" && field.shape == Shape::Scalar("UtcTimestamp".to_owned())
    });
    match field {
        Some(field) if field.required => quote!(Self::#variant(payload) => Some(payload.timestamp)),
        Some(_) => quote!(Self::#variant(payload) => payload.timestamp),
        None => quote!(Self::#variant(_) => None),
    }
}

fn key(event: &Event, variant: &Ident) -> Result<TokenStream, Error> {
    let PartitionKey::Property { property, default } = &event.entry.partition_key else {
        return Ok(quote!(Self::#variant(_) => None));
    };
    let fields = event.payload.fields();
    let required = fields
        .iter()
        .any(|field| field.name == *property && field.required);
    let ident = snake(property);
    Ok(if required {
        quote!(Self::#variant(payload) => Some(payload.#ident.as_str()))
    } else {
        let default = default.as_deref().unwrap_or_default();
        quote! {
            Self::#variant(payload) => Some(
                payload.#ident.as_ref().map_or(#default, |key| key.as_str()),
            )
        }
    })
}

/// The identifier of a required member that holds `wanted`.
fn scalar(event: &Event, property: &str, wanted: &str) -> Result<Ident, Error> {
    let fields = event.payload.fields();
    let found = fields.iter().any(|field| {
        field.name == property && field.required && field.shape == Shape::Scalar(wanted.to_owned())
    });
    if found {
        return Ok(snake(property));
    }
    let message = format!("the subject `{property}` is no required {wanted}");
    Err(Error::new(rule::CATALOG, &event.entry.file(), "", message))
}

/// The identifier of a member whose name is one word, as routing members are.
fn snake(property: &str) -> Ident {
    format_ident!("{}", property.to_ascii_lowercase())
}
