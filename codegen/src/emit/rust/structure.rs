//! A flat object: struct, constructor, decoder.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::decoder::{self, Slot};
use super::member::{Member, doc, members};
use super::skeleton::Skeletons;
use super::tag_table;
use crate::error::Errors;
use crate::model::{Event, Model, Struct};

/// The arguments that clippy lets pass without a reason.
const MOST_ARGUMENTS: usize = 7;

pub(super) fn emit(
    object: &Struct,
    skeletons: &Skeletons,
    model: &Model,
    event: &Event,
) -> Result<TokenStream, Errors> {
    let (name, idents) = skeletons.structure(&object.title, &object.fields)?;
    let members = members(&object.fields, &idents);
    let about = doc(&object.description);
    let declarations = members.iter().map(Member::declaration);
    let constructor = constructor(&members);
    let stored = stored(&name);

    let slots: Vec<Slot<'_>> = members.iter().map(Member::slot).collect();
    let read = decoder::read(&slots);
    let initialisers = members.iter().map(Member::initialiser);
    let demands = members.iter().filter_map(Member::demand);
    let rules = match &object.table {
        None => TokenStream::new(),
        Some(table) => tag_table::emit(table, &members, skeletons, model, event)?,
    };
    let before = object
        .table
        .is_some()
        .then(|| quote!(let start = reader.clone();));
    Ok(quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
        pub struct #name { #(#declarations),* }

        impl #name { #constructor }

        impl Decode for #name {
            #[inline]
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
                #before
                #read
                #(#demands)*
                #rules
                Ok(Self { #(#initialisers),* })
            }
        }

        #stored
    })
}

/// `new`: required members are arguments, optional ones are absent.
pub(super) fn constructor(members: &[Member<'_>]) -> TokenStream {
    let required = || members.iter().filter(|member| member.field.required);
    let arguments = required().map(|member| {
        let (ident, ty) = (member.ident, member.field_type());
        quote!(#ident: #ty)
    });
    let values = members.iter().map(|member| {
        let ident = member.ident;
        if member.field.required {
            quote!(#ident)
        } else {
            quote!(#ident: None)
        }
    });
    let many = (required().count() > MOST_ARGUMENTS).then(
        || quote!(#[expect(clippy::too_many_arguments, reason = "one for each required member")]),
    );
    quote! {
        /// The value with its required members; the optional ones are absent.
        #[must_use]
        #many
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values),* }
        }
    }
}

/// `Deserialize` through the decoder: stored values are read as strictly as received ones.
pub(super) fn stored(name: &syn::Ident) -> TokenStream {
    let name = format_ident!("{name}");
    quote! {
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::stored::deserialize(deserializer)
            }
        }
    }
}
