//! Templates to files.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::contract::Contract;
use super::grammar::Grammar;
use super::pattern::Dialect;
use super::rules::RULES;
use super::text;
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::Model;
use crate::output::{self, FileSet};
use crate::package::Options;

const CATALOG: &str = "schemas/catalog.json";

/// A template and the file that it makes.
pub(super) type Template = (&'static str, &'static str);

/// Makes the files of one package.
pub(super) struct Renderer {
    pub(super) environment: Environment<'static>,
    pub(super) contract: Contract,
    shared: Value,
    command: String,
    files: FileSet,
}

impl Renderer {
    /// A renderer whose templates may include the parts.
    pub(super) fn new(
        model: &Model,
        schemas: &[Json],
        options: &Options,
        dialect: Dialect,
        package: Value,
    ) -> Result<Self, Errors> {
        let contract = Contract::new(model, schemas, dialect)?;
        let grammar = Grammar::new(dialect).map_err(|message| fault(&message))?;
        let rules: Vec<Value> = RULES
            .iter()
            .map(|&(id, sentence)| context! { id, sentence })
            .collect();
        Ok(Self {
            environment: environment().map_err(|error| fault(&chain(&error)))?,
            shared: context! {
                contract => Serde(&contract),
                grammar => Serde(&grammar),
                rules,
                facts => Serde(&contract.facts()),
                component => contract.has_strategy(),
                package,
                command => options.command.as_str(),
                view => options.view.as_str(),
            },
            contract,
            command: options.command.clone(),
            files: FileSet::default(),
        })
    }

    /// Adds a template, or a part that templates include.
    pub(super) fn template(&mut self, (name, source): Template) -> Result<(), Errors> {
        let added = self.environment.add_template(name, source);
        added.map_err(|error| fault(&chain(&error)).into())
    }

    /// Renders the catalog-wide template `name` to `path`.
    pub(super) fn render(&mut self, name: &str, path: &str) -> Result<(), Errors> {
        self.render_from(name, path, CATALOG, Value::UNDEFINED)
    }

    /// Renders the template `name` for one of the contract's parts, which stands in `source`.
    pub(super) fn render_from(
        &mut self,
        name: &str,
        path: &str,
        source: &str,
        part: Value,
    ) -> Result<(), Errors> {
        let header = output::header_by(&self.command, source);
        let shared = self.shared.clone();
        let template = self.environment.get_template(name);
        let rendered = template
            .and_then(|template| template.render(context! { header, part, ..shared }))
            .map_err(|error| fault(&format!("{path}: {}", chain(&error))))?;
        self.files.insert(path, rendered);
        Ok(())
    }

    /// The files.
    pub(super) fn finish(self) -> FileSet {
        self.files
    }
}

/// A template that does not fit is a fault of this crate; the catalog is what it was filled with.
fn fault(message: &str) -> Error {
    Error::new(rule::CATALOG, CATALOG, "", message)
}

fn chain(error: &minijinja::Error) -> String {
    format!("{error:#}")
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    let syntax = syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_template(
        "common",
        include_str!("../../templates/readme/common.jinja"),
    )?;
    environment.add_filter("literal", |value: String| text::literal(&value));
    environment.add_filter("snake", |value: String| text::snake(&value));
    environment.add_filter("camel", |value: String| text::camel(&value));
    environment.add_filter("pascal", |value: String| text::title(&value));
    environment.add_filter("wrap", |value: String, width: usize| {
        text::wrap(&value, width)
    });
    Ok(environment)
}
