//! What the checks look for, one family a file. Which check looks for what is data: `conformance/cases/`.

pub(crate) mod emission;
pub(crate) mod http_out;
pub(crate) mod receive;

use crate::report::Violation;

/// What one check found.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) judged: usize,
    pub(crate) failures: Vec<Violation>,
    pub(crate) warnings: Vec<Violation>,
}
