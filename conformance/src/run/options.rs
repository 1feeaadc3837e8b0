//! What to judge, and how.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::baseline::Baseline;
use crate::case::Profile;
use crate::role::Role;
use crate::target::Place;

/// What to judge, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The role.
    pub role: Role,
    /// Where the component comes from.
    pub place: Place,
    /// The profile to judge.
    pub profile: Profile,
    /// SHOULD counts as MUST.
    pub strict: bool,
    /// Only these checks, or families.
    pub only: Vec<String>,
    /// What ids and symbols follow from; from the clock when absent.
    pub seed: Option<u64>,
    /// Where report, recordings and logs go.
    pub output: PathBuf,
    /// Where the sink listens; any port of the loopback when absent.
    pub sink_listen: Option<SocketAddr>,
    /// Times are judged against the clock.
    pub live: bool,
    /// What the component claims: `live`, `margin`; of a broker `replay`.
    pub claims: Vec<String>,
    /// The portfolio's cash.
    pub cash: Option<String>,
    /// How long an effect may take.
    pub effect_within: Option<Duration>,
    /// How long an answer may take.
    pub answer_within: Option<Duration>,
    /// How long it may take to be ready.
    pub ready_within: Option<Duration>,
    /// The class that a Broker is created with; it says whose behaviour counts.
    pub class: Option<String>,
    /// The namespace of Brokers, where they run already.
    pub namespace: String,
    /// What senders show to a Broker that wants to know who they are.
    pub token: Option<String>,
    /// Failures that are known.
    pub baseline: Baseline,
    /// What a command that repeats a check needs beyond these options: `--component FILE`, `--token FILE`.
    pub repeat_with: Vec<String>,
}

impl Options {
    /// Everything but role and place as it is by default.
    #[must_use]
    pub fn new(role: Role, place: Place, output: impl Into<PathBuf>) -> Self {
        Self {
            role,
            place,
            profile: Profile::L3,
            strict: false,
            only: Vec::new(),
            seed: None,
            output: output.into(),
            sink_listen: None,
            live: false,
            claims: Vec::new(),
            cash: None,
            effect_within: None,
            answer_within: None,
            ready_within: None,
            class: None,
            namespace: "default".to_owned(),
            token: None,
            baseline: Baseline::default(),
            repeat_with: Vec::new(),
        }
    }
}
