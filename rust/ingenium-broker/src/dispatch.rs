//! Which delivery comes next.

mod fifo;
mod lane;
mod step;

use std::sync::Arc;
use std::time::Duration;

use tracing::error;

use crate::config::Mode;
use crate::core::Core;
use crate::store::{Command, Note, Settlement, State};

/// How long dispatch waits for a store that fails.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Makes deliveries from the start of dispatch until the broker stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut failed = core.failed.clone();
    let stop_on_failure = async {
        // A store that fails for good ends dispatch: what cannot be written down is not done.
        if failed.wait_for(Option::is_some).await.is_ok() {
            core.stop.request();
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased; // dispatch ends by itself once it is asked to
        () = dispatch(Arc::clone(&core)) => {}
        () = stop_on_failure => {}
    }
}

async fn dispatch(core: Arc<Core>) {
    let mut started = core.started.subscribe();
    tokio::select! {
        biased; // a stopping broker starts nothing
        () = core.stop.requested() => return,
        // The sender lives in the core.
        _ = started.wait_for(|started| *started) => {}
    }
    match &core.config.mode {
        Mode::Fifo => fifo::run(core).await,
        Mode::Step { input_source } => {
            let input_source = input_source.clone();
            step::run(core, &input_source).await;
        }
    }
}

/// Writes down what became of a delivery; `None` when the broker stops before a reply is stored.
async fn settle(core: &Core, trigger: &str, offset: u64, settlement: Settlement) -> Option<State> {
    if settlement.reply.is_none() {
        let state = settlement.state;
        let trigger = trigger.to_owned();
        core.settled(&trigger, state);
        core.note(Note::Settled {
            trigger,
            offset,
            settlement,
        })
        .await;
        return Some(state);
    }
    loop {
        let (name, settlement) = (trigger.to_owned(), settlement.clone());
        let asked = core
            .ask(|answer| Command::Reply {
                trigger: name,
                offset,
                settlement,
                answer,
            })
            .await;
        match asked {
            Ok(state) => {
                core.settled(trigger, state);
                return Some(state);
            }
            Err(error) => pause(core, &error).await?,
        }
    }
}

/// Waits before the store is tried again; `None` when the broker stops.
async fn pause(core: &Core, error: &crate::Error) -> Option<()> {
    error!(error = %error, "store failed, trying again");
    tokio::select! {
        biased; // a stopping broker waits for nobody
        () = core.stop.requested() => None,
        () = tokio::time::sleep(STORE_PAUSE) => Some(()),
    }
}
