//! `ingenium generate`: a package of types and validators for a language.

use std::path::PathBuf;

use clap::ValueEnum;
use ingenium_codegen::{Change, DefaultView, Folder, Language, Options, package};

use super::schema::{Source, faulty, print};
use crate::exit::{Code, Failure, complain};

/// Generate types and validators for a language
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium generate --list
  $ ingenium generate typescript --out events --package @desk/events
  $ ingenium generate python --out events --schemas my/schemas
  $ ingenium generate go --out events --check")]
pub(crate) struct Arguments {
    /// The language
    #[arg(value_enum, value_name = "LANG", required_unless_present = "list")]
    language: Option<Name>,

    /// The folder of the package
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,

    /// The name of the package, as the language's registry has names
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// The view of functions that are not told one
    #[arg(long, value_enum, default_value_t = View::Reader)]
    view: View,

    /// Write nothing; print what differs, and exit with 1 if anything does
    #[arg(long, conflicts_with = "force")]
    check: bool,

    /// Overwrite files that this command did not write
    #[arg(long)]
    force: bool,

    /// List the languages
    #[arg(long, exclusive = true)]
    list: bool,

    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// A crate
    Rust,
    /// An ESM package without dependencies
    #[value(name = "typescript", alias = "ts")]
    TypeScript,
    /// A typed package of the standard library alone
    Python,
    /// A module of the standard library alone
    Go,
    /// A Maven artifact on Jackson
    Java,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum View {
    /// What a producer must emit
    Strict,
    /// What a consumer must accept
    Reader,
}

impl From<Name> for Language {
    fn from(name: Name) -> Self {
        match name {
            Name::Rust => Self::Rust,
            Name::TypeScript => Self::TypeScript,
            Name::Python => Self::Python,
            Name::Go => Self::Go,
            Name::Java => Self::Java,
        }
    }
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let (Some(language), Some(out)) = (arguments.language, &arguments.out) else {
        return list();
    };
    let mut options = Options::new(language.into());
    options.view = match arguments.view {
        View::Strict => DefaultView::Strict,
        View::Reader => DefaultView::Reader,
    };
    if let Some(name) = &arguments.package {
        options = options
            .named(name)
            .map_err(|message| Failure::new(Code::Usage, message))?;
    }
    let tree = arguments.source.tree()?;
    let files = package(&tree, &options).map_err(|errors| faulty("schemas", &errors))?;
    let folder = Folder::open(out).map_err(|error| unwritable(out, &error))?;
    if arguments.check {
        let difference = folder.difference(&files);
        print(&difference)?;
        return Ok(if difference.is_empty() {
            Code::Good
        } else {
            complain(&format!(
                "`{}` is stale: run `{}`",
                out.display(),
                options.command
            ));
            Code::Bad
        });
    }
    let foreign = folder.foreign(&files);
    if !foreign.is_empty() && !arguments.force {
        let message = format!(
            "`{}` has files of the same names that this command did not write:\n  {}\nchoose another folder, or overwrite them with --force",
            out.display(),
            foreign.join("\n  ")
        );
        return Err(Failure::new(Code::Usage, message));
    }
    let changes = folder
        .write(&files)
        .map_err(|error| unwritable(out, &error))?;
    let lines = changes.iter().map(|change| match change {
        Change::Missing(path) => format!("created {path}\n"),
        Change::Stale(path) => format!("updated {path}\n"),
        Change::Stray(path) => format!("removed {path}\n"),
    });
    print(&lines.collect::<String>())
}

fn list() -> Result<Code, Failure> {
    let mut lines = format!(
        "{:12}{:14}{:66}{}\n",
        "language", "proof", "runtime", "decimal"
    );
    for language in Language::ALL {
        let (name, runtime, decimal) = (language.name(), language.runtime(), language.decimal());
        lines += &format!("{name:12}{:14}{runtime:66}{decimal}\n", language.proof());
    }
    print(&lines)
}

fn unwritable(folder: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::Usage, format!("`{}`: {error}", folder.display()))
}
