//! The whole default series, its prefixes, and its replay in a fresh process.

use super::Conductor;
use crate::case::{Manner, Step};
use crate::emission::Emission;
use crate::scene::Prefix;
use crate::stage::Stage;
use crate::stimulus::{BARS, Changes, FIRST_DAY};
use crate::target::Error;
use serde_json::json;
use std::time::Duration;

/// After the last bar of a series: signals of a component that posts on its own time.
const AFTERWARDS: Duration = Duration::from_millis(150);
const AFTERWARDS_AT_MOST: Duration = Duration::from_secs(2);

/// How many fresh processes run at once.
const AT_ONCE: usize = 4;

/// Where a prefix may end: not before a fast strategy has acted for the first time.
const FIRST_CUT: usize = 20;

pub(super) async fn play(conductor: &mut Conductor<'_>, step: &Step) -> Result<(), Error> {
    match step {
        Step::Series {
            symbol,
            bars,
            interleaved_with,
            deliveries,
            unfinished,
            manner,
        } => {
            let plan = Plan {
                bars: bars.unwrap_or(BARS),
                deliveries: *deliveries,
                unfinished: *unfinished,
                manner,
            };
            series(conductor, symbol, interleaved_with.as_deref(), &plan).await;
            Ok(())
        }
        Step::Prefixes { cuts } => prefixes(conductor, *cuts).await,
        Step::Replay => {
            let bars = conductor.scene.series;
            let prefix = prefix(conductor, bars).await?;
            conductor.scene.replay = Some(prefix.instance);
            Ok(())
        }
        _ => Ok(()),
    }
}

struct Plan<'a> {
    bars: usize,
    deliveries: usize,
    unfinished: bool,
    manner: &'a Manner,
}

async fn series(conductor: &mut Conductor<'_>, letter: &str, other: Option<&str>, plan: &Plan<'_>) {
    let mut line = conductor.line(letter);
    conductor.keep_line(letter, line.clone());
    let mut others = other.map(|letter| (letter.to_owned(), conductor.line(letter)));
    if let Some((letter, line)) = &others {
        conductor.keep_line(letter, line.clone());
    }
    let bars = if conductor.stage.is_fruitless() {
        plan.bars.min(40)
    } else {
        plan.bars
    };
    for _ in 0..bars {
        if let Some((_, other)) = &mut others {
            // Another market: the same wave, half a period later.
            let bar = conductor
                .stage
                .stimuli()
                .wave(&other.symbol, other.day + 30);
            other.day += 1;
            conductor
                .stage
                .deliver(&conductor.name, bar, &Manner::default())
                .await;
        }
        if plan.unfinished {
            let changes = Changes::from([
                ("Final".to_owned(), json!(false)),
                ("Close".to_owned(), json!("10.25")),
            ]);
            let bar = conductor
                .stage
                .stimuli()
                .bar(&line.symbol, line.day, &changes);
            conductor
                .stage
                .deliver(&conductor.name, bar, plan.manner)
                .await;
        }
        let bar = conductor.stage.stimuli().wave(&line.symbol, line.day);
        line.day += 1;
        let sent = conductor
            .stage
            .deliver(&conductor.name, bar, plan.manner)
            .await;
        for _ in 1..plan.deliveries {
            conductor.stage.repeat(&conductor.name, sent).await;
        }
    }
    settle(conductor.stage).await;
    conductor.scene.series = conductor.scene.series.max(bars);
    conductor.keep_line(letter, line);
    if let Some((letter, line)) = others {
        conductor.keep_line(&letter, line);
    }
}

/// Lets a component that posts on its own time finish.
async fn settle(stage: &Stage) {
    let emitted = stage
        .journal()
        .find(0, |emission: &Emission| emission.instance == stage.number);
    if emitted.is_none() {
        crate::trip::arrival(stage, 0, |_| true).await;
    }
    stage
        .journal()
        .quiet(stage.number, AFTERWARDS, AFTERWARDS_AT_MOST)
        .await;
}

async fn prefixes(conductor: &mut Conductor<'_>, cuts: usize) -> Result<(), Error> {
    let last = conductor.scene.series;
    if conductor.stage.is_fruitless() || last <= FIRST_CUT {
        return Ok(()); // nothing was emitted: there is nothing to compare
    }
    let lengths: Vec<usize> = (0..cuts)
        .map(|cut| FIRST_CUT + (last - FIRST_CUT) * cut / cuts)
        .collect();
    for lengths in lengths.chunks(AT_ONCE) {
        let running = lengths.iter().map(|bars| prefix(conductor, *bars));
        for done in futures_util::future::join_all(running).await {
            conductor.scene.prefixes.push(done?);
        }
    }
    Ok(())
}

/// A fresh process that sees the first `bars` bars of the case's series.
async fn prefix(conductor: &Conductor<'_>, bars: usize) -> Result<Prefix, Error> {
    let stage = Stage::open(&conductor.stage.shared).await?;
    let symbol = stage.stimuli().symbol(&conductor.scene.case, "A");
    for day in FIRST_DAY..FIRST_DAY + bars {
        let bar = stage.stimuli().wave(&symbol, day);
        stage
            .deliver(&conductor.name, bar, &Manner::default())
            .await;
    }
    stage
        .journal()
        .quiet(stage.number, AFTERWARDS, AFTERWARDS_AT_MOST)
        .await;
    let instance = stage.number;
    stage.close().await;
    Ok(Prefix { bars, instance })
}
