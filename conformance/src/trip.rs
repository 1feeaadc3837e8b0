//! What makes each role act: the default stimuli.

use std::sync::Arc;

use crate::case::{Manner, Outcome};
use crate::emission::Emission;
use crate::role::Role;
use crate::scene::{Attempt, Line};
use crate::stage::Stage;
use crate::stimulus::{BARS, Changes};

/// Bars after which a component that has never emitted anything is not worth more.
const FEW: usize = 40;

/// One attempt to make the role act on a symbol. Unless `keep`, the role is flat again afterwards. A strategy gets as many
/// bars as its twin, where there is one.
pub(crate) async fn provoke(
    stage: &Stage,
    case: &Arc<str>,
    line: &mut Line,
    manner: &Manner,
    keep: bool,
    twin: Option<usize>,
) -> Attempt {
    let mut attempt = Attempt::on(line);
    let from = stage.journal().count();
    match stage.shared.role {
        Role::Strategy => strategy(stage, case, line, manner, from, &mut attempt, twin).await,
        Role::Portfolio => portfolio(stage, case, line, manner, from, &mut attempt, keep).await,
        Role::Executor => executor(stage, case, line, manner, from, &mut attempt).await,
        Role::Sink => {
            let bar = stage.stimuli().wave(&line.symbol, line.day);
            line.day += 1;
            let sent = stage.deliver(case, bar, manner).await;
            attempt.deliveries.push(sent);
            attempt.cause = Some(sent);
        }
        Role::Source | Role::Broker => attempt.first = arrival(stage, from, |_| true).await,
        Role::Ingestor => {}
    }
    attempt
}

/// Waits for an emission of this instance.
pub(crate) async fn arrival(
    stage: &Stage,
    from: usize,
    wanted: impl Fn(&Emission) -> bool,
) -> Option<usize> {
    let of_instance = |emission: &Emission| emission.instance == stage.number && wanted(emission);
    let found = stage
        .journal()
        .wait(from, stage.patience(), of_instance)
        .await;
    if found.is_none() {
        stage.had_its_time();
    }
    found
}

/// Learns how long after its answer the component acted, where nothing kept it from acting.
pub(crate) fn learn(stage: &Stage, attempt: &Attempt) {
    let journal = stage.journal();
    let first = attempt.first.and_then(|number| journal.emission(number));
    let cause = attempt.cause.and_then(|number| journal.delivery(number));
    if let (Some(first), Some(cause)) = (first, cause) {
        let answered = cause.at + cause.took;
        stage.shared.habits.acted(first.at.saturating_sub(answered));
    }
}

fn about(symbol: &str) -> impl Fn(&Emission) -> bool {
    move |emission| emission.symbol().as_deref() == Some(symbol)
}

/// Bars until there is a signal: as many as its twin had, else as many as have made the component act before. One that
/// posts some time after its answer would be flooded otherwise, and a symbol would not get what the other got.
async fn strategy(
    stage: &Stage,
    case: &Arc<str>,
    line: &mut Line,
    manner: &Manner,
    from: usize,
    attempt: &mut Attempt,
    twin: Option<usize>,
) {
    let most = if stage.is_fruitless() { FEW } else { BARS };
    let symbol = line.symbol.clone();
    let habits = &stage.shared.habits;
    let enough = twin.or_else(|| habits.inputs(attempt.day));
    for nth in 1..=most {
        let bar = stage.stimuli().wave(&symbol, line.day);
        line.day += 1;
        let sent = stage.deliver(case, bar, manner).await;
        attempt.deliveries.push(sent);
        if enough.is_some_and(|enough| nth < enough) {
            continue;
        }
        attempt.first = stage.journal().find(from, about(&symbol));
        if attempt.first.is_none() && enough == Some(nth) {
            attempt.first = arrival(stage, from, about(&symbol)).await;
        }
        let unanswered = stage
            .journal()
            .delivery(sent)
            .is_none_or(|delivery| delivery.status().is_none());
        // No answer is a failure already; hundreds of them would only take their time.
        if attempt.first.is_some() || unanswered {
            break;
        }
    }
    if attempt.first.is_none() {
        attempt.first = arrival(stage, from, about(&symbol)).await;
    }
    attempt.cause = cause(stage, attempt);
    let of_cause = |number: &usize| Some(*number) == attempt.cause;
    if let (Some(_), Some(nth)) = (attempt.first, attempt.deliveries.iter().position(of_cause)) {
        habits.acted_after(attempt.day, nth + 1);
    }
}

