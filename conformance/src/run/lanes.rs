//! Cases on their instances: those of one instance after each other, instances beside each other.

use std::sync::Arc;

use super::{Error, Options, Progress, aside};
use crate::case::{Case, Instance};
use crate::conduct::conduct;
use crate::scene::Scene;
use crate::stage::{Shared, Stage};
use crate::target::{self, Place};

/// Does all cases: those of one instance after each other, instances beside each other.
pub(super) async fn play(
    cases: &[Case],
    shared: &Arc<Shared>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Vec<Option<Scene>>, Error> {
    let done: Vec<(usize, &Case)> = cases
        .iter()
        .enumerate()
        .filter(|(_, case)| aside(case, options).is_none())
        .collect();
    let of = |instance: Instance| -> Vec<(usize, &Case)> {
        let ours = done.iter().filter(|(_, case)| case.instance == instance);
        ours.copied().collect()
    };
    if matches!(options.place, Place::Url(_)) {
        // There is one component, and it has one sink.
        let all = of(Instance::Shared)
            .into_iter()
            .chain(of(Instance::Delivery))
            .chain(of(Instance::Slow));
        let scenes = together(all.collect(), shared, progress).await?;
        return Ok(in_place(cases.len(), scenes));
    }
    let (main, delivery, slow, own) = tokio::join!(
        together(of(Instance::Shared), shared, progress),
        together(of(Instance::Delivery), shared, progress),
        together(of(Instance::Slow), shared, progress),
        apart(of(Instance::Own), shared, progress),
    );
    let scenes = main?.into_iter().chain(delivery?).chain(slow?).chain(own?);
    Ok(in_place(cases.len(), scenes))
}

/// What the cases came to, each in the place of its case.
fn in_place(cases: usize, scenes: impl IntoIterator<Item = (usize, Scene)>) -> Vec<Option<Scene>> {
    let mut places: Vec<Option<Scene>> = (0..cases).map(|_| None).collect();
    for (index, scene) in scenes {
        places[index] = Some(scene);
    }
    places
}

type Scenes = Result<Vec<(usize, Scene)>, target::Error>;

/// Cases on one instance, one after another.
async fn together(
    lane: Vec<(usize, &Case)>,
    shared: &Arc<Shared>,
    progress: &dyn Progress,
) -> Scenes {
    if lane.is_empty() {
        return Ok(Vec::new());
    }
    let mut stage = Stage::open(shared).await?;
    let mut scenes = Vec::new();
    for (index, case) in lane {
        scenes.push((index, conduct(case, &mut stage).await?));
        progress.done(case);
    }
    stage.close().await;
    Ok(scenes)
}

/// Cases on an instance each, one after another.
async fn apart(lane: Vec<(usize, &Case)>, shared: &Arc<Shared>, progress: &dyn Progress) -> Scenes {
    let mut scenes = Vec::new();
    for (index, case) in lane {
        let mut stage = Stage::open(shared).await?;
        scenes.push((index, conduct(case, &mut stage).await?));
        stage.close().await;
        progress.done(case);
    }
    Ok(scenes)
}
