//! What the arguments name: files, folders, patterns, stdin.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::exit::{Code, Failure};

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The name in reports.
    pub(crate) name: Arc<str>,
    /// Where it is; `None` for stdin.
    pub(crate) path: Option<PathBuf>,
}

impl Source {
    fn file(path: PathBuf) -> Self {
        Self {
            name: path.display().to_string().into(),
            path: Some(path),
        }
    }

    /// Whether the input is an HTTP message.
    pub(crate) fn is_http(&self) -> bool {
        self.path
            .as_deref()
            .is_some_and(|path| has_extension(path, &["http"]))
    }
}

/// What folders are searched for.
const EXTENSIONS: &[&str] = &["json", "jsonl", "ndjson", "http"];

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|extension| extensions.iter().any(|known| extension == *known))
}

/// Every input that `arguments` name, in their order; folders and patterns in the order of names.
pub(crate) fn sources(arguments: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for argument in arguments {
        let before = sources.len();
        if argument.as_os_str() == "-" {
            sources.push(Source {
                name: "stdin".into(),
                path: None,
            });
        } else if argument.is_dir() {
            folder(argument, &mut sources)?;
        } else if let Some(pattern) = pattern(argument) {
            matches(pattern, &mut sources)?;
        } else {
            sources.push(Source::file(argument.clone()));
        }
        if sources.len() == before {
            let known = EXTENSIONS.join(", .");
            let message = format!(
                "`{}`: there is no file in it (.{known})",
                argument.display()
            );
            return Err(Failure::new(Code::Usage, message));
        }
    }
    Ok(sources)
}

fn folder(folder: &Path, sources: &mut Vec<Source>) -> Result<(), Failure> {
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(Failure::usage)?;
        if entry.file_type().is_file() && has_extension(entry.path(), EXTENSIONS) {
            sources.push(Source::file(entry.into_path()));
        }
    }
    Ok(())
}

/// The argument as a pattern, if it is no file and has what a pattern has.
fn pattern(argument: &Path) -> Option<&str> {
    let text = argument.to_str()?;
    (!argument.exists() && text.contains(['*', '?', '['])).then_some(text)
}

fn matches(pattern: &str, sources: &mut Vec<Source>) -> Result<(), Failure> {
    let wrong = |error: glob::PatternError| {
        Failure::new(Code::Usage, format!("`{pattern}` is no pattern: {error}"))
    };
    for path in glob::glob(pattern).map_err(wrong)? {
        let path = path.map_err(Failure::usage)?;
        if path.is_file() {
            sources.push(Source::file(path));
        }
    }
    Ok(())
}
