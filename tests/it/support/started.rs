//! A command that goes on beside the test, and what it says meanwhile.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::installation::{Run, lines};

/// Only a failing test waits for so long.
const BOUND: Duration = Duration::from_mins(4);

/// A started command; dropped, it is killed.
pub(crate) struct Started {
    child: Option<Child>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    said: String,
    complained: String,
}

impl Started {
    pub(crate) fn new(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdout, stderr) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        Self { child: Some(child), stdout, stderr, said: String::new(), complained: String::new() }
    }

    /// Waits until standard output has a line with `words` that was not waited for before.
    #[track_caller]
    pub(crate) fn says(&mut self, words: &str) {
        waits(&self.stdout, &mut self.said, words);
    }

    /// Waits until standard error has a line with `words` that was not waited for before.
    #[track_caller]
    pub(crate) fn complains(&mut self, words: &str) {
        waits(&self.stderr, &mut self.complained, words);
    }

    /// Waits until `happened` or the command has ended; tells whether it happened first.
    pub(crate) fn runs_until(&mut self, happened: impl Fn() -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < BOUND {
            if happened() {
                return true;
            }
            if self.child.as_mut().unwrap().try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        panic!("neither happened: {}\n{}", self.said, self.complained);
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill_9(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn terminate(self) -> Run {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.ends()
    }

    /// Waits for its end.
    pub(crate) fn ends(mut self) -> Run {
        let mut child = self.child.take().unwrap();
        // Its pipes are closed when it ends.
        self.said.extend(self.stdout.iter().map(|line| line + "\n"));
        self.complained.extend(self.stderr.iter().map(|line| line + "\n"));
        let code = child.wait().unwrap().code().unwrap_or(-1);
        Run { code, stdout: std::mem::take(&mut self.said), stderr: std::mem::take(&mut self.complained) }
    }
}

#[track_caller]
fn waits(lines: &Receiver<String>, said: &mut String, words: &str) {
    loop {
        let Ok(line) = lines.recv_timeout(BOUND) else { panic!("no {words:?} in:\n{said}") };
        said.push_str(&line);
        said.push('\n');
        if line.contains(words) {
            return;
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
