//! Generates every artefact that follows from the event schemas: a pure function from schemas to files.
