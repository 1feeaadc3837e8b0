//! One target, one module: from the model to files.

pub(crate) mod rust;
