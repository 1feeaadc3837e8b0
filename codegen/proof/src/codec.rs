//! A codec program at work.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command as Process, Stdio};

use crate::protocol::{Answer, Command};

/// How a codec program is started.
#[derive(Debug, Clone)]
pub struct Codec {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// What its environment has beside ours.
    pub environment: Vec<(String, String)>,
}

impl Codec {
    /// Asks everything, and returns an answer for each command.
    ///
    /// # Errors
    /// In words, when the program does not start, dies, or answers something else than one line a command.
    pub fn ask(&self, commands: &[Command]) -> Result<Vec<Answer>, String> {
        let mut lines = String::new();
        for command in commands.iter().chain([&Command::Stop]) {
            let line = serde_json::to_string(command).map_err(|error| error.to_string())?;
            lines.push_str(&line);
            lines.push('\n');
        }
        let (program, arguments) = self.command.split_first().ok_or("no command")?;
        let mut child = Process::new(program)
            .args(arguments)
            .envs(self.environment.iter().cloned())
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let mut stdin = child.stdin.take().ok_or("no standard input")?;
        let output = std::thread::scope(|scope| {
            // A program that dies closes its end; what it said before counts.
            scope.spawn(move || drop(stdin.write_all(lines.as_bytes())));
            child.wait_with_output()
        });
        let output = output.map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut answers = Vec::with_capacity(commands.len());
        for (line, command) in text.lines().zip(commands) {
            let answer = serde_json::from_str(line)
                .map_err(|error| format!("{error} in the answer {line} to {command:?}"))?;
            answers.push(answer);
        }
        if answers.len() == commands.len() && output.status.success() {
            return Ok(answers);
        }
        Err(format!(
            "{} of {} answers, then {}: {}\nat {:?}",
            answers.len(),
            commands.len(),
            output.status,
            String::from_utf8_lossy(&output.stderr),
            commands.get(answers.len())
        ))
    }
}
