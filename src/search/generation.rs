//! The folders of an index: one generation an edition, named `gen-<edition>-<first 8 characters of the content's SHA-256>`.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The file in a generation that says what it was built from.
pub(super) const STAMP_FILE: &str = "stamp.json";

/// Ends the names of folders that are being built.
const UNFINISHED: &str = ".tmp";

/// Ends the names of folders that are being replaced.
const REPLACED: &str = ".old";

/// How many generations this process has open, by folder.
static OPEN: Mutex<Option<HashMap<PathBuf, usize>>> = Mutex::new(None);

/// Where the generation of an edition lies.
#[must_use]
pub fn folder(dir: &Path, edition: u32, content_sha256: &str) -> PathBuf {
    let hash: String = content_sha256.chars().take(8).collect();
    dir.join(format!("gen-{edition}-{hash}"))
}

/// The generations in `dir`, in no particular order; none where it cannot be read.
#[must_use]
pub fn folders(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let is_generation = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("gen-") && !name.ends_with(UNFINISHED) && !name.ends_with(REPLACED)
    };
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_generation).collect()
}

/// Marks a folder as open in this process as long as it lives.
#[derive(Debug)]
pub(super) struct OpenFolder(PathBuf);

impl OpenFolder {
    /// Marks `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        *open.get_or_insert_default().entry(folder.to_owned()).or_default() += 1;
        Self(folder.to_owned())
    }

    fn is_open(folder: &Path) -> bool {
        let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().is_some_and(|open| open.contains_key(folder))
    }
}

impl Drop for OpenFolder {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.as_mut()
            && let Some(count) = open.get_mut(&self.0)
        {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.0);
            }
        }
    }
}

/// Held while an index folder is being changed; released by the system even if the process dies.
#[derive(Debug)]
pub(super) struct BuildLock {
    _file: File,
}

impl BuildLock {
    /// Takes the lock of `dir`, or returns `None` when another builder has it.
    pub(super) fn take(dir: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(dir.join(".build.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(cause),
        }
    }
}

/// An empty folder to build `target` in.
pub(super) fn begin(target: &Path) -> io::Result<PathBuf> {
    let folder = with_suffix(target, UNFINISHED);
    remove(&folder)?;
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// Makes `unfinished` durable and puts it in the place of `target`.
pub(super) fn finish(unfinished: &Path, target: &Path) -> io::Result<()> {
    for entry in fs::read_dir(unfinished)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(unfinished)?.sync_all()?;
    let replaced = with_suffix(target, REPLACED);
    remove(&replaced)?;
    if target.exists() {
        fs::rename(target, &replaced)?;
    }
    fs::rename(unfinished, target)?;
    if let Some(dir) = target.parent() {
        File::open(dir)?.sync_all()?;
    }
    remove(&replaced)
}

/// Removes what interrupted builds left.
pub(super) fn remove_leftovers(dir: &Path) -> io::Result<()> {
    let is_leftover = |name: &str| name.ends_with(UNFINISHED) || name.ends_with(REPLACED);
    generations(dir)?.into_iter().filter(|(name, _)| is_leftover(name)).try_for_each(|(_, folder)| remove(&folder))
}

/// Removes what interrupted builds left, and all generations but those in `kept` and those open here.
pub(super) fn remove_all_but(dir: &Path, kept: &[PathBuf]) -> io::Result<()> {
    let is_kept = |folder: &PathBuf| kept.contains(folder) || OpenFolder::is_open(folder);
    generations(dir)?.into_iter().filter(|(_, folder)| !is_kept(folder)).try_for_each(|(_, folder)| remove(&folder))
}

/// Everything in `dir` that is or was to become a generation, by name.
fn generations(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("gen-") {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

fn with_suffix(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
