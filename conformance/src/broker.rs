//! Brokers: the table of what Knative's specification, its broker on Kafka and its broker on channels do, row by row.
//!
//! A row has a broker of its own. It is set up through the Kubernetes API's objects, is sent events, and is judged by what
//! its subscribers got. Three verdicts a row say on which broker a component that relies on it would work; the one of
//! the class under judgement counts.

mod driver;
mod holds;
mod message;
mod play;
pub mod row;
mod subscribers;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::case::{Case, Level};
use crate::judge::set_aside;
use crate::report::{CheckResult, RowResult, Verdict, Violation};
use crate::run::{Error, Options, Progress};
use crate::target::Place;
use holds::{Holds, holds};
use play::{Ground, Seen, play};
use row::{Against, Need, Row};
use subscribers::Subscribers;

/// Rows beside each other: mostly they wait.
const AT_ONCE: usize = 16;

/// What a run came to.
pub(crate) struct Judged {
    pub(crate) checks: Vec<CheckResult>,
    /// Requests that reached subscribers.
    pub(crate) arrivals: usize,
    /// Events that were posted.
    pub(crate) sent: usize,
}

/// Plays the rows of all cases, and judges them.
pub(crate) async fn judge_broker(
    cases: &[Case],
    options: &Options,
    files: &Path,
    token: &str,
    telemetry: String,
    progress: &dyn Progress,
) -> Result<Judged, Error> {
    let listen = options
        .sink_listen
        .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let subscribers = Subscribers::start(listen).await;
    let subscribers = Arc::new(subscribers.map_err(|source| Error::System {
        what: listen.to_string(),
        source,
    })?);
    let ground = Arc::new(Ground {
        place: options.place.clone(),
        class: options.class.clone(),
        against: Against::of_class(options.class.as_deref()),
        namespace: options.namespace.clone(),
        run: token.to_owned(),
        token: options.token.clone(),
        output: files.to_owned(),
        subscribers: Arc::clone(&subscribers),
        telemetry,
    });
    let seen = play_all(cases, options, &ground, progress).await;
    let checks = cases
        .iter()
        .zip(&seen)
        .map(|(case, seen)| judge(case, seen, options, ground.against))
        .collect();
    drop(ground);
    if let Ok(subscribers) = Arc::try_unwrap(subscribers) {
        subscribers.stop().await;
    }
    let all = || seen.iter().flatten().flatten();
    Ok(Judged {
        checks,
        arrivals: all().map(|seen| seen.arrivals.len()).sum(),
        sent: all().map(|seen| seen.sent.len()).sum(),
    })
}

/// What was seen of each row of each case; nothing of those that are set aside.
async fn play_all(
    cases: &[Case],
    options: &Options,
    ground: &Arc<Ground>,
    progress: &dyn Progress,
) -> Vec<Vec<Option<Seen>>> {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    let mut seen: Vec<Vec<Option<Seen>>> = Vec::new();
    let mut number = 0;
    for (case_at, case) in cases.iter().enumerate() {
        seen.push(case.rows.iter().map(|_| None).collect());
        for (row_at, row) in case.rows.iter().enumerate() {
            if aside(row, options).is_some() {
                continue;
            }
            let (slots, ground, row) = (Arc::clone(&slots), Arc::clone(ground), row.clone());
            let name = format!("{}-{}", case.id, row.id);
            number += 1;
            playing.spawn(async move {
                let _slot = slots.acquire_owned().await;
                let seen = Box::pin(play(&row, &name, number, &ground)).await;
                (case_at, row_at, seen)
            });
        }
    }
    let mut left: Vec<usize> = cases.iter().map(|case| case.rows.len()).collect();
    while let Some(played) = playing.join_next().await {
        match played {
            Ok((case_at, row_at, one)) => {
                seen[case_at][row_at] = Some(one);
                left[case_at] -= 1;
                if left[case_at] == 0 {
                    progress.done(&cases[case_at]);
                }
            }
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    seen
}

/// Why a row is not played.
fn aside(row: &Row, options: &Options) -> Option<&'static str> {
    let claims = |feature: &str| options.claims.iter().any(|claim| claim == feature);
    match row.needs? {
        Need::Process if matches!(options.place, Place::Url(_)) => {
            Some("it needs a process that may be killed")
        }
        Need::Replay if !claims("replay") => Some("the broker does not claim `replay`"),
        Need::Oidc if options.token.is_none() => Some("there is no token to show"),
        _ => None,
    }
}

fn judge(case: &Case, seen: &[Option<Seen>], options: &Options, against: Against) -> CheckResult {
    let is_must = case.level == Level::Must || options.strict;
    let rows: Vec<RowResult> = case
        .rows
        .iter()
        .zip(seen)
        .map(|(row, seen)| row_result(case, row, seen.as_ref(), options, against, is_must))
        .collect();
    let mut check = set_aside(case, Verdict::Pass, "");
    check.hint.clone_from(&case.hint);
    check.rows = rows;
    check.sum_up();
    check
}

fn row_result(
    case: &Case,
    row: &Row,
    seen: Option<&Seen>,
    options: &Options,
    against: Against,
    is_must: bool,
) -> RowResult {
    let mut result = RowResult {
        id: format!("{}/{}", case.id, row.id),
        title: row.title.clone(),
        verdict: Verdict::Skip,
        spec: Verdict::Skip,
        kafka: Verdict::Skip,
        mt: Verdict::Skip,
        reason: aside(row, options).unwrap_or_default().to_owned(),
        violations: Vec::new(),
    };
    let Some(seen) = seen else {
        return result;
    };
    let verdict = |against: Against| match holds(row, against, seen) {
        Holds::Yes => Verdict::Pass,
        Holds::Not(_) => Verdict::Fail,
        Holds::Open => Verdict::Info,
    };
    result.spec = verdict(Against::Spec);
    result.kafka = verdict(Against::Kafka);
    result.mt = verdict(Against::Mt);
    result.verdict = match verdict(against) {
        Verdict::Fail if !is_must => Verdict::Warn,
        other => other,
    };
    if let Holds::Not(missed) = holds(row, against, seen) {
        result.violations = missed
            .into_iter()
            .map(|missed| Violation::shown(missed, &evidence(seen)))
            .collect();
    }
    result
}

/// What came, a line each: enough to see where it went wrong.
fn evidence(seen: &Seen) -> String {
    let begun = seen.arrivals.first().map(|first| first.at);
    let mut text = String::new();
    for (id, reply) in &seen.replies {
        let status = match &reply.status {
            Ok(status) => status.to_string(),
            Err(problem) => problem.clone(),
        };
        text.push_str(&format!("sent {id}: {status}\n"));
    }
    for arrival in &seen.arrivals {
        let after = begun.map_or(0, |begun| (arrival.at - begun).as_millis());
        let status = arrival
            .answered
            .map_or_else(|| "no answer".to_owned(), |(_, status)| status.to_string());
        let (to, event) = (&arrival.to, &arrival.event);
        text.push_str(&format!("+{after} ms {to} got {event}: {status}\n"));
    }
    text
}
