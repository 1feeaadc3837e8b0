//! Files of bars that a run reads: the user's own, or those that ship with the program.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ingenium_components::ingestor::{self, Reading};
use ingenium_types::fingerprint::hex_digest;
use ingenium_types::scalar::{InstrumentSymbol, Scalar as _};
use sha2::{Digest as _, Sha256};

use crate::exit::{Code, Failure};

/// The bars that ship with the program.
const SHIPPED: [(&str, &str); 3] = [
    (
        "IBM",
        include_str!("../../../ingenium-components/data/IBM.csv"),
    ),
    (
        "GOOG",
        include_str!("../../../ingenium-components/data/GOOG.csv"),
    ),
    (
        "FB",
        include_str!("../../../ingenium-components/data/FB.csv"),
    ),
];

/// One file: the user's, or one that ships with the program and has no path yet.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    /// Its symbol; absent where each row names its own.
    pub(crate) symbol: Option<InstrumentSymbol>,
    pub(crate) path: Option<PathBuf>,
    pub(crate) content: Bytes,
}

/// The files that `option` names as `FILE[=SYMBOL]`, each checked; those that ship with the program if it names none.
pub(crate) fn read(
    option: &str,
    arguments: &[String],
    reading: &Reading,
) -> Result<Vec<Bars>, Failure> {
    if arguments.is_empty() {
        return SHIPPED
            .iter()
            .map(|(symbol, text)| shipped(symbol, text))
            .collect();
    }
    let mut files = Vec::new();
    let mut empty = true;
    for argument in arguments {
        let (file, has_rows) = named(option, argument, reading)?;
        empty &= !has_rows;
        files.push(file);
    }
    if empty {
        let message = format!(
            "no rows in `{}`: expected one line a bar below the header",
            arguments.join("`, `")
        );
        return Err(Failure::new(Code::Usage, message));
    }
    let config = ingestor::Config::default().with_reading(reading.clone());
    let config = ingestor::Config {
        files: files.iter().filter_map(Bars::file).collect(),
        ..config
    };
    drop(ingestor::open(&config).map_err(Failure::usage)?);
    Ok(files)
}

impl Bars {
    /// The SHA-256 of the content.
    pub(crate) fn digest(&self) -> String {
        hex_digest("sha256:", &Sha256::digest(&self.content))
    }

    /// How many rows are below the header; some may turn out malformed.
    pub(crate) fn rows(&self) -> usize {
        let lines = self.content.split(|&byte| byte == b'\n');
        lines
            .filter(|line| !line.trim_ascii().is_empty())
            .count()
            .saturating_sub(1)
    }

    /// The name of a file for it.
    fn name(&self) -> String {
        let symbol = self.symbol.as_ref();
        symbol.map_or_else(|| "bars.csv".to_owned(), |symbol| format!("{symbol}.csv"))
    }

    /// Judges its first rows; at most `limit` bars of a symbol are taken.
    pub(crate) fn open(
        &self,
        reading: &Reading,
        limit: Option<usize>,
    ) -> Result<ingestor::Bars, ingestor::Error> {
        let path = self.path.clone().unwrap_or_else(|| self.name().into());
        let symbol = self.symbol.clone();
        let file = ingestor::File { path, symbol };
        ingestor::Bars::read(&file, Cursor::new(self.content.clone()), reading, limit)
    }

    /// What the ingestor calls it, if it has a path.
    fn file(&self) -> Option<ingestor::File> {
        Some(ingestor::File {
            path: self.path.clone()?,
            symbol: self.symbol.clone(),
        })
    }

    /// What the ingestor calls it; content that has no path is written into `folder` first.
    pub(crate) fn placed(&self, folder: &Path) -> Result<ingestor::File, Failure> {
        let unwritable = |path: &Path, error: &std::io::Error| {
            Failure::new(Code::Usage, format!("`{}`: {error}", path.display()))
        };
        let path = match &self.path {
            Some(path) => fs::canonicalize(path).map_err(|error| unwritable(path, &error))?,
            None => {
                let path = folder.join(self.name());
                fs::write(&path, &self.content).map_err(|error| unwritable(&path, &error))?;
                path
            }
        };
        Ok(ingestor::File {
            path,
            symbol: self.symbol.clone(),
        })
    }
}

/// The bars of `symbol` that ship with the program.
pub(crate) fn shipped_with_the_program(symbol: &str) -> Result<Bars, Failure> {
    let found = SHIPPED.iter().find(|(name, _)| *name == symbol);
    let (symbol, text) = found.ok_or_else(|| {
        let message = format!("no bars of `{symbol}` ship with this program; name a file of them");
        Failure::new(Code::Usage, message)
    })?;
    shipped(symbol, text)
}

fn shipped(symbol: &str, text: &str) -> Result<Bars, Failure> {
    let symbol = symbol.parse().map_err(Failure::internal)?;
    Ok(Bars {
        symbol: Some(symbol),
        path: None,
        content: Bytes::copy_from_slice(text.as_bytes()),
    })
}

/// The file that `argument` names, and whether it has rows.
fn named(option: &str, argument: &str, reading: &Reading) -> Result<(Bars, bool), Failure> {
    let (path, symbol) = match argument.rsplit_once('=') {
        Some((path, symbol)) => (Path::new(path), Some(symbol)),
        None => (Path::new(argument), None),
    };
    let no_symbol = |symbol: &str| {
        let message = format!(
            "{option} `{argument}`: `{}` is no symbol: expected {}; name one with `{}=SYMBOL`",
            symbol.escape_debug(),
            InstrumentSymbol::FORM,
            path.display()
        );
        Failure::new(Code::Usage, message)
    };
    let symbol = symbol
        .map(|symbol| InstrumentSymbol::parse(symbol).ok_or_else(|| no_symbol(symbol)))
        .transpose()?;
    let content = fs::read(path).map_err(|error| {
        Failure::new(
            Code::Usage,
            format!("{option} `{}`: {error}", path.display()),
        )
    })?;
    let mut bars = Bars {
        symbol,
        path: Some(path.to_owned()),
        content: content.into(),
    };
    let opened = bars.open(reading, None).map_err(|error| match error {
        ingestor::Error::NoSymbol { .. } => {
            no_symbol(&path.file_stem().unwrap_or_default().to_string_lossy())
        }
        error => Failure::usage(error),
    })?;
    bars.symbol = opened.symbol().cloned();
    Ok((bars, !opened.is_empty()))
}
