//! Components that mean harm to whoever judges them. Each does one thing that has brought down a test runner somewhere.

#![expect(
    clippy::disallowed_methods,
    reason = "this program stands for somebody else's: it knows neither our environment nor our runtime"
)]

mod answers;
mod posts;
mod processes;

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitCode;

/// A harm, and what it is called.
type Named<Given> = (&'static str, fn(Given));

/// What a hostile component does.
#[derive(Clone, Copy)]
enum Harm {
    /// With each connection.
    Answer(fn(TcpStream)),
    /// To the sink, besides serving.
    Post(fn(String)),
    /// As a process.
    Process(fn(u16)),
}

/// All of them, by name.
fn harms() -> Vec<(&'static str, Harm)> {
    let answers = answers::ALL
        .iter()
        .map(|(name, harm)| (*name, Harm::Answer(*harm)));
    let posts = posts::ALL
        .iter()
        .map(|(name, harm)| (*name, Harm::Post(*harm)));
    let processes = processes::ALL
        .iter()
        .map(|(name, harm)| (*name, Harm::Process(*harm)));
    answers.chain(posts).chain(processes).collect()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let all = harms();
    let found = match arguments.as_slice() {
        [name] if name == "--list" => {
            let mut out = std::io::stdout().lock();
            let written = all.iter().try_for_each(|(name, _)| writeln!(out, "{name}"));
            return if written.is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        [name] => all.iter().find(|(known, _)| known == name),
        _ => None,
    };
    let Some((_, harm)) = found else {
        drop(writeln!(std::io::stderr(), "name one of --list"));
        return ExitCode::from(2);
    };
    let port: u16 = variable("PORT").parse().unwrap_or(8080);
    match *harm {
        Harm::Answer(answer) => serve(port, answer),
        Harm::Post(post) => {
            let sink = variable("K_SINK");
            std::thread::spawn(move || post(sink));
            serve(port, accept);
        }
        Harm::Process(act) => act(port),
    }
    ExitCode::SUCCESS
}

/// Gives every connection to a thread of its own.
fn serve(port: u16, answer: fn(TcpStream)) {
    let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) else {
        return;
    };
    for connection in listener.incoming().flatten() {
        std::thread::spawn(move || answer(connection));
    }
}

/// Takes what comes, as a sound component would.
fn accept(mut connection: TcpStream) {
    while answers::request(&mut connection).is_some() {
        if connection
            .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
            .is_err()
        {
            return;
        }
    }
}
