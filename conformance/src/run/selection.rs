//! Which checks are judged, and what is done to the component for them.

use std::collections::BTreeSet;

use super::{Error, Options};
use crate::case::{Case, Expect, Fixture, Instance, Step, Stream, Trip};
use crate::catalogue;
use crate::report::Verdict;
use crate::role::Role;
use crate::target::Place;

/// What is done to the component, and which of it is judged.
pub(super) struct Selection {
    /// What is done, in the order of the catalogue.
    pub(super) cases: Vec<Case>,
    /// The ids of what was asked for.
    judged: BTreeSet<String>,
}

impl Selection {
    /// The cases of the role and the profile that were asked for, and what has to keep them company: a rule about
    /// everything that is emitted means everything, also when it is the only rule.
    pub(super) fn of(options: &Options) -> Result<Self, Error> {
        names_are_known(options)?;
        let named = |case: &Case| {
            options.only.is_empty()
                || options
                    .only
                    .iter()
                    .any(|name| case.id == *name || case.id.split('-').next() == Some(name))
        };
        let mut cases: Vec<Case> = catalogue::cases()
            .map_err(Error::Case)?
            .into_iter()
            .filter(|case| case.roles.contains(&options.role) && case.profile <= options.profile)
            .map(|case| case.of(options.role).claiming(&options.claims))
            .map(|case| {
                if options.strict {
                    case.strictly()
                } else {
                    case
                }
            })
            .collect();
        let asked_for = || cases.iter().filter(|case| named(case));
        let judged: BTreeSet<String> = asked_for().map(|case| case.id.clone()).collect();
        if judged.is_empty() {
            return Err(Error::Nothing {
                role: options.role,
                profile: options.profile,
                only: options.only.clone(),
            });
        }
        if !asked_for().any(is_about_everything) {
            cases.retain(|case| judged.contains(&case.id));
        }
        if cases.iter().all(|case| case.steps.is_empty())
            && let Some(first) = cases.first_mut()
        {
            // Rules about emissions want some, also where no case brings them about.
            first.steps = default_steps(options.role);
        }
        Ok(Self { cases, judged })
    }

    /// Whether a case was asked for.
    pub(super) fn is_judged(&self, case: &Case) -> bool {
        self.judged.contains(&case.id)
    }
}

/// What is named and does not exist would be passed over without a word: a check, a claim, a known failure.
fn names_are_known(options: &Options) -> Result<(), Error> {
    let cases = catalogue::cases().map_err(Error::Case)?;
    let is_check = |id: &str| cases.iter().any(|case| case.id == id);
    let is_family = |id: &str| {
        let families = cases.iter().filter_map(|case| case.id.split('-').next());
        families.into_iter().any(|family| family == id)
    };
    let is_row = |id: &str| {
        let (check, row) = id.split_once('/').unwrap_or_default();
        let of_check = cases.iter().find(|case| case.id == check);
        of_check.is_some_and(|case| case.rows.iter().any(|one| one.id == row))
    };
    let shown = "`ingenium conform list` shows them";
    if let Some(id) = options
        .only
        .iter()
        .find(|id| !is_check(id) && !is_family(id))
    {
        return Err(Error::Usage(format!(
            "there is no check or family `{id}`; {shown}"
        )));
    }
    let known = options.baseline.known.iter().map(|known| known.id.as_str());
    if let Some(id) = known.into_iter().find(|id| !is_check(id) && !is_row(id)) {
        return Err(Error::Usage(format!(
            "the baseline names `{id}`, and there is no such check or row; {shown}"
        )));
    }
    let claims = catalogue::claims(&cases);
    if let Some(claim) = options
        .claims
        .iter()
        .find(|claim| !claims.contains(claim.as_str()))
    {
        let claims: Vec<&str> = claims.into_iter().collect();
        return Err(Error::Usage(format!(
            "`{claim}` is nothing that a component can claim: use {}",
            claims.join(", ")
        )));
    }
    Ok(())
}

/// Whether a case looks at every emission of the run, not only at those that it brought about.
pub(super) fn is_about_everything(case: &Case) -> bool {
    let about = |expect: &Expect| matches!(expect, Expect::Stream(_) | Expect::NoFinding { .. });
    case.expect.iter().any(about)
}

/// What makes a role emit something.
fn default_steps(role: Role) -> Vec<Step> {
    if role == Role::Ingestor {
        return vec![Step::Ingest {
            fixture: Fixture::Clean,
            name: "one".to_owned(),
        }];
    }
    vec![Step::Provoke(Trip {
        symbol: "A".to_owned(),
        times: Some(2),
        ..Trip::default()
    })]
}

/// Why a case is not done to this component; `None` where it is.
pub(super) fn aside(case: &Case, options: &Options) -> Option<(Verdict, String)> {
    let claims = |feature: &String| options.claims.contains(feature);
    if let Some(feature) = &case.claimed
        && !claims(feature)
    {
        let reason = format!("the component does not claim `{feature}`");
        return Some((Verdict::Skip, reason));
    }
    if let Some(feature) = &case.unless_claimed
        && claims(feature)
    {
        let reason = format!("the component claims `{feature}`");
        return Some((Verdict::Skip, reason));
    }
    if case.instance == Instance::Own && matches!(options.place, Place::Url(_)) {
        let reason = "it needs a process of its own, and a component at a URL is not ours to start";
        return Some((Verdict::Skip, reason.to_owned()));
    }
    let overrides = |expect: &Expect| matches!(expect, Expect::Stream(Stream::Overrides));
    if case.expect.iter().any(overrides) && matches!(options.place, Place::Url(_)) {
        let reason =
            "K_CE_OVERRIDES is given to what the runner starts, and a component at a URL is not";
        return Some((Verdict::Skip, reason.to_owned()));
    }
    None
}
