//! SIGTERM under load, again and again, as a rolling restart does it.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bench::Bench;
use super::process::Process;
use super::report::{Report, row};
use super::scene;
use super::subscriber::{Failing, Subscriber};
use super::wire::{self, Connection};

/// A process has so long after SIGTERM.
const END: Duration = Duration::from_secs(10);

/// How long every answer of one subscriber takes: there is always a delivery that the drain has to wait for.
const SLOW: Duration = Duration::from_millis(120);

/// What was seen of the ends.
#[derive(Default)]
struct Ends {
    longest: Duration,
    total: Duration,
}

pub(super) fn run(bench: &Bench, restarts: u32) -> Result<Report, String> {
    let folder = bench.folder("term")?;
    let subscribers = [
        Subscriber::bind("steady", Failing::Never, Duration::ZERO)?,
        Subscriber::bind("slow", Failing::Never, SLOW)?,
    ];
    let mut random = bench.random();
    let played = scene::play(
        &bench.program,
        &folder,
        &subscribers,
        &mut random,
        |process, ledger, random| {
            let mut process = process;
            let mut address = ledger.address().ok_or("no broker")?;
            let mut ends = Ends::default();
            for restart in 1..=restarts {
                let failed = |message: String| format!("restart {restart}: {message}");
                // There is load only once publishers have found the new process.
                let wanted = ledger.acknowledged() + random.u64(20..120);
                if !ledger.wait_acknowledged(wanted, Duration::from_secs(30)) {
                    return Err(failed("publishers get no answers".to_owned()));
                }
                let took = end(&mut process, address).map_err(failed)?;
                ends.longest = ends.longest.max(took);
                ends.total += took;
                ledger.moved(None);
                process = Process::start(&bench.program, &folder, &[])?;
                address = process.address()?;
                ledger.moved(Some(address));
            }
            Ok((process, ends))
        },
    )?;
    let (counts, ends) = (played.counts, played.result);
    let mean = ends.total.checked_div(restarts).unwrap_or_default();
    let table = vec![
        row([&"what", &"count"]),
        row([&"restarts by SIGTERM", &restarts]),
        row([&"exit status 0", &restarts]),
        row([
            &"`/readyz` 503 while connections were still served",
            &restarts,
        ]),
        row([&"mean time to the end", &format!("{} ms", mean.as_millis())]),
        row([
            &"longest time to the end",
            &format!("{} ms", ends.longest.as_millis()),
        ]),
        row([&"events acknowledged", &counts.acknowledged]),
        row([&"deliveries received", &counts.deliveries]),
        row([&"deliveries repeated", &counts.repeated]),
        row([
            &"**lost, stored twice, altered, out of order, never delivered**",
            &"**0**",
        ]),
    ];
    Ok(Report {
        title: "Orderly ends",
        text: "After SIGTERM readiness turns false first, open deliveries and requests have their time, and the process ends \
               with status 0 within 10 s. Nothing that was acknowledged is lost.\n\n\
               16 publishers as above; one subscriber takes 120 ms for every answer, so that each end finds open deliveries. \
               `/readyz` is asked without a pause on a connection that was opened before: it has to say 503 before that \
               connection ends, and never 200 again. The checker judges the whole as above."
            .to_owned(),
        table,
        command: format!("cargo xtask durability term --restarts {restarts}"),
    })
}

/// Ends a process, and watches its readiness; the time that it took.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a developer command"
)]
fn end(process: &mut Process, address: SocketAddr) -> Result<Duration, String> {
    let request = wire::request("GET", "/readyz", "", b"");
    let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
    let ready = connection
        .ask(&request)
        .map_err(|error| error.to_string())?;
    if ready.status() != Some(200) {
        return Err(format!("it is not ready: {}", ready.line));
    }
    let start = Instant::now();
    process.terminate()?;
    let mut is_unready = false;
    while let Ok(answer) = connection.ask(&request) {
        match answer.status() {
            Some(503) => is_unready = true,
            Some(200) if !is_unready => {}
            _ => return Err(format!("`/readyz` says `{}` after 503", answer.line)),
        }
        if answer.header("connection") == Some("close") {
            break;
        }
    }
    let status = wait(process, start)?;
    if !is_unready {
        return Err("`/readyz` never said 503".to_owned());
    }
    if status.code() != Some(0) {
        return Err(format!("it ends with {status}"));
    }
    Ok(start.elapsed())
}

fn wait(process: &mut Process, start: Instant) -> Result<ExitStatus, String> {
    loop {
        if let Some(status) = process.ended()? {
            return Ok(status);
        }
        if start.elapsed() > END {
            return Err(format!("it runs on for {END:?} after SIGTERM"));
        }
        sleep(Duration::from_millis(2));
    }
}
