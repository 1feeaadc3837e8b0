//! `ingenium schema explain`: what a rule means.

use ingenium_codegen::compat::CHANGES;
use ingenium_codegen::lint::RULES;

use super::write::print;
use crate::exit::{Code, Failure};

/// Explain a rule of the lint, or a kind of change; without one list all
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema explain ING-L-REGEX-RE2
  $ ingenium schema explain")]
pub(crate) struct Arguments {
    /// The id: ING-L-… or ING-B-…
    rule: Option<String>,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let Some(id) = &arguments.rule else {
        let rules = RULES.iter().map(|rule| (rule.id, rule.summary));
        let changes = CHANGES.iter().map(|kind| (kind.id(), kind.summary()));
        let lines: Vec<String> = rules
            .chain(changes)
            .map(|(id, summary)| format!("{id:32}  {summary}\n"))
            .collect();
        return print(&lines.concat());
    };
    let wanted = id.to_ascii_uppercase();
    if let Some(rule) = RULES.iter().find(|rule| rule.id == wanted) {
        return print(&format!(
            "{}: {}\n\nWhy   {}\nBad   {}\nGood  {}\nFix   {}\n",
            rule.id, rule.summary, rule.why, rule.bad, rule.good, rule.fix
        ));
    }
    if let Some(kind) = CHANGES.iter().find(|kind| kind.id() == wanted) {
        return print(&format!(
            "{}: {}\n\nEffect  {}\n",
            kind.id(),
            kind.summary(),
            kind.effect()
        ));
    }
    let message = format!("`{id}` is no rule; list them with `ingenium schema explain`");
    Err(Failure::new(Code::Usage, message))
}
