//! A PostgreSQL server of the test binary's own: on loopback, in a temporary folder, gone with the binary however that ends.
//!
//! Used by the stories and, from there, by the store's own tests. It is never skipped: where PostgreSQL cannot be had, tests fail
//! and say what to install.

#![allow(dead_code, reason = "two binaries use it, and neither all of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

const HOW_TO_GET_IT: &str = "these tests need PostgreSQL: apt-get install postgresql";

/// Nobody's data is at stake, so nothing waits for a disk.
const SETTINGS: [&str; 5] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=300",
    "shared_buffers=32MB",
    "fsync=off",
];

/// For a server that nothing ever happens to.
const CARELESS: [&str; 2] = ["full_page_writes=off", "synchronous_commit=off"];

/// For a server that is killed: what was committed has been given to the system, which goes on living.
const CAREFUL: [&str; 2] = ["full_page_writes=on", "synchronous_commit=on"];

/// Ends the server with the signal that a line on standard input names, and starts it again. Ends it for good and removes its
/// folder when standard input ends, which it does when the test binary is gone, killed or not.
const KEEPER: &str = r#"
folder=$1; shift
"$@" &
server=$!
while read -r signal; do
    kill -"$signal" "$server"
    wait "$server"
    "$@" &
    server=$!
done
kill -QUIT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// Started by the first test that asks for it.
static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(&CARELESS));

/// Counts databases.
static CREATED: AtomicU32 = AtomicU32::new(0);

/// A server; dropped, it ends.
pub(crate) struct Server {
    port: u16,
    /// Holding its standard input is what keeps the server alive.
    keeper: Child,
}

/// How a server is told to end before it starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// In order: what is under way is undone, and clients are told.
    Fast,
    /// As by a power cut of the server alone: it recovers from its log.
    Immediate,
}

/// Creates an empty database and returns its URL.
pub(crate) async fn new_database() -> String {
    create("").await
}

/// Creates a copy of a database to which nobody is connected.
pub(crate) async fn copy_of(template: &str) -> String {
    let name = template.rsplit('/').next().unwrap();
    create(&format!(" TEMPLATE {name}")).await
}

/// A connection past the store.
pub(crate) async fn outsider(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Waits until a database can be connected to again, after its server was restarted.
///
/// # Panics
///
/// Panics when that takes a minute.
pub(crate) async fn answers(url: &str) {
    let begun = Instant::now();
    while let Err(cause) = PgConnection::connect(url).await {
        assert!(begun.elapsed() < Duration::from_mins(1), "the server does not come back: {cause}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn create(options: &str) -> String {
    // Waiting for a server to start must not hold up the other tests of a runtime.
    let port = tokio::task::spawn_blocking(|| SERVER.port).await.unwrap();
    create_at(port, options).await
}

async fn create_at(port: u16, options: &str) -> String {
    let name = format!("zqt_{}", CREATED.fetch_add(1, Ordering::Relaxed));
    let mut connection = outsider(&format!("postgres://tester@127.0.0.1:{port}/postgres")).await;
    let sql = AssertSqlSafe(format!("CREATE DATABASE {name}{options}"));
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    format!("postgres://tester@127.0.0.1:{port}/{name}")
}

impl Server {
    /// A server of a test's own, which may be restarted: nobody else is on it.
    pub(crate) async fn own() -> Self {
        tokio::task::spawn_blocking(|| Self::start(&CAREFUL)).await.unwrap()
    }

    pub(crate) async fn database(&self) -> String {
        create_at(self.port, "").await
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Tells it to end and to start again; returns at once.
    pub(crate) fn restart(&mut self, how: Restart) {
        let signal = match how {
            Restart::Fast => "INT",
            Restart::Immediate => "QUIT",
        };
        writeln!(self.keeper.stdin.as_mut().unwrap(), "{signal}").unwrap();
    }

    fn start(settings: &[&str]) -> Self {
        let programs = programs();
        let folder = TempDir::new().unwrap();
        let mut user = Vec::new();
        if folder.path().metadata().unwrap().uid() == 0 {
            // The server refuses to run as root.
            let (uid, gid) = ["postgres", "nobody"].into_iter().find_map(ids).expect("there is a user `nobody`");
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
            user = vec!["setpriv".to_owned(), format!("--reuid={uid}"), format!("--regid={gid}")];
            user.push("--clear-groups".to_owned());
        }
        let folder = folder.keep();
        initialise(&user, &programs.join("initdb"), &folder.join("data"));
        // Somebody else may take the port between asking for a free one and starting.
        let run = |_| Self::run(&user, &programs.join("postgres"), &folder, settings);
        (0..5).find_map(run).expect("PostgreSQL does not start")
    }

    fn run(user: &[String], program: &Path, folder: &Path, settings: &[&str]) -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]).arg(folder).args(user).arg(program);
        command.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
        command.args(SETTINGS.iter().chain(settings).flat_map(|setting| ["-c", setting])).current_dir("/");
        // Out of the reach of Ctrl-C: the keeper ends it in order.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut keeper = command.spawn().unwrap();
        let mut log = BufReader::new(keeper.stderr.take().unwrap()).lines();
        let is_ready = log.by_ref().map_while(Result::ok).any(|line| line.contains("ready to accept connections"));
        // Read on, so that the server never waits for us.
        std::thread::spawn(move || log.for_each(drop));
        is_ready.then_some(Self { port, keeper })
    }
}

impl Drop for Server {
    /// Waits, so that no process of a test outlives it.
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// With a locale that sorts otherwise than by bytes, as servers in offices have.
fn initialise(user: &[String], initdb: &Path, data: &Path) {
    let mut words: Vec<_> = user.iter().map(AsRef::as_ref).collect();
    words.extend([initdb.as_os_str(), "-D".as_ref(), data.as_os_str()]);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["--username=tester", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
    command.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh"]).current_dir("/");
    let made = command.output().expect(HOW_TO_GET_IT);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The folder with the server's programs: of the one on the path, or the newest that Debian has installed.
fn programs() -> PathBuf {
    let found = Command::new("sh").args(["-c", "command -v initdb"]).output().unwrap();
    let on_path = PathBuf::from(String::from_utf8(found.stdout).unwrap().trim());
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.map(|version| version.unwrap().path().join("bin/initdb")).collect())
        .unwrap_or_default();
    installed.sort();
    installed.push(on_path);
    let initdb = installed.into_iter().rev().find(|initdb| initdb.is_file()).expect(HOW_TO_GET_IT);
    initdb.canonicalize().unwrap().parent().unwrap().to_owned()
}

/// Number of a user and of its group.
fn ids(user: &str) -> Option<(u32, u32)> {
    let id = |option: &str| {
        let told = Command::new("id").args([option, user]).output().ok()?;
        String::from_utf8(told.stdout).ok()?.trim().parse().ok()
    };
    Some((id("-u")?, id("-g")?))
}
