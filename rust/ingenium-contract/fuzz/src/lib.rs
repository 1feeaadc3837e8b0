//! What must hold for every input of the judge and of the generator.
//!
//! Each function takes arbitrary bytes and panics when something that is promised does not hold. Fuzzers call them
//! (`fuzz_targets/`), the tests run them over a corpus, and `cargo xtask agreement` over as many generated inputs as
//! one likes.

mod agreement;
mod envelope;
mod judges;
mod sample;
mod scalar;
mod schemas;

pub use agreement::{Agreement, Tally, agree, decoders};
pub use envelope::{batch, binary, structured};
pub use judges::interpreted;
pub use sample::{Sampler, corpus};
pub use scalar::{decimal, timestamp};
pub use schemas::schemas;
