//! Types of members, how each is read, and what a module must import for them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::decoder::{self, Slot};
use crate::model::{Field, Local, Shape, Struct, Union};

/// A member of a generated struct.
pub(super) struct Member<'a> {
    pub(super) field: &'a Field,
    pub(super) ident: &'a Ident,
}

/// Pairs fields with the identifiers that were drawn for them.
pub(super) fn members<'a>(fields: &'a [Field], idents: &'a [Ident]) -> Vec<Member<'a>> {
    let pairs = fields.iter().zip(idents);
    pairs
        .map(|(field, ident)| Member { field, ident })
        .collect()
}

impl Member<'_> {
    /// The type of the value when it is there.
    pub(super) fn value_type(&self) -> TokenStream {
        value_type(&self.field.shape)
    }

    /// The type of the struct's field.
    pub(super) fn field_type(&self) -> TokenStream {
        let value = self.value_type();
        if self.field.required {
            value
        } else {
            quote!(Option<#value>)
        }
    }

    /// The field with its doc comment and its name on the wire.
    pub(super) fn declaration(&self) -> TokenStream {
        let (ident, ty, name) = (self.ident, self.field_type(), &self.field.name);
        let doc = doc(&self.field.description);
        let skip =
            (!self.field.required).then(|| quote!(, skip_serializing_if = "Option::is_none"));
        let schema = self.schema();
        quote! {
            #doc
            #[serde(rename = #name #skip)]
            #schema
            pub #ident: #ty
        }
    }

    /// What schemars cannot see: an absent value is never `null`, and lists and maps have limits.
    fn schema(&self) -> TokenStream {
        let with = match &self.field.shape {
            Shape::Map { key, value, most } => {
                let function = format!("crate::schema::map::<{key}, {value}, {most}>");
                quote!(schema_with = #function)
            }
            Shape::List { item, most } => {
                let function = format!("crate::schema::list::<{}, {most}>", value_type(item));
                quote!(schema_with = #function)
            }
            _ if self.field.required => return TokenStream::new(),
            _ => {
                let value = self.value_type().to_string();
                quote!(with = #value)
            }
        };
        quote!(#[cfg_attr(feature = "schemars", schemars(#with))])
    }

    /// How the member is read into the variable of its name.
    pub(super) fn slot(&self) -> Slot<'_> {
        let decode = match &self.field.shape {
            Shape::Map { key, value, most } => {
                let (key, value) = (format_ident!("{key}"), format_ident!("{value}"));
                quote!(|reader| reader.map::<#key, #value>(#most))
            }
            Shape::List { item, most } => {
                let item = value_type(item);
                quote!(|reader| reader.list::<#item>(#most))
            }
            _ => quote!(Decode::decode),
        };
        Slot {
            name: &self.field.name,
            local: self.local(),
            after: None,
            decode,
        }
    }

    /// The variable that holds the value while the object is read.
    pub(super) fn local(&self) -> Ident {
        if decoder::LOCALS.contains(&self.ident.to_string().as_str()) {
            format_ident!("{}_value", self.ident)
        } else {
            self.ident.clone()
        }
    }

    /// Turns the slot of a required member into its value.
    pub(super) fn demand(&self) -> Option<TokenStream> {
        let (local, name) = (self.local(), &self.field.name);
        self.field
            .required
            .then(|| quote!(let #local = required(#local, #name, &object)?;))
    }

    /// The initialiser of the struct's field.
    pub(super) fn initialiser(&self) -> TokenStream {
        let (ident, local) = (self.ident, self.local());
        if *ident == local {
            quote!(#ident)
        } else {
            quote!(#ident: #local)
        }
    }
}

fn value_type(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Scalar(name) | Shape::Enumeration(name) | Shape::Struct(name) => {
            let ident = format_ident!("{name}");
            quote!(#ident)
        }
        Shape::Boolean => quote!(bool),
        Shape::List { item, .. } => {
            let item = value_type(item);
            quote!(Vec<#item>)
        }
        Shape::Map { key, value, .. } => {
            let (key, value) = (format_ident!("{key}"), format_ident!("{value}"));
            quote!(BTreeMap<#key, #value>)
        }
        // Both are part of the union's own type; see `union`.
        Shape::Tag | Shape::Content => quote!(()),
    }
}

/// A doc comment; what rustdoc would take for a link or a tag is escaped.
pub(super) fn doc(text: &str) -> TokenStream {
    let mut escaped = String::from(" ");
    for letter in text.chars() {
        if matches!(letter, '[' | ']' | '<' | '>' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    quote!(#[doc = #escaped])
}

/// What the members of a module use.
#[derive(Default)]
pub(super) struct Used {
    scalars: BTreeSet<String>,
    enumerations: BTreeSet<String>,
    required: bool,
    table: bool,
    map: bool,
    union: bool,
}

impl Used {
    pub(super) fn structure(&mut self, object: &Struct) {
        self.table |= object.table.is_some();
        self.fields(&object.fields);
    }

    pub(super) fn union(&mut self, union: &Union) {
        self.union = true;
        self.fields(&union.fields);
    }

    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            self.required |= field.required;
            self.shape(&field.shape);
        }
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Scalar(name) => {
                self.scalars.insert(name.clone());
            }
            Shape::Enumeration(name) => {
                self.enumerations.insert(name.clone());
            }
            Shape::List { item, .. } => self.shape(item),
            Shape::Map { key, value, .. } => {
                self.map = true;
                self.scalars.extend([key.clone(), value.clone()]);
            }
            Shape::Struct(_) | Shape::Boolean | Shape::Tag | Shape::Content => {}
        }
    }

    /// The `use` items; `locals` are defined in the module itself.
    pub(super) fn imports(&self, locals: &[Local]) -> TokenStream {
        let local = |name: &String| {
            locals.iter().any(|local| match local {
                Local::Enumeration(local) => local.title == *name,
                Local::Struct(local) => local.title == *name,
            })
        };
        let scalars = self.scalars.iter().map(|name| format_ident!("{name}"));
        let shared: Vec<Ident> = self
            .enumerations
            .iter()
            .filter(|name| !local(name))
            .map(|name| format_ident!("{name}"))
            .collect();
        let map = self.map.then(|| {
            quote!(
                use std::collections::BTreeMap;
            )
        });
        let required = self.required.then(|| quote!(required,));
        let table = self.table.then(|| quote!(TagRow,));
        let text = self.union.then(|| quote!(Text, View,));
        let ser = self.union.then(|| {
            quote!(
                use serde::ser::SerializeMap;
            )
        });
        let rule = self.union.then(|| quote!(Rule,));
        let unknown = self.union.then(|| {
            quote!(
                use crate::unknown::UnknownData;
            )
        });
        let enumerations =
            (!shared.is_empty()).then(|| quote!(use super::enumeration::{#(#shared),*};));
        quote! {
            #map
            #ser
            use crate::read::{Decode, Reader, #table #text #required};
            use crate::refusal::{Refusal, #rule};
            use crate::scalar::{#(#scalars),*};
            #unknown
            #enumerations
        }
    }
}
