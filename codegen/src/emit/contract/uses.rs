//! What a file needs to import.

use serde::Serialize;

use super::{Enumeration, Shape};

/// Titles of scalars and shared enumerations that an event's members hold, and what else they need.
#[derive(Debug, Default, Serialize)]
pub(in crate::emit) struct Uses {
    pub(super) scalars: Vec<String>,
    enumerations: Vec<String>,
    /// Whether a member is a boolean, a list or a map, or an object within the object.
    boolean: bool,
    list: bool,
    map: bool,
    nested: bool,
    /// Whether a list holds scalars or enumerations.
    texts: bool,
    /// Whether some object has a tag table.
    pub(super) tables: bool,
    /// Whether readers accept unknown values somewhere, and whether of an enumeration.
    pub(super) open: bool,
    open_enumerations: bool,
    /// What scalars stand for, beside themselves.
    meanings: Vec<String>,
}

impl Uses {
    /// Adds what a member of this shape needs.
    pub(super) fn shape(&mut self, shape: &Shape, locals: &[Enumeration]) {
        let add = |names: &mut Vec<String>, name: &str| {
            if let Err(at) = names.binary_search_by(|other| other.as_str().cmp(name)) {
                names.insert(at, name.to_owned());
            }
        };
        match shape.kind {
            "scalar" => add(&mut self.scalars, &shape.of),
            "map" => {
                add(&mut self.scalars, &shape.key);
                add(&mut self.scalars, &shape.of);
                self.map = true;
            }
            "enumeration" => {
                if !locals.iter().any(|local| local.title == shape.of) {
                    add(&mut self.enumerations, &shape.of);
                }
                self.open |= shape.open;
                self.open_enumerations |= shape.open;
            }
            "boolean" => self.boolean = true,
            "list" => self.list = true,
            _ => {}
        }
        self.nested |= matches!(shape.kind, "struct" | "list" | "map");
        if !shape.meaning.is_empty() {
            add(&mut self.meanings, shape.meaning);
        }
        if let Some(item) = &shape.item {
            self.texts |= item.kind != "struct";
            self.shape(item, locals);
        }
    }
}
