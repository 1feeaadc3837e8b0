//! INT and TERM in the middle of a run: what it started ends with it.

use ingenium_runtime::shutdown::Shutdown;

use crate::command::runtime;
use crate::exit::{Code, Failure};

/// What is lost when a run is interrupted.
pub(super) const REPORT: &str = "interrupted: there is no report, and what was started is ended";

/// Waits for the work, or for a signal. The work is dropped then, and every process that it started is killed; what is
/// lost is said.
pub(super) fn unless_interrupted<T>(
    work: impl Future<Output = Result<T, Failure>>,
    lost: &str,
) -> Result<T, Failure> {
    // What tasks hold is dropped with the runtime, before the caller goes on.
    runtime()?.block_on(Box::pin(async {
        let shutdown = Shutdown::on_signal(false).map_err(Failure::internal)?;
        tokio::select! {
            done = work => done,
            () = shutdown.requested() => {
                let code = if shutdown.was_interrupt() { Code::Interrupted } else { Code::Terminated };
                Err(Failure::new(code, lost))
            }
        }
    }))
}
