//! Which components run: the reference ones, and what `--component` puts in their places.

use super::children::{Component, Place};
use crate::command::tuning::Members;
use crate::exit::{Code, Failure};

/// Whether the configurations hold, and are of components that run.
pub(super) fn check_tuning(tuning: &Members, replaced: &[String]) -> Result<(), Failure> {
    for (role, members) in tuning {
        if replaced
            .iter()
            .any(|given| given.split('=').next() == Some(role))
        {
            let message =
                format!("--slippage and --config are about our {role}, which --component replaces");
            return Err(Failure::new(Code::Usage, message));
        }
        let name = if role == "executor" {
            "executor/paper"
        } else {
            "portfolio/long-only"
        };
        let checked = ingenium_components::actor(name, members);
        drop(checked.map_err(|error| Failure::new(Code::Usage, format!("{name}: {error}")))?);
    }
    Ok(())
}

/// The reference components, with those that `--component` names in their places.
pub(super) fn components(strategy: &str, given: &[String]) -> Result<[Component; 3], Failure> {
    let mut components = [
        ("executor", "executor/paper"),
        ("portfolio", "portfolio/long-only"),
        ("strategy", strategy),
    ]
    .map(|(name, registry)| Component {
        name,
        place: Place::Registry(registry.to_owned()),
    });
    for argument in given {
        let wrong = |problem: &str| {
            let message = format!(
                "--component `{argument}`: {problem}; expected ROLE=CMD or ROLE=URL, ROLE one of strategy, portfolio, executor"
            );
            Failure::new(Code::Usage, message)
        };
        let (role, place) = argument
            .split_once('=')
            .filter(|(_, place)| !place.trim().is_empty())
            .ok_or_else(|| wrong("it names no component"))?;
        let component = components
            .iter_mut()
            .find(|component| component.name == role)
            .ok_or_else(|| wrong("there is no such role here"))?;
        if !matches!(component.place, Place::Registry(_)) {
            return Err(wrong("the role was given before"));
        }
        component.place = if place.starts_with("http://") {
            Place::Url(place.to_owned())
        } else if place.starts_with("https://") {
            return Err(wrong("https is not spoken here"));
        } else {
            Place::Command(place.to_owned())
        };
    }
    Ok(components)
}
