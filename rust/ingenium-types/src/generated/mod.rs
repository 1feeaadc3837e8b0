//! Event types, generated from the schemas.
