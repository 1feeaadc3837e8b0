//! Files of bars that a run reads: the user's own, or those that ship with the program.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ingenium_components::ingestor;
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
    pub(crate) symbol: InstrumentSymbol,
    pub(crate) path: Option<PathBuf>,
    pub(crate) content: Bytes,
}

/// The files that `option` names as `FILE[=SYMBOL]`, each checked; those that ship with the program if it names none.
pub(crate) fn read(option: &str, arguments: &[String]) -> Result<Vec<Bars>, Failure> {
    if arguments.is_empty() {
        return SHIPPED
            .iter()
            .map(|(symbol, text)| shipped(symbol, text))
            .collect();
    }
    let files: Vec<Bars> = arguments
        .iter()
        .map(|argument| named(option, argument))
        .collect::<Result<_, _>>()?;
    let config = ingestor::Config {
        files: files.iter().filter_map(Bars::file).collect(),
        ..ingestor::Config::default()
    };
    drop(ingestor::open(&config).map_err(Failure::usage)?);
    if files.iter().all(|file| file.rows() == 0) {
        let message = format!(
            "no rows in `{}`: expected one line a bar below the header",
            arguments.join("`, `")
        );
        return Err(Failure::new(Code::Usage, message));
    }
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
            .filter(|line| !line.is_empty())
            .count()
            .saturating_sub(1)
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
                let path = folder.join(format!("{}.csv", self.symbol));
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
        symbol,
        path: None,
        content: Bytes::copy_from_slice(text.as_bytes()),
    })
}

fn named(option: &str, argument: &str) -> Result<Bars, Failure> {
    let (path, symbol) = match argument.rsplit_once('=') {
        Some((path, symbol)) => (Path::new(path), symbol.to_owned()),
        None => {
            let path = Path::new(argument);
            let stem = path.file_stem().unwrap_or_default();
            (path, stem.to_string_lossy().into_owned())
        }
    };
    let symbol = InstrumentSymbol::parse(&symbol).ok_or_else(|| {
        let message = format!(
            "{option} `{argument}`: `{}` is no symbol: expected {}; name one with `{}=SYMBOL`",
            symbol.escape_debug(),
            InstrumentSymbol::FORM,
            path.display()
        );
        Failure::new(Code::Usage, message)
    })?;
    let content = fs::read(path).map_err(|error| {
        Failure::new(
            Code::Usage,
            format!("{option} `{}`: {error}", path.display()),
        )
    })?;
    Ok(Bars {
        symbol,
        path: Some(path.to_owned()),
        content: content.into(),
    })
}
