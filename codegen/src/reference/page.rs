//! Pages of the reference: templates filled with it.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};

use super::{Event, Reference};
use crate::output;

/// The templates, by the ending of what they make.
const TEMPLATES: [(&str, &str); 4] = [
    (
        "event.md",
        include_str!("../../templates/reference/event.md.jinja"),
    ),
    (
        "definitions.md",
        include_str!("../../templates/reference/definitions.md.jinja"),
    ),
    (
        "event.txt",
        include_str!("../../templates/reference/event.txt.jinja"),
    ),
    (
        "reference.html",
        include_str!("../../templates/reference/reference.html.jinja"),
    ),
];

/// A Markdown page for each event type, one for the definitions, and a list of all; by file name.
///
/// # Errors
/// When a template does not fit, which is a fault of this crate.
pub fn markdown(reference: &Reference) -> Result<Vec<(String, String)>, minijinja::Error> {
    let environment = environment()?;
    let comment = format!("<!-- {} -->", output::header("schemas/"));
    let mut pages = Vec::new();
    let template = environment.get_template("event.md")?;
    for event in &reference.events {
        let page =
            template.render(context! { comment => comment.clone(), event => Serde(event) })?;
        pages.push((format!("{}.md", event.name), page));
    }
    let template = environment.get_template("definitions.md")?;
    let page = template.render(context! { comment, reference => Serde(reference) })?;
    pages.push(("README.md".to_owned(), page));
    Ok(pages)
}

/// One page with everything, that loads nothing else.
///
/// # Errors
/// When the template does not fit, which is a fault of this crate.
pub fn html(reference: &Reference) -> Result<String, minijinja::Error> {
    let comment = output::header("schemas/");
    environment()?
        .get_template("reference.html")?
        .render(context! { comment, reference => Serde(reference) })
}

/// One event type for a terminal.
///
/// # Errors
/// When the template does not fit, which is a fault of this crate.
pub fn text(event: &Event) -> Result<String, minijinja::Error> {
    environment()?
        .get_template("event.txt")?
        .render(context! { event => Serde(event) })
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    let syntax = syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.add_filter("cell", |text: String| text.replace('|', "\\|"));
    environment.add_filter("pad", |text: String, width: usize| format!("{text:width$}"));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}
