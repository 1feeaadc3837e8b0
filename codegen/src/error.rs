//! What is wrong with the schemas, all of it at once.

use std::fmt;

/// One fault, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The stable id of the broken rule, such as `ING-L-REF-RESOLVES`.
    pub rule: &'static str,
    /// The file, relative to the repository.
    pub file: String,
    /// JSON pointer into the file, empty for the whole of it.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

impl Error {
    pub(crate) fn new(
        rule: &'static str,
        file: &str,
        pointer: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            file: file.to_owned(),
            pointer: pointer.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}#{}: {} ({})",
            self.file, self.pointer, self.message, self.rule
        )
    }
}

impl std::error::Error for Error {}

/// Every fault that was found, in the order of the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors(Vec<Error>);

impl Errors {
    /// The faults.
    pub fn iter(&self) -> impl Iterator<Item = &Error> {
        self.0.iter()
    }

    pub(crate) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// The value of `result`, or nothing and one more fault.
    pub(crate) fn keep<T>(&mut self, result: Result<T, impl Into<Self>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(errors) => {
                self.0.extend(errors.into().0);
                None
            }
        }
    }

    /// `value`, if nothing is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}