/// The delivery that an emission names as its cause, else the last one before it.
fn cause(stage: &Stage, attempt: &Attempt) -> Option<usize> {
    let emission = stage.journal().emission(attempt.first?)?;
    let named = emission.attribute("causationid");
    let is_named = |number: &&usize| {
        stage
            .journal()
            .delivery(**number)
            .and_then(|delivery| delivery.event)
            .is_some_and(|event| Some(&event.id) == named.as_ref())
    };
    attempt
        .deliveries
        .iter()
        .find(is_named)
        .or(attempt.deliveries.last())
        .copied()
}

/// A LONG signal until there is an order, which is answered.
pub(crate) async fn order(stage: &Stage, case: &Arc<str>, line: &mut Line) -> Attempt {
    let mut attempt = Attempt::on(line);
    let from = stage.journal().count();
    signal(
        stage,
        case,
        line,
        &Manner::default(),
        from,
        &mut attempt,
        false,
    )
    .await;
    attempt
}

/// A bar and a LONG signal until there is an order.
async fn portfolio(
    stage: &Stage,
    case: &Arc<str>,
    line: &mut Line,
    manner: &Manner,
    from: usize,
    attempt: &mut Attempt,
    keep: bool,
) {
    let bar = stage.stimuli().bar(&line.symbol, line.day, &Changes::new());
    line.day += 1;
    attempt
        .deliveries
        .push(stage.deliver(case, bar, manner).await);
    signal(stage, case, line, manner, from, attempt, keep).await;
}

async fn signal(
    stage: &Stage,
    case: &Arc<str>,
    line: &mut Line,
    manner: &Manner,
    from: usize,
    attempt: &mut Attempt,
    keep: bool,
) {
    line.nth += 1;
    let signal = stage
        .stimuli()
        .signal(&line.symbol, line.day, line.nth, &Changes::new());
    let sent = stage.deliver(case, signal, manner).await;
    attempt.deliveries.push(sent);
    attempt.cause = Some(sent);
    attempt.first = arrival(stage, from, about(&line.symbol)).await;
    // Every order has an answer: a portfolio may wait for it, and its cash is finite.
    if let Some(order) = attempt
        .first
        .and_then(|order| stage.journal().emission(order))
        && !keep
    {
        let answer = stage.stimuli().execution(
            &order,
            Outcome::Rejected,
            (line.day, line.nth),
            &Changes::new(),
        );
        let plain = Manner::default();
        attempt
            .deliveries
            .push(stage.deliver(case, answer, &plain).await);
    }
}

/// An order between two bars until its last execution.
async fn executor(
    stage: &Stage,
    case: &Arc<str>,
    line: &mut Line,
    manner: &Manner,
    from: usize,
    attempt: &mut Attempt,
) {
    let symbol = line.symbol.clone();
    let before = stage.stimuli().bar(&symbol, line.day, &Changes::new());
    line.day += 1;
    attempt
        .deliveries
        .push(stage.deliver(case, before, manner).await);
    line.nth += 1;
    let order = stage
        .stimuli()
        .order(&symbol, line.day, line.nth, &Changes::new());
    let sent = stage.deliver(case, order, manner).await;
    attempt.deliveries.push(sent);
    attempt.cause = Some(sent);
    let after = stage.stimuli().bar(&symbol, line.day, &Changes::new());
    line.day += 1;
    attempt
        .deliveries
        .push(stage.deliver(case, after, manner).await);
    let ended = |emission: &Emission| about(&symbol)(emission) && is_last(emission);
    let last = attempt.deliveries.last();
    let has_bar = last
        .and_then(|number| stage.journal().delivery(*number))
        .is_some_and(|sent| sent.status().is_some());
    // One that has not even answered the bar, such as one that was asked to end, fills nothing on it.
    if has_bar {
        arrival(stage, from, ended).await;
    }
    attempt.first = stage.journal().find(from, about(&symbol));
}

/// Whether an execution ends its order.
fn is_last(emission: &Emission) -> bool {
    matches!(
        emission.member("Status"),
        Some("FILLED" | "CANCELED" | "EXPIRED" | "REJECTED")
    )
}
