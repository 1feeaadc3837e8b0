//! Settings from the environment, read once and passed on as data.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::http::Uri;

/// The process's variables as they were at one moment.
///
/// ```
/// # use ingenium_runtime::environment::{Environment, KnativeSettings};
/// let environment = Environment::from([("PORT", "9000"), ("K_SINK", "http://broker/ns/name")]);
/// let settings = KnativeSettings::read(&environment)?;
/// assert_eq!(settings.port, 9000);
/// # Ok::<(), ingenium_runtime::environment::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        // `vars` panics on a variable that is not UTF-8, even on one that nobody here reads.
        std::env::vars_os()
            .map(|(name, value)| {
                (
                    name.to_string_lossy().into_owned(),
                    value.to_string_lossy().into_owned(),
                )
            })
            .collect()
    }

    /// The value of a variable, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a variable that is set to something.
    #[must_use]
    pub fn get_nonempty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// A variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is `{}`: {problem}; {fix}", value.escape_debug())]
pub struct Error {
    /// The variable.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// What Knative tells a component through its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnativeSettings {
    /// `PORT`: where to listen, 8080 by default.
    pub port: u16,
    /// `K_SINK`: where to send events.
    pub sink: Option<Uri>,
    /// `K_CE_OVERRIDES`: extension attributes to set on every event that is sent.
    pub ce_overrides: BTreeMap<String, String>,
    /// `K_SINK_TIMEOUT`: how long one attempt to send may take, 30 seconds by default.
    pub sink_timeout: Duration,
}

impl KnativeSettings {
    /// Reads Knative's variables; one that is empty counts as not set.
    ///
    /// # Errors
    /// The first variable whose value cannot be used.
    pub fn read(environment: &Environment) -> Result<Self, Error> {
        Ok(Self {
            port: read(environment, "PORT", parse_port)?.unwrap_or(8080),
            sink: read(environment, "K_SINK", parse_sink)?,
            ce_overrides: read(environment, "K_CE_OVERRIDES", parse_overrides)?.unwrap_or_default(),
            sink_timeout: read(environment, "K_SINK_TIMEOUT", parse_timeout)?
                .unwrap_or(Duration::from_secs(30)),
        })
    }
}

/// What a component has put on disk when it acknowledges an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StateSync {
    /// Everything: a machine that loses its power loses nothing.
    #[default]
    Full,
    /// What outlives the process. A machine that loses its power forgets the events of its last moments, which it has
    /// acknowledged, and what it said of them may be said again in other words.
    Normal,
}

impl StateSync {
    /// Reads `INGENIUM_STATE_SYNC`: `full`, which is usual, or `normal`.
    ///
    /// # Errors
    /// Any other value.
    pub fn read(environment: &Environment) -> Result<Self, Error> {
        let sync = read(environment, "INGENIUM_STATE_SYNC", |value| match value {
            "full" => Ok(Self::Full),
            "normal" => Ok(Self::Normal),
            _ => Err(("unknown".to_owned(), "set `full` or `normal`")),
        })?;
        Ok(sync.unwrap_or_default())
    }
}

type Problem = (String, &'static str);

fn read<T>(
    environment: &Environment,
    variable: &'static str,
    parse: impl FnOnce(&str) -> Result<T, Problem>,
) -> Result<Option<T>, Error> {
    let Some(value) = environment.get_nonempty(variable) else {
        return Ok(None);
    };
    parse(value).map(Some).map_err(|(problem, fix)| Error {
        variable,
        value: value.to_owned(),
        problem,
        fix,
    })
}

fn parse_port(value: &str) -> Result<u16, Problem> {
    value
        .parse()
        .map_err(|error| (format!("no port ({error})"), "set a number from 0 to 65535"))
}

fn parse_sink(value: &str) -> Result<Uri, Problem> {
    const FIX: &str = "set a URL such as `http://broker.example/namespace/name`";
    let uri: Uri = value
        .parse()
        .map_err(|error| (format!("no URL ({error})"), FIX))?;
    if uri.scheme_str() != Some("http") || uri.host().is_none() {
        return Err(("not a URL with scheme `http` and a host".to_owned(), FIX));
    }
    if uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return Err(("a URL with a user name".to_owned(), FIX));
    }
    Ok(uri)
}

fn parse_overrides(value: &str) -> Result<BTreeMap<String, String>, Problem> {
    const FIX: &str = r#"set JSON such as `{"extensions":{"name":"value"}}`, or nothing"#;
    #[derive(Deserialize)]
    struct Overrides {
        #[serde(default)]
        extensions: BTreeMap<String, String>,
    }
    let overrides: Overrides =
        serde_json::from_str(value).map_err(|error| (error.to_string(), FIX))?;
    for name in overrides.extensions.keys() {
        let legal = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !legal {
            let problem = format!(
                "`{}` is no attribute name (lower-case letters and digits)",
                name.escape_debug()
            );
            return Err((problem, FIX));
        }
    }
    Ok(overrides.extensions)
}

fn parse_timeout(value: &str) -> Result<Duration, Problem> {
    match value.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err((
            "no number of seconds".to_owned(),
            "set a whole number from 1 to 86400",
        )),
    }
}
