//! The body of a decoder: members in canonical order by prediction, then whatever is left in any order.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

/// Variables of a decoder that are no slots.
pub(super) const LOCALS: [&str; 8] = [
    "reader", "members", "name", "object", "tag", "later", "row", "start",
];

/// How one member is read.
pub(super) struct Slot<'a> {
    /// The name on the wire.
    pub(super) name: &'a str,
    /// The variable that takes the value.
    pub(super) local: Ident,
    /// Whether the value can be read only when this other variable has one, under the name `tag`.
    pub(super) after: Option<Ident>,
    /// The function from the reader to the value.
    pub(super) decode: TokenStream,
}

/// Declares the slots, reads the object into them, and leaves its range in `object`.
pub(super) fn read(slots: &[Slot<'_>]) -> TokenStream {
    let idents = slots.iter().map(|slot| &slot.local);
    let foreseen = slots.iter().enumerate().map(foreseen);
    let arms = slots.iter().map(arm);
    quote! {
        #(let mut #idents = None;)*
        let mut members = reader.enter()?;
        #(#foreseen)*
        while let Some(name) = reader.next(&mut members)? {
            match name.text.as_bytes() {
                #(#arms)*
                _ => reader.unknown(&mut members, &name),
            }?;
        }
        let object = reader.range(&members);
    }
}

/// Where the canonical form has the member next, it is read without looking for its name.
fn foreseen((index, slot): (usize, &Slot<'_>)) -> TokenStream {
    let comma = if index == 0 { "" } else { "," };
    let text = Literal::byte_string(format!("{comma}\"{}\":", slot.name).as_bytes());
    let (ident, decode) = (&slot.local, &slot.decode);
    let read = quote!(reader.foresee(&mut members, #text, &mut #ident, #decode)?;);
    match &slot.after {
        None => read,
        Some(other) => quote!(if let Some(tag) = &#other { #read }),
    }
}

fn arm(slot: &Slot<'_>) -> TokenStream {
    let name = Literal::byte_string(slot.name.as_bytes());
    let (ident, decode) = (&slot.local, &slot.decode);
    let read = quote!(reader.member(&name, &mut #ident, #decode));
    match &slot.after {
        None => quote!(#name => #read,),
        // A value that comes too early is passed over now, and read when all names are known.
        Some(other) => quote! {
            #name => match &#other {
                Some(tag) if later.is_none() => #read,
                _ => reader.member(&name, &mut later, Reader::put_off),
            }
        },
    }
}
