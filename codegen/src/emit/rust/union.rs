//! An object with one member whose shape depends on another: struct, enum, decoder, encoder.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::decoder::{self, Slot};
use super::member::{Member, doc, members};
use super::skeleton::Skeletons;
use super::structure;
use crate::error::Errors;
use crate::model::{Shape, Union, Variant};

pub(super) fn emit(union: &Union, skeletons: &Skeletons) -> Result<TokenStream, Errors> {
    let (name, idents) = skeletons.structure(&union.title, &union.fields)?;
    let all = members(&union.fields, &idents);
    let content = format_ident!("{}", union.content_title);
    let parts = Parts {
        union,
        name: &name,
        content: &content,
        members: &all,
    };
    let (declaration, decoder, encoder) = (parts.declaration(), parts.decoder(), parts.encoder());
    let schema = parts.schema();
    let (shapes, stored) = (shapes(union, &content), structure::stored(&name));
    Ok(quote! {
        #declaration
        #decoder
        #encoder
        #stored
        #schema
        #shapes
    })
}

struct Parts<'a> {
    union: &'a Union,
    name: &'a Ident,
    content: &'a Ident,
    members: &'a [Member<'a>],
}

impl Parts<'_> {
    fn value_type(&self, member: &Member<'_>) -> TokenStream {
        match member.field.shape {
            Shape::Content => {
                let content = self.content;
                quote!(#content)
            }
            _ => member.field_type(),
        }
    }

    /// The members that the struct holds: the tag is part of the content.
    fn held(&self) -> impl Iterator<Item = &Member<'_>> {
        self.members
            .iter()
            .filter(|member| member.field.shape != Shape::Tag)
    }

    fn declaration(&self) -> TokenStream {
        let (name, about) = (self.name, doc(&self.union.description));
        let fields = self.held().map(|member| {
            let (about, ident, ty) = (
                doc(&member.field.description),
                member.ident,
                self.value_type(member),
            );
            quote!(#about pub #ident: #ty)
        });
        let arguments = self.held().filter(|member| member.field.required);
        let arguments = arguments.map(|member| {
            let (ident, ty) = (member.ident, self.value_type(member));
            quote!(#ident: #ty)
        });
        let values = self.held().map(|member| {
            let ident = member.ident;
            if member.field.required {
                quote!(#ident)
            } else {
                quote!(#ident: None)
            }
        });
        quote! {
            #about
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct #name { #(#fields),* }

            impl #name {
                /// The value with its required members; the optional ones are absent.
                #[must_use]
                pub fn new(#(#arguments),*) -> Self {
                    Self { #(#values),* }
                }
            }
        }
    }

    /// The schema that the types have: what schemars derives for a struct, written out for a union.
    fn schema(&self) -> TokenStream {
        let (name, title) = (self.name, &self.union.title);
        let members = self
            .held()
            .filter(|member| member.field.shape != Shape::Content);
        let members = members.map(|member| {
            let (name, required, ty) = (
                &member.field.name,
                member.field.required,
                member.value_type(),
            );
            quote!((#name, #required, generator.subschema_for::<#ty>()))
        });
        let variants = self.union.variants.iter().map(|variant| {
            let (value, ty) = (&variant.value, format_ident!("{}", variant.content.title));
            quote!((#value, generator.subschema_for::<#ty>()))
        });
        let (tag, content) = (&self.union.tag, &self.union.content);
        quote! {
            #[cfg(feature = "schemars")]
            impl schemars::JsonSchema for #name {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    #title.into()
                }

                fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    let members = vec![#(#members),*];
                    let variants = vec![#(#variants),*];
                    crate::schema::union(&members, (#tag, #content), &variants)
                }
            }
        }
    }

    fn decoder(&self) -> TokenStream {
        let (name, content) = (self.name, self.content);
        let slots: Vec<Slot<'_>> = self
            .members
            .iter()
            .map(|member| match member.field.shape {
                Shape::Tag => Slot {
                    decode: quote!(#content::tag),
                    ..member.slot()
                },
                Shape::Content => Slot {
                    decode: quote!(|reader| #content::decode(tag, reader)),
                    after: self.local(&Shape::Tag),
                    ..member.slot()
                },
                _ => member.slot(),
            })
            .collect();
        let read = decoder::read(&slots);
        let initialisers = self.held().map(Member::initialiser);
        let demands = self.held().filter_map(Member::demand);
        let (tag, tag_name) = (self.local(&Shape::Tag), &self.union.tag);
        let (shaped, shaped_name) = (self.local(&Shape::Content), &self.union.content);
        quote! {
            impl Decode for #name {
                #[inline]
                fn decode(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
                    let mut later = None;
                    #read
                    let tag = required(#tag, #tag_name, &object)?;
                    if let Some(mut reader) = later {
                        let content = #content::decode(&tag, &mut reader);
                        #shaped = Some(content.map_err(|refusal| refusal.under(#shaped_name))?);
                    }
                    #(#demands)*
                    Ok(Self { #(#initialisers),* })
                }
            }
        }
    }

    fn encoder(&self) -> TokenStream {
        let (name, shaped) = (self.name, self.ident(&Shape::Content));
        let entries = self.members.iter().map(|member| {
            let (ident, wire) = (member.ident, &member.field.name);
            match (&member.field.shape, member.field.required) {
                (Shape::Tag, _) => quote!(map.serialize_entry(#wire, self.#shaped.tag_value())?;),
                (_, true) => quote!(map.serialize_entry(#wire, &self.#ident)?;),
                (_, false) => quote! {
                    if let Some(value) = &self.#ident {
                        map.serialize_entry(#wire, value)?;
                    }
                },
            }
        });
        quote! {
            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let mut map = serializer.serialize_map(None)?;
                    #(#entries)*
                    map.end()
                }
            }
        }
    }

    fn local(&self, shape: &Shape) -> Option<Ident> {
        let mut members = self.members.iter();
        members
            .find(|member| member.field.shape == *shape)
            .map(Member::local)
    }

    fn ident(&self, shape: &Shape) -> Option<&Ident> {
        let mut members = self.members.iter();
        members
            .find(|member| member.field.shape == *shape)
            .map(|member| member.ident)
    }
}

/// The enum of shapes.
fn shapes(union: &Union, name: &Ident) -> TokenStream {
    let content = union
        .fields
        .iter()
        .find(|field| field.shape == Shape::Content);
    let about = doc(content.map_or("", |field| &field.description));
    let variants: Vec<Ident> = union.variants.iter().map(variant_name).collect();
    let types: Vec<Ident> = union
        .variants
        .iter()
        .map(|variant| format_ident!("{}", variant.content.title))
        .collect();
    let docs = union.variants.iter().map(|variant| {
        let text = format!("`{}`: {}", variant.value, variant.content.description);
        doc(&text)
    });
    let values: Vec<&String> = union
        .variants
        .iter()
        .map(|variant| &variant.value)
        .collect();
    let open = union.open;
    let unknown = open.then(|| {
        quote! {
            /// A shape that a later contract knows; only consumers meet it.
            Unknown(UnknownData),
        }
    });
    let exhaustive = open.then(|| quote!(#[non_exhaustive]));
    let unknown_value = open.then(|| quote!(Self::Unknown(data) => data.tag(),));
    let unknown_data = open.then(|| quote!(Self::Unknown(data) => data.serialize(serializer),));
    let otherwise = if open {
        quote!(unknown => Self::Unknown(UnknownData::decode(unknown, reader)?))
    } else {
        quote!(_ => return Err(Refusal::new(Rule::Enum, tag.span.clone())))
    };
    let lenient = if open {
        quote!(|| (reader.view() == View::Reader && !tag.text.is_empty()))
    } else {
        TokenStream::new()
    };
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq)]
        #exhaustive
        pub enum #name {
            #(#docs #variants(#types),)*
            #unknown
        }

        impl #name {
            /// The values of the tag that this contract knows, in schema order.
            pub const TAG_VALUES: &'static [&'static str] = &[#(#values),*];

            /// The value of the tag on the wire.
            #[must_use]
            pub fn tag_value(&self) -> &str {
                match self {
                    #(Self::#variants(_) => #values,)*
                    #unknown_value
                }
            }

            fn tag<'a>(reader: &mut Reader<'a>) -> Result<Text<'a>, Refusal> {
                let tag = reader.string()?;
                if Self::TAG_VALUES.contains(&&*tag.text) #lenient {
                    Ok(tag)
                } else {
                    Err(Refusal::new(Rule::Enum, tag.span))
                }
            }

            fn decode(tag: &Text<'_>, reader: &mut Reader<'_>) -> Result<Self, Refusal> {
                Ok(match &*tag.text {
                    #(#values => Self::#variants(Decode::decode(reader)?),)*
                    #otherwise,
                })
            }
        }

        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #(Self::#variants(data) => data.serialize(serializer),)*
                    #unknown_data
                }
            }
        }
    }
}

/// `data.type.ohlc` is `Ohlc`.
fn variant_name(variant: &Variant) -> Ident {
    let last = variant.value.rsplit('.').next().unwrap_or_default();
    let words = last.split('_').filter(|word| !word.is_empty());
    let name: String = words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    format_ident!("{name}")
}
