//! A set of strings: enum, names, parsing.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::member::doc;
use super::skeleton::Skeletons;
use crate::error::Errors;
use crate::model::Enumeration;

/// The macro that implements the traits by hand-written code.
pub(super) fn traits_macro(enumeration: &Enumeration) -> &'static str {
    if enumeration.open {
        "open_enumeration"
    } else {
        "closed_enumeration"
    }
}

/// The imports for `macros`.
pub(super) fn imports(macros: &[&str]) -> TokenStream {
    let mut names: Vec<Ident> = macros.iter().map(|name| format_ident!("{name}")).collect();
    names.sort();
    names.dedup();
    let unknown = macros.contains(&"open_enumeration").then(|| {
        quote!(
            use crate::unknown::UnknownValue;
        )
    });
    quote! {
        use crate::enumeration::{#(#names),*};
        use crate::scalar::Scalar;
        #unknown
    }
}

pub(super) fn emit(
    enumeration: &Enumeration,
    skeletons: &Skeletons,
) -> Result<TokenStream, Errors> {
    let (name, variants) = skeletons.enumeration(enumeration)?;
    let values = &enumeration.values;
    let bytes = values
        .iter()
        .map(|value| Literal::byte_string(value.as_bytes()));
    let about = doc(&enumeration.description);
    let docs = values.iter().map(|value| doc(&format!("`{value}`")));
    let title = &enumeration.title;
    let form = format!("one of `{}`", values.join("`, `"));
    let traits = format_ident!("{}", traits_macro(enumeration));
    let parse = quote! {
        impl Scalar for #name {
            const NAME: &'static str = #title;
            const FORM: &'static str = #form;

            fn parse(text: &str) -> Option<Self> {
                Some(match text.as_bytes() {
                    #(#bytes => Self::#variants,)*
                    _ => return None,
                })
            }
        }

        #traits!(#name);
    };
    let all = quote! {
        /// The known values, in schema order.
        pub const ALL: &'static [Self] = &[#(Self::#variants),*];
    };
    Ok(if enumeration.open {
        quote! {
            #about
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[non_exhaustive]
            pub enum #name {
                #(#docs #variants,)*
                /// A value that a later contract knows; only consumers meet it.
                Unknown(UnknownValue),
            }

            impl #name {
                #all

                /// The value on the wire.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#variants => #values,)*
                        Self::Unknown(value) => value.as_str(),
                    }
                }
            }

            #parse
        }
    } else {
        quote! {
            #about
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum #name { #(#docs #variants,)* }

            impl #name {
                #all

                /// The value on the wire.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self { #(Self::#variants => #values,)* }
                }
            }

            #parse
        }
    })
}
