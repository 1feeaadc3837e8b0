//! Settings from the environment, read once.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::Uri;
use serde::Deserialize;

/// The variables of a process, or of a test.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process; values that are not UTF-8 are left out.
    #[must_use]
    pub fn of_process() -> Self {
        let text = |value: std::ffi::OsString| value.into_string().ok();
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
                .collect(),
        )
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }
}

/// A variable that has not the form it needs.
#[derive(Debug, thiserror::Error)]
#[error("{variable} is `{value}`: expected {expected}")]
pub struct Error {
    /// The variable.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
    /// What is expected instead.
    pub expected: &'static str,
}

/// What Knative tells a component.
#[derive(Debug, Clone)]
pub struct KnativeSettings {
    /// `PORT`: where to listen, 8080 unless set.
    pub port: u16,
    /// `K_SINK`: where to post events.
    pub sink: Option<Uri>,
    /// `K_CE_OVERRIDES`: extensions that every event gets.
    pub ce_overrides: BTreeMap<String, String>,
    /// `K_SINK_TIMEOUT`, in seconds: how long a post may take, 30 unless set.
    pub sink_timeout: Duration,
}

#[derive(Deserialize)]
struct Overrides {
    #[serde(default)]
    extensions: BTreeMap<String, String>,
}

impl KnativeSettings {
    /// Reads the variables that a SinkBinding and a Service set. An empty variable counts as unset.
    ///
    /// # Errors
    /// [`Error`] naming variable, value and form.
    pub fn read(environment: &Environment) -> Result<Self, Error> {
        let get = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let fail = |variable, value: &str, expected| Error {
            variable,
            value: value.to_owned(),
            expected,
        };
        let port = match get("PORT") {
            Some(text) => text
                .parse()
                .map_err(|_| fail("PORT", text, "a port from 0 to 65535"))?,
            None => 8080,
        };
        let sink = match get("K_SINK") {
            Some(text) => {
                let uri: Option<Uri> = text.parse().ok();
                let usable =
                    |uri: &Uri| uri.scheme_str() == Some("http") && uri.authority().is_some();
                Some(
                    uri.filter(usable)
                        .ok_or_else(|| fail("K_SINK", text, "an absolute URL with http://"))?,
                )
            }
            None => None,
        };
        let ce_overrides = match get("K_CE_OVERRIDES") {
            Some(text) => {
                let overrides: Result<Overrides, _> = serde_json::from_str(text);
                overrides
                    .map_err(|_| {
                        fail(
                            "K_CE_OVERRIDES",
                            text,
                            r#"JSON such as {"extensions":{"name":"value"}}"#,
                        )
                    })?
                    .extensions
            }
            None => BTreeMap::new(),
        };
        let sink_timeout = match get("K_SINK_TIMEOUT") {
            Some(text) => {
                let seconds = text
                    .parse()
                    .ok()
                    .filter(|seconds| (1..=3600).contains(seconds));
                Duration::from_secs(
                    seconds
                        .ok_or_else(|| fail("K_SINK_TIMEOUT", text, "seconds from 1 to 3600"))?,
                )
            }
            None => Duration::from_secs(30),
        };
        Ok(Self {
            port,
            sink,
            ce_overrides,
            sink_timeout,
        })
    }
}
