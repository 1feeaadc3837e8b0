//! A package of types and validators for one language.

use crate::error::Errors;
use crate::generate::Source;
use crate::output::FileSet;
use crate::tree::Tree;

/// A language that a package can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust: a crate.
    Rust,
    /// TypeScript: an ESM package without dependencies.
    TypeScript,
    /// Python 3.10 or newer: a typed package of the standard library alone.
    Python,
    /// Go 1.21 or newer: a module of the standard library alone.
    Go,
    /// Java 17 or newer: a Maven artifact on Jackson.
    Java,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Rust,
        Self::TypeScript,
        Self::Python,
        Self::Go,
        Self::Java,
    ];

    /// Its name on the command line and in paths.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
            Self::Go => "go",
            Self::Java => "java",
        }
    }

    /// What the code needs where it runs.
    #[must_use]
    pub const fn runtime(self) -> &'static str {
        match self {
            Self::Rust => "Rust 1.95, edition 2024",
            Self::TypeScript => "ES2022 modules: Node.js 20, Deno, browsers; no dependencies",
            Self::Python => "Python 3.10, standard library only",
            Self::Go => "Go 1.21, standard library only",
            Self::Java => "Java 17, Jackson 2",
        }
    }

    /// What a decimal is in it.
    #[must_use]
    pub const fn decimal(self) -> &'static str {
        match self {
            Self::Rust => "rust_decimal behind a type that keeps its text",
            Self::TypeScript => "string, branded",
            Self::Python => "decimal.Decimal",
            Self::Go => "string type",
            Self::Java => "BigDecimal in a record",
        }
    }

    /// Whether the proof protocol passes: `docs/reference/languages.md` has the figures.
    #[must_use]
    pub const fn proof(self) -> &'static str {
        match self {
            Self::Rust | Self::TypeScript | Self::Python | Self::Go | Self::Java => "P1-P8",
        }
    }

    /// The name of the package, unless another one is asked for.
    #[must_use]
    pub const fn default_package(self) -> &'static str {
        match self {
            Self::Rust | Self::Python => "ingenium-events",
            Self::TypeScript => "@ingenium/events",
            Self::Go => "ingenium.example/events",
            Self::Java => "example.ingenium.events",
        }
    }
}

impl Language {
    /// Whether the registry of the language takes such a name, and it can stand in code as it is.
    fn is_name(self, name: &str) -> bool {
        let word = |word: &str, letters: &str| {
            let legal =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || letters.contains(c);
            word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(legal)
        };
        let short = name.len() <= 200;
        short
            && match self {
                Self::Rust | Self::Python => word(name, "-_"),
                Self::TypeScript => match name.strip_prefix('@') {
                    Some(scoped) => scoped
                        .split_once('/')
                        .is_some_and(|(scope, name)| word(scope, "-_.") && word(name, "-_.")),
                    None => word(name, "-_."),
                },
                Self::Go => name.split('/').all(|part| word(part, "-_.")),
                Self::Java => name.contains('.') && name.split('.').all(|part| word(part, "_")),
            }
    }
}

/// Which view a decoder has that is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DefaultView {
    /// What a producer must emit.
    Strict,
    /// What a consumer must accept.
    #[default]
    Reader,
}

impl DefaultView {
    /// Its name in packages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Reader => "reader",
        }
    }
}

/// What a package is made of, beside the schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The language.
    pub language: Language,
    /// The name of the package, in the form that the language's registry has for names.
    pub package: String,
    /// The view of decoders that are not told.
    pub view: DefaultView,
    /// The command that makes the package again, for the first line of each file.
    pub command: String,
}

impl Options {
    /// The package as the command line makes it when it is told the language alone.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            package: language.default_package().to_owned(),
            view: DefaultView::default(),
            command: format!("ingenium generate {}", language.name()),
        }
    }

    /// The same with another name.
    ///
    /// # Errors
    /// In words, when the language's registry has no such names.
    pub fn named(self, package: &str) -> Result<Self, String> {
        if self.language.is_name(package) {
            return Ok(Self {
                package: package.to_owned(),
                ..self
            });
        }
        Err(format!(
            "`{package}` is no name of a package in {}: it has the form of `{}`",
            self.language.name(),
            self.language.default_package()
        ))
    }
}

/// The files of a package, by their path in it.
///
/// Nothing is written, and the same schemas and options always give the same bytes.
///
/// # Errors
/// Every fault of the schemas, with its place.
pub fn package(tree: &Tree, options: &Options) -> Result<FileSet, Errors> {
    let mut packages = packages(tree, std::slice::from_ref(options))?;
    Ok(packages.pop().unwrap_or_default())
}

/// Several packages from schemas that are read once.
///
/// # Errors
/// Every fault of the schemas, with its place.
pub fn packages(tree: &Tree, options: &[Options]) -> Result<Vec<FileSet>, Errors> {
    let source = Source::load(tree)?;
    options
        .iter()
        .map(|options| crate::emit::package(tree, &source, options))
        .collect()
}
