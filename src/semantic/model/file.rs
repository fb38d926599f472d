//! The model's file: a safetensors file of our own, written by `model install` and checked whole when it is read.
//!
//! Any safetensors reader opens it. Its header says `format`, `version`, `source`, `licence`, and `sha256`: the digest over all
//! tensors by name, each as its name, a zero byte, and its bytes. The tensors are listed in `docs/model-file.md`. Absent on
//! purpose: pickled code, and mapping the file into memory (a file that shrinks under a map kills the process).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, Metadata, SafeTensors, View, serialize};
use sha2::{Digest, Sha256};

/// What the file's header calls itself.
pub(crate) const FORMAT: &str = "zhengqitong-sentence-encoder";

/// Goes up with every change to the tensors' names, shapes or meaning.
pub(crate) const VERSION: &str = "1";

/// Why a model cannot be used; installing it again cures all of these but `Unreadable`.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is none.
    #[error("there is no model at `{}`", .path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// It was written by another version of this program.
    #[error("the model at `{}` has version {found}, this program reads {VERSION}", .path.display())]
    Version {
        /// Where it is.
        path: PathBuf,
        /// The version found.
        found: String,
    },
    /// It is not what was written.
    #[error("the model at `{}` is damaged: {what}", .path.display())]
    Damaged {
        /// Where it is.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// It could not be read.
    #[error("could not read the model at `{}`", .path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

/// A tensor to be written.
pub(crate) struct Tensor {
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<u8>,
}

impl Tensor {
    /// Bytes.
    pub(crate) fn bytes(shape: &[usize], data: Vec<u8>) -> Self {
        Self { dtype: Dtype::U8, shape: shape.to_vec(), data }
    }

    /// 32-bit floats.
    pub(crate) fn floats(shape: &[usize], data: &[f32]) -> Self {
        let data = data.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { dtype: Dtype::F32, shape: shape.to_vec(), data }
    }

    /// Unsigned 32-bit numbers.
    pub(crate) fn numbers(data: &[u32]) -> Self {
        let bytes = data.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { dtype: Dtype::U32, shape: vec![data.len()], data: bytes }
    }
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.data)
    }

    fn data_len(&self) -> usize {
        self.data.len()
    }
}

/// The digest over tensors in the order of their names.
fn digest<'a>(tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut digest = Sha256::new();
    for (name, data) in tensors {
        digest.update(name);
        digest.update([0]);
        digest.update(data);
    }
    hex(&digest.finalize())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Writes `tensors` to `path`, durable, whole or not at all; `notes` go into the header.
///
/// # Errors
///
/// Returns an [`io::Error`]; whatever was at `path` before is still there.
pub(crate) fn write(path: &Path, tensors: &BTreeMap<String, Tensor>, notes: &[(&str, &str)]) -> Result<(), io::Error> {
    let sha256 = digest(tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.data.as_slice())));
    let own = [("format", FORMAT), ("version", VERSION), ("sha256", sha256.as_str())];
    let header = own.iter().chain(notes).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let bytes = serialize(tensors, Some(header.collect())).map_err(io::Error::other)?;
    replace(path, &bytes)
}

/// Puts `bytes` in the place of `path`: written beside it, synced, renamed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let unfinished = path.with_file_name(name);
    let written = File::create(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(cause) = written.and_then(|()| fs::rename(&unfinished, path)) {
        let _ = fs::remove_file(&unfinished);
        return Err(cause);
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// A model file that was read and found whole.
pub(super) struct ModelFile<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    tensors: Metadata,
    /// Where the tensors' bytes begin.
    begin: usize,
    pub(super) sha256: String,
    pub(super) source: String,
}

impl<'a> ModelFile<'a> {
    /// Reads `bytes`, which were found at `path`, and checks the digest.
    ///
    /// # Errors
    ///
    /// Returns [`ModelError::Version`] or [`ModelError::Damaged`].
    pub(super) fn parse(path: &'a Path, bytes: &'a [u8]) -> Result<Self, ModelError> {
        let damaged = |what: String| ModelError::Damaged { path: path.to_owned(), what };
        let (header_bytes, tensors) =
            SafeTensors::read_metadata(bytes).map_err(|cause| damaged(format!("its header: {cause}")))?;
        let header = tensors.metadata().clone().unwrap_or_default();
        let note = |key: &str| header.get(key).cloned().unwrap_or_default();
        if note("format") != FORMAT {
            return Err(damaged("it is another kind of file".to_owned()));
        }
        if note("version") != VERSION {
            return Err(ModelError::Version { path: path.to_owned(), found: note("version") });
        }
        let begin = header_bytes + size_of::<u64>();
        let mut names = tensors.offset_keys();
        names.sort_unstable();
        let sha256 = digest(names.iter().map(|name| (name.as_str(), slice(&tensors, bytes, begin, name))));
        if sha256 != note("sha256") {
            return Err(damaged("its contents do not match their check sum".to_owned()));
        }
        Ok(Self { path, bytes, tensors, begin, sha256, source: note("source") })
    }

    /// The error for a file whose parts do not fit together.
    pub(super) fn damaged(&self, what: impl Into<String>) -> ModelError {
        ModelError::Damaged { path: self.path.to_owned(), what: what.into() }
    }

    /// A tensor's bytes and shape.
    ///
    /// # Errors
    ///
    /// Returns [`ModelError::Damaged`] when it is absent or of another type.
    pub(super) fn raw(&self, name: &str, dtype: Dtype) -> Result<(&'a [u8], &[usize]), ModelError> {
        let info = self.tensors.info(name).ok_or_else(|| self.damaged(format!("`{name}` is missing")))?;
        if info.dtype != dtype {
            return Err(self.damaged(format!("`{name}` is of another type")));
        }
        Ok((slice(&self.tensors, self.bytes, self.begin, name), &info.shape))
    }

    /// Floats of the given shape.
    ///
    /// # Errors
    ///
    /// Returns [`ModelError::Damaged`] when they are absent, of another shape, or not numbers.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let (data, found) = self.raw(name, Dtype::F32)?;
        if found != shape {
            return Err(self.damaged(format!("`{name}` has shape {found:?} instead of {shape:?}")));
        }
        let values: Vec<f32> = data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err(self.damaged(format!("`{name}` holds what is no number")));
        }
        Ok(values)
    }

    /// Unsigned numbers, as many as there are.
    ///
    /// # Errors
    ///
    /// Returns [`ModelError::Damaged`] when they are absent.
    pub(super) fn numbers(&self, name: &str) -> Result<Vec<u32>, ModelError> {
        let (data, _) = self.raw(name, Dtype::U32)?;
        Ok(data.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    /// Where the bytes of a tensor begin in the file.
    pub(super) fn position(&self, name: &str) -> u64 {
        (self.begin + self.tensors.info(name).map_or(0, |info| info.data_offsets.0)) as u64
    }
}

/// The bytes of a tensor; none where it is absent. The header was checked against the file's length when it was read.
fn slice<'a>(tensors: &Metadata, bytes: &'a [u8], begin: usize, name: &str) -> &'a [u8] {
    tensors
        .info(name)
        .and_then(|info| bytes.get(begin + info.data_offsets.0..begin + info.data_offsets.1))
        .unwrap_or_default()
}
