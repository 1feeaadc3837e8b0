//! What the tag requires and forbids, as a match on its value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::member::Member;
use super::skeleton::Skeletons;
use crate::error::Errors;
use crate::model::{Event, Local, Model, Row, TagTable};

pub(super) fn emit(
    table: &TagTable,
    members: &[Member<'_>],
    skeletons: &Skeletons,
    model: &Model,
    event: &Event,
) -> Result<TokenStream, Errors> {
    let tag_type = format_ident!("{}", table.enumeration);
    let mut arms = Vec::new();
    for (alternatives, values) in groups(table) {
        let patterns = values
            .iter()
            .map(|value| Ok(skeletons.variant(&table.enumeration, value)?))
            .collect::<Result<Vec<_>, Errors>>()?;
        let checks = choose(&alternatives, members);
        arms.push(quote!(#(#tag_type::#patterns)|* => { #checks }));
    }
    let open = is_open(table, model, event);
    if open {
        arms.push(quote!(#tag_type::Unknown(_) => {}));
    }
    let tag = members
        .iter()
        .find(|member| member.field.name == table.tag)
        .map(Member::local);
    // Unknown values own their text: such a tag is looked at where it is.
    let borrow = open.then(|| quote!(&));
    Ok(quote! {
        let row = TagRow::new(&start, &object);
        match #borrow #tag { #(#arms)* }
    })
}

/// Values with the same rows, in row order: several rows for one value are alternatives.
fn groups(table: &TagTable) -> Vec<(Vec<&Row>, Vec<&str>)> {
    let mut groups: Vec<(Vec<&Row>, Vec<&str>)> = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for value in table.rows.iter().flat_map(|row| &row.values) {
        if done.contains(&value.as_str()) {
            continue;
        }
        done.push(value);
        let rows = table.rows.iter();
        let rows: Vec<&Row> = rows.filter(|row| row.values.contains(value)).collect();
        match groups.iter_mut().find(|(others, _)| *others == rows) {
            Some((_, values)) => values.push(value),
            None => groups.push((rows, vec![value])),
        }
    }
    groups
}

/// The first alternative whose required members are all there, else the first.
fn choose(alternatives: &[&Row], members: &[Member<'_>]) -> TokenStream {
    let Some((first, others)) = alternatives.split_first() else {
        return TokenStream::new();
    };
    let otherwise = checks(first, members);
    if others.is_empty() {
        return otherwise;
    }
    let lacking = not_all_there(first, members);
    let branches = others.iter().map(|row| {
        let there = all_there(row, members);
        let checks = checks(row, members);
        quote!(if #lacking && #there { #checks } else)
    });
    quote!(#(#branches)* { #otherwise })
}

fn checks(row: &Row, members: &[Member<'_>]) -> TokenStream {
    let mut checks = TokenStream::new();
    for member in members {
        let (ident, name) = (member.local(), &member.field.name);
        if row.required.contains(name) {
            checks.extend(quote!(row.requires(#name, #ident.is_some())?;));
        } else if row.forbidden.contains(name) {
            checks.extend(quote!(row.forbids(#name, #ident.is_some())?;));
        }
    }
    checks
}

fn all_there(row: &Row, members: &[Member<'_>]) -> TokenStream {
    let idents = required(row, members);
    quote!(#(#idents.is_some())&&*)
}

fn not_all_there(row: &Row, members: &[Member<'_>]) -> TokenStream {
    let idents = required(row, members);
    match idents.len() {
        1 => quote!(#(#idents.is_none())*),
        _ => quote!((#(#idents.is_none())||*)),
    }
}

fn required(row: &Row, members: &[Member<'_>]) -> Vec<syn::Ident> {
    members
        .iter()
        .filter(|member| row.required.contains(&member.field.name))
        .map(Member::local)
        .collect()
}

fn is_open(table: &TagTable, model: &Model, event: &Event) -> bool {
    let locals = event.locals.iter().filter_map(|local| match local {
        Local::Enumeration(enumeration) => Some(enumeration),
        Local::Struct(_) => None,
    });
    model
        .enumerations
        .iter()
        .chain(locals)
        .any(|enumeration| enumeration.title == table.enumeration && enumeration.open)
}
