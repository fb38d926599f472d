//! The program as an office installs it: the real binary, a folder of its own, processes that start, stop and die.
//!
//! Everything here blocks, so stories that also run a fake Telegram need a runtime with several threads.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::bot_api::FakeBotApi;
use super::generated;
use super::started::Started;

/// Longer than any command takes on a busy machine; only a failing test waits for so long.
const BOUND: Duration = Duration::from_mins(4);

/// `serve` promises to end in 15 seconds.
const STOP_BOUND: Duration = Duration::from_secs(20);

/// The shipped knowledge, published once; every installation begins with a copy.
static PUBLISHED: LazyLock<TempDir> = LazyLock::new(|| {
    let installation = Installation::bare();
    installation.run(&["reindex"]).succeeds();
    installation.folder
});

/// A folder with a database and an index, and the knowledge they come from.
pub(crate) struct Installation {
    folder: TempDir,
    faq_data: PathBuf,
    telegram: Option<(String, String)>,
    /// Where it is not a file in the folder.
    database: Option<String>,
    environment: Vec<(String, String)>,
}

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Installation {
    /// Edition 1 is published from the repository's knowledge; nobody has asked anything yet.
    pub(crate) fn new() -> Self {
        let installation = Self::bare();
        copy_folder(PUBLISHED.path(), installation.folder.path());
        installation
    }

    /// Nothing is published yet.
    pub(crate) fn bare() -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        Self { folder, faq_data: repository("faq_data"), telegram: None, database: None, environment: Vec::new() }
    }

    /// Its commands know of this Telegram.
    pub(crate) fn on(self, telegram: &FakeBotApi) -> Self {
        self.with_telegram(telegram.token(), &telegram.url())
    }

    pub(crate) fn with_telegram(self, token: &str, url: &str) -> Self {
        Self { telegram: Some((token.to_owned(), url.to_owned())), ..self }
    }

    /// Its state is in another database than the file in its folder.
    pub(crate) fn over(self, database_url: &str) -> Self {
        Self { database: Some(database_url.to_owned()), ..self }
    }

    /// Its commands find this in their environment; what is said last wins.
    pub(crate) fn told(mut self, key: &str, value: impl Into<String>) -> Self {
        self.environment.push((key.to_owned(), value.into()));
        self
    }

    /// Gets a copy of the knowledge, which may then be changed.
    pub(crate) fn own_knowledge(mut self) -> Self {
        let own = self.folder.path().join("knowledge");
        copy_folder(&self.faq_data, &own);
        self.faq_data = own;
        self
    }

    /// Its knowledge is `topics` generated topics, which say that they belong to edition 1.
    pub(crate) fn with_generated(mut self, topics: usize) -> Self {
        let own = self.folder.path().join("knowledge");
        generated::write_folder(&own, topics, 1);
        self.faq_data = own;
        self
    }

    /// A file of the knowledge.
    pub(crate) fn knowledge(&self, name: &str) -> PathBuf {
        self.faq_data.join(name)
    }

    /// Replaces `from`, which must occur, in a file of its own knowledge.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.knowledge(name);
        assert!(path.starts_with(self.folder.path()), "the repository's knowledge is not to be changed");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{name} does not say {from:?}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Puts a file into the folder and returns its name for the command line.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn database_url(&self) -> String {
        if let Some(url) = &self.database {
            return url.clone();
        }
        format!("sqlite://{}", self.folder.path().join("zhengqitong.db").display())
    }

    /// Runs a command to its end, with nothing on its standard input.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with_input(args, "")
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read closes the pipe, which is its right.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let (stdout, stderr) = (reading(child.stdout.take().unwrap()), reading(child.stderr.take().unwrap()));
        let (Ok(stdout), Ok(stderr)) = (stdout.recv_timeout(BOUND), stderr.recv_timeout(BOUND)) else {
            child.kill().unwrap();
            panic!("{args:?} does not end");
        };
        let code = child.wait().unwrap().code().unwrap_or(-1);
        Run { code, stdout, stderr }
    }

    /// Starts a command that goes on beside the test.
    pub(crate) fn start(&self, args: &[&str]) -> Started {
        Started::new(self.command(args))
    }

    /// Runs a command that can make no file larger than `bytes`, as on a disk that is full.
    pub(crate) fn run_with_full_disk(&self, bytes: u64, args: &[&str]) -> Run {
        let program = self.command(args);
        let mut command = Command::new("sh");
        // Without the trap the system would end the command instead of refusing what it writes.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512);
        command.args(["-c", &script]).arg(program.get_program()).args(program.get_args());
        for (key, value) in program.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        command.current_dir(self.folder.path());
        Started::new(command).ends()
    }

    /// Starts `serve` on a free port and waits until it says where it is.
    pub(crate) fn serve(&self) -> Serving {
        self.serve_on(0)
    }

    /// Starts `serve` on a port and waits until it says where it is.
    pub(crate) fn serve_on(&self, port: u16) -> Serving {
        let mut serving = self.begin_to_serve(port);
        assert!(serving.becomes_ready(), "serve did not start:\n{}", serving.log());
        serving
    }

    /// Starts `serve` on a port, or a free one where that is 0; it has no address yet.
    pub(crate) fn begin_to_serve(&self, port: u16) -> Serving {
        let log = self.folder.path().join("serve.log");
        let stderr = OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = self.command(&["serve", "--listen", &format!("127.0.0.1:{port}")]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        Serving { child: Some(child), url: String::new(), log, lines }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhengqitong"));
        for (key, _) in std::env::vars_os() {
            if is_ours(&key) {
                command.env_remove(key);
            }
        }
        // By the environment, so that options of a test's own command line win.
        command
            .env("ZHENGQITONG_FAQ_DATA", &self.faq_data)
            .env("ZHENGQITONG_INDEX_DIR", self.folder.path().join("index"))
            .env("ZHENGQITONG_DATABASE_URL", self.database_url())
            // No test but those about it downloads the model.
            // They come on some days only; what a story shows must not depend on the day.
            .env("ZHENGQITONG_FIGURES__WEEKLY", "false")
            .env("ZHENGQITONG_MODEL__INSTALL", "manual");
        if let Some((token, url)) = &self.telegram {
            command.env("TELOXIDE_TOKEN", token).env("TELOXIDE_API_URL", url);
        }
        command.envs(self.environment.iter().map(|(key, value)| (key, value)));
        command.current_dir(self.folder.path()).args(args);
        command
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.ends_with(0)
    }

    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Everything on standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|cause| panic!("{cause}: {}\n{}", self.stdout, self.stderr))
    }

    /// Every line of standard output as a JSON value.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Asserts that standard error says each of these.
    #[track_caller]
    pub(crate) fn complains(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in:\n{}", self.stderr);
        }
        self
    }

    /// Asserts that standard output says each of these.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stdout.contains(word), "no {word:?} in:\n{}\n{}", self.stdout, self.stderr);
        }
        self
    }
}

