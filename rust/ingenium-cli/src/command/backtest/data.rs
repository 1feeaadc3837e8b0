//! A file of bars as a plan names it.

use std::path::PathBuf;

use ingenium_types::scalar::{InstrumentSymbol, Scalar as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command::bars::{self, Bars};
use crate::exit::{Code, Failure};

/// A file of bars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    /// Its symbol; absent where each row names its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) symbol: Option<String>,
    /// Where it was; absent for bars that ship with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<PathBuf>,
    /// SHA-256 of its bytes: `sha256:` and 64 hex digits.
    pub(crate) digest: String,
}

impl Data {
    pub(super) fn of(bars: &Bars) -> Self {
        Self {
            symbol: bars.symbol.as_ref().map(ToString::to_string),
            path: bars
                .path
                .as_ref()
                .map(|path| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())),
            digest: bars.digest(),
        }
    }

    /// Its symbol, else the file's name.
    pub(crate) fn name(&self) -> String {
        let file = self.path.as_ref().and_then(|path| path.file_name());
        let symbol = self.symbol.clone();
        symbol.unwrap_or_else(|| file.unwrap_or_default().to_string_lossy().into_owned())
    }

    /// The bars, if they are still what they were.
    pub(super) fn bars(&self) -> Result<Bars, Failure> {
        let wrong = |problem: String| Failure::new(Code::Usage, problem);
        let bars = match &self.path {
            None => bars::shipped_with_the_program(self.symbol.as_deref().unwrap_or_default())?,
            Some(path) => {
                let symbol = self.symbol.as_deref().map(|symbol| {
                    InstrumentSymbol::parse(symbol).ok_or_else(|| {
                        let form = InstrumentSymbol::FORM;
                        wrong(format!("symbol `{symbol}`: expected {form}"))
                    })
                });
                let symbol = symbol.transpose()?;
                let content = std::fs::read(path)
                    .map_err(|error| wrong(format!("`{}`: {error}", path.display())))?;
                Bars {
                    symbol,
                    path: Some(path.clone()),
                    content: content.into(),
                }
            }
        };
        let digest = bars.digest();
        if digest != self.digest {
            let path = self.path.as_ref();
            let name = path.map_or_else(|| self.name(), |path| path.display().to_string());
            return Err(wrong(format!(
                "`{name}` has changed: it is {digest}, the run was over {}",
                self.digest
            )));
        }
        Ok(bars)
    }
}
