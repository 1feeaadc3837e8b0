//! A place in a schema file, so that every error names it.

use crate::error::Error;
use crate::json::Json;
use crate::lint as rule;

/// A JSON value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    file: &'a str,
    pointer: String,
    json: &'a Json,
}

impl<'a> Node<'a> {
    pub(crate) fn root(file: &'a str, json: &'a Json) -> Self {
        Self {
            file,
            pointer: String::new(),
            json,
        }
    }

    pub(super) fn json(&self) -> &'a Json {
        self.json
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.json.get(name).is_some()
    }

    pub(super) fn child(&self, name: &str) -> Option<Self> {
        let json = self.json.get(name)?;
        Some(self.step(name, json))
    }

    /// The members of the member `name`, if that is an object.
    pub(super) fn children(&self, name: &str) -> Vec<(&'a str, Self)> {
        let Some(parent) = self.child(name) else {
            return Vec::new();
        };
        let members = parent.json.as_object().into_iter().flat_map(|o| o.iter());
        members
            .map(|(name, json)| (name, parent.step(name, json)))
            .collect()
    }

    /// The entries, if this is an array.
    pub(super) fn items(&self) -> Vec<Self> {
        let items = self.json.as_array().unwrap_or_default();
        let indexed = items.iter().enumerate();
        indexed
            .map(|(index, json)| self.step(&index.to_string(), json))
            .collect()
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, Error> {
        self.json
            .get(name)
            .and_then(Json::as_str)
            .ok_or_else(|| self.error(rule::KEYWORD_ALLOWED, format!("`{name}` is missing")))
    }

    /// The strings of the member `name`, if that is an array of strings.
    pub(super) fn texts(&self, name: &str) -> Vec<&'a str> {
        let items = self.json.get(name).and_then(Json::as_array);
        items
            .unwrap_or_default()
            .iter()
            .filter_map(Json::as_str)
            .collect()
    }

    pub(super) fn error(&self, rule: &'static str, message: impl Into<String>) -> Error {
        Error::new(rule, self.file, &self.pointer, message)
    }

    pub(super) fn error_at(
        &self,
        rule: &'static str,
        name: &str,
        message: impl Into<String>,
    ) -> Error {
        Error::new(
            rule,
            self.file,
            &format!("{}/{name}", self.pointer),
            message,
        )
    }

    fn step(&self, name: &str, json: &'a Json) -> Self {
        let token = name.replace('~', "~0").replace('/', "~1");
        Self {
            file: self.file,
            pointer: format!("{}/{token}", self.pointer),
            json,
        }
    }
}
