//! A Rust file: header, imports, items with air between them.

use proc_macro2::TokenStream;

use crate::error::Error;
use crate::lint as rule;
use crate::output;

/// A Rust file in the making.
pub(super) struct Module {
    source: String,
    doc: String,
    imports: TokenStream,
    items: TokenStream,
}

impl Module {
    /// A file that follows from `source`, with its one-line description.
    pub(super) fn new(source: &str, doc: &str) -> Self {
        Self {
            source: source.to_owned(),
            doc: doc.to_owned(),
            imports: TokenStream::new(),
            items: TokenStream::new(),
        }
    }

    pub(super) fn import(&mut self, imports: TokenStream) {
        self.imports.extend(imports);
    }

    pub(super) fn extend(&mut self, items: TokenStream) {
        self.items.extend(items);
    }

    /// The text of the file.
    pub(super) fn print(self) -> Result<String, Error> {
        let broken = |error: syn::Error| {
            Error::new(
                rule::NAME_COLLISION,
                &self.source,
                "",
                format!("generated Rust: {error}"),
            )
        };
        let imports: syn::File = syn::parse2(self.imports.clone()).map_err(broken)?;
        let items: syn::File = syn::parse2(self.items.clone()).map_err(broken)?;

        let mut text = format!(
            "//! {}\n//!\n//! {}\n",
            output::header(&self.source),
            self.doc
        );
        if !imports.items.is_empty() {
            text.push('\n');
            text.push_str(&prettyplease::unparse(&imports));
        }
        let mut previous = None;
        for item in items.items {
            let one_line = matches!(item, syn::Item::Mod(_) | syn::Item::Use(_));
            let kind = std::mem::discriminant(&item);
            if !one_line || previous != Some(kind) {
                text.push('\n');
            }
            previous = Some(kind);
            text.push_str(&airy(&prettyplease::unparse(&syn::File {
                shebang: None,
                attrs: Vec::new(),
                items: vec![item],
            })));
        }
        Ok(text)
    }
}

/// Puts an empty line between the methods of an impl, which the printer does not.
fn airy(item: &str) -> String {
    let mut text = String::new();
    let mut ended = false;
    for line in item.lines() {
        if ended && line != "}" {
            text.push('\n');
        }
        ended = line == "    }" || (line.starts_with("    const ") && line.ends_with(';'));
        text.push_str(line);
        text.push('\n');
    }
    text
}
