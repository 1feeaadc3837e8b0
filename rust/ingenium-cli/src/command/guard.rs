//! `ingenium guard`: a command that lives no longer than whoever started it.
//!
//! A parent that is killed cannot end its children. This process holds the parent's pipe as its stdin, and ends the
//! command's whole process group when the pipe does.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

use ingenium_runtime::shutdown::Shutdown;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

use super::runtime;
use crate::exit::{Code, Failure};

/// How long the command may take to stop before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(9);

/// Run a command until stdin ends
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The command
    #[arg(value_name = "CMD", required = true, last = true)]
    command: Vec<String>,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    runtime()?.block_on(guard(&arguments.command))
}

async fn guard(command: &[String]) -> Result<Code, Failure> {
    let shutdown = Shutdown::on_signal(true).map_err(Failure::internal)?;
    let (program, arguments) = command
        .split_first()
        .map_or(("", &[][..]), |(program, arguments)| {
            (program.as_str(), arguments)
        });
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| {
            Failure::new(
                Code::Target,
                format!("cannot start `{}`: {error}", command.join(" ")),
            )
        })?;
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let signal = |signal| {
        // A group that has ended needs no signal.
        group.map(|group| kill_process_group(group, signal).ok());
    };
    let ended = tokio::select! {
        biased;
        status = child.wait() => Some(status.map_err(Failure::internal)?),
        () = shutdown.requested() => None,
    };
    let Some(status) = ended else {
        signal(Signal::TERM);
        drop(tokio::time::timeout(STOP_WITHIN, child.wait()).await);
        signal(Signal::KILL);
        return Ok(Code::Good);
    };
    // What it has started and left behind ends with it.
    signal(Signal::KILL);
    if status.success() {
        return Ok(Code::Good);
    }
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown end".to_owned(),
    };
    Err(Failure::new(
        Code::Bad,
        format!("`{}` ended: {how}", command.join(" ")),
    ))
}