/// A running `serve`; dropped, it is killed.
pub(crate) struct Serving {
    child: Option<Child>,
    /// Of the web chat, such as `http://127.0.0.1:41235`.
    pub(crate) url: String,
    log: PathBuf,
    lines: Receiver<String>,
}

impl Serving {
    /// Waits until it says where it is; `false` when it ends before that.
    ///
    /// # Panics
    ///
    /// Panics when neither happens in time.
    pub(crate) fn becomes_ready(&mut self) -> bool {
        loop {
            let line = match self.lines.recv_timeout(BOUND) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => panic!("serve neither starts nor ends:\n{}", self.log()),
            };
            if let Some(at) = line.find("http://").filter(|_| self.url.is_empty()) {
                line[at..].clone_into(&mut self.url);
            }
            if line.contains("Ctrl-C") {
                return true;
            }
        }
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Sends it a signal such as `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill_9(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Lets it stand still, as a machine does that swaps.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
    }

    /// Lets it go on after a pause.
    pub(crate) fn resume(&self) {
        self.signal("CONT");
    }

    /// Asks it to end, and asserts that it does so in time and calls that a success.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        let mut child = self.child.take().unwrap();
        let pid = child.id().to_string();
        let (sender, ended) = channel();
        thread::spawn(move || sender.send(child.wait().unwrap()));
        let status = ended.recv_timeout(STOP_BOUND).unwrap_or_else(|_| {
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
            panic!("serve does not stop:\n{}", self.log())
        });
        assert_eq!(status.code(), Some(0), "{}", self.log());
    }

    /// Waits until the log says `words`, which it must `within` a time.
    pub(crate) async fn logs(&self, words: &str, within: Duration) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        let heard = async {
            while !self.log().contains(words) {
                look.tick().await;
            }
        };
        assert!(tokio::time::timeout(within, heard).await.is_ok(), "{words:?} is never logged:\n{}", self.log());
    }

    /// What it has logged, earlier processes of the installation included.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        File::open(&self.log).and_then(|mut file| file.read_to_string(&mut text)).unwrap();
        text
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A file or folder of the repository.
pub(crate) fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn is_ours(key: &OsStr) -> bool {
    key.to_str().is_some_and(|key| key.starts_with("ZHENGQITONG_") || key.starts_with("TELOXIDE_"))
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn reading(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        sender.send(String::from_utf8_lossy(&bytes).into_owned())
    });
    receiver
}

pub(super) fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            let Ok(line) = line else { return };
            // Read on when nobody listens any more, so that the process never waits for us.
            let _ = sender.send(line);
        }
    });
    receiver
}
