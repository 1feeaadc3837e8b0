//! Checks as data: one file a check under `conformance/cases/`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a component does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Market data in, signals out.
    Strategy,
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "strategy" => Ok(Self::Strategy),
            other => Err(format!(
                "`{other}` is no role that is judged: use `strategy`"
            )),
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Strategy => "strategy",
        })
    }
}

/// How much a check weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A violation fails the run.
    Must,
    /// A violation is a warning.
    Should,
}

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The stable id, such as `ENV-01`.
    pub id: String,
    /// What holds when the check passes.
    pub title: String,
    /// How much it weighs.
    pub level: Level,
    /// The roles that it applies to.
    pub roles: Vec<Role>,
    /// The lowest profile that contains it.
    pub profile: String,
    /// The contract version that introduced it.
    pub since: String,
    /// The clauses that it comes from.
    pub spec: Vec<String>,
    /// What is done to the component.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must hold.
    pub expect: Expect,
    /// What to do about a failure.
    pub hint: String,
    /// The check is not exercised, instead of inconclusive, when no emission concerns it.
    #[serde(default)]
    pub conditional: bool,
    /// Broken components that fail this check.
    pub killed_by: Vec<String>,
}

/// One thing that is done to the component.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Send the role's stimuli until something is emitted or they end.
    Stimulate {
        /// `binary` or `structured`.
        mode: Mode,
        /// The `Content-Type` to send in structured mode, if not the plain one.
        content_type: Option<String>,
        /// Send header names as `Content-Type`, not `content-type`.
        #[serde(default)]
        title_case_headers: bool,
    },
    /// Send these messages as they are.
    SendRaw(Vec<RawMessage>),
}

/// A content mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Attributes in headers.
    Binary,
    /// One JSON object.
    Structured,
}

/// A message that is sent as it is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMessage {
    /// What is wrong with it.
    pub name: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body as text.
    #[serde(default)]
    pub body: String,
    /// Its body in hex, for bytes that are no text.
    #[serde(default)]
    pub body_hex: Option<String>,
}

/// What must hold.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expect {
    /// No recorded emission has one of these findings.
    NoFinding {
        /// Findings that fail the check.
        must: Vec<Pattern>,
        /// Findings that are a warning.
        #[serde(default)]
        should: Vec<Pattern>,
    },
    /// No two different events share (source, id).
    UniqueIds,
    /// Every event's type is one that the role may emit.
    TypeOfRole,
    /// Every emission is a POST to exactly `K_SINK`.
    PostsToSink,
    /// Every emission in structured mode says so in its Content-Type.
    StructuredMediaType,
    /// Every emission in binary mode has the required headers.
    BinaryHeaders,
    /// Every stimulus is acknowledged and something is emitted.
    ActsOnStimuli,
    /// No raw message is acknowledged or has an effect, and the component acts afterwards.
    RefusesRaw,
}

/// A finding that a check is about.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The rule id, or the start of it up to a `*`.
    pub rule: String,
    /// The pointer, or the start of it up to a `*`; absent: any.
    #[serde(default)]
    pub at: Option<String>,
    /// The last part of the pointer is one of these; absent: any.
    #[serde(default)]
    pub member: Option<Vec<String>>,
    /// The message contains this; absent: any.
    #[serde(default)]
    pub says: Option<String>,
}

impl Pattern {
    /// Whether a finding is of this kind.
    #[must_use]
    pub fn matches(&self, finding: &ingenium_contract::Finding) -> bool {
        let glob = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => text == pattern,
        };
        let last = finding.pointer.rsplit('/').next().unwrap_or_default();
        glob(&self.rule, finding.rule)
            && self
                .at
                .as_deref()
                .is_none_or(|at| glob(at, &finding.pointer))
            && self
                .member
                .as_ref()
                .is_none_or(|members| members.iter().any(|member| member == last))
            && self
                .says
                .as_deref()
                .is_none_or(|text| finding.message.contains(text))
    }
}

/// The embedded case files, by name.
const FILES: &[(&str, &str)] = &[
    ("env/ENV-01.json", include_str!("../cases/env/ENV-01.json")),
    ("env/ENV-02.json", include_str!("../cases/env/ENV-02.json")),
    ("env/ENV-03.json", include_str!("../cases/env/ENV-03.json")),
    ("env/ENV-04.json", include_str!("../cases/env/ENV-04.json")),
    ("env/ENV-05.json", include_str!("../cases/env/ENV-05.json")),
    ("env/ENV-09.json", include_str!("../cases/env/ENV-09.json")),
    (
        "http/HTTP-01.json",
        include_str!("../cases/http/HTTP-01.json"),
    ),
    (
        "http/HTTP-02.json",
        include_str!("../cases/http/HTTP-02.json"),
    ),
    (
        "http/HTTP-03.json",
        include_str!("../cases/http/HTTP-03.json"),
    ),
    ("pay/PAY-01.json", include_str!("../cases/pay/PAY-01.json")),
    ("pay/PAY-02.json", include_str!("../cases/pay/PAY-02.json")),
    ("pay/PAY-03.json", include_str!("../cases/pay/PAY-03.json")),
    ("rcv/RCV-01.json", include_str!("../cases/rcv/RCV-01.json")),
    ("rcv/RCV-02.json", include_str!("../cases/rcv/RCV-02.json")),
    ("rcv/RCV-05.json", include_str!("../cases/rcv/RCV-05.json")),
];

/// All checks, in the order of their ids within their families.
///
/// # Errors
/// The file and the place where an embedded case is malformed.
pub fn all() -> Result<Vec<Case>, String> {
    FILES
        .iter()
        .map(|(name, text)| {
            serde_json::from_str(text).map_err(|error| format!("conformance/cases/{name}: {error}"))
        })
        .collect()
}

/// The names of the embedded case files.
#[must_use]
pub fn files() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}
