//! Several files written together: each is whole from the moment it has its name, and a failure takes back those before it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// One file to be written or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A file that must not be there yet.
    Create {
        /// Where.
        path: PathBuf,
        /// What.
        content: Vec<u8>,
    },
    /// A file that is there and gets another content.
    Replace {
        /// Where.
        path: PathBuf,
        /// What.
        content: Vec<u8>,
    },
    /// A file that goes; it may be gone already.
    Remove {
        /// Where.
        path: PathBuf,
    },
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Somebody else has made the file meanwhile.
    #[error("`{}` is there already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("could not write `{}`", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

/// Carries out `changes` in their order: all of them, or none.
///
/// New contents are written beside their places and synced first, so a full disk is noticed before anything changes. Folders are
/// made as needed and stay. Only a crash between two renames can leave a part of the changes, each file whole.
///
/// # Errors
///
/// Returns [`ChangeError`]; what had been changed is put back.
pub fn apply(changes: &[Change]) -> Result<(), ChangeError> {
    let mut staged = Vec::with_capacity(changes.len());
    for change in changes {
        staged.push(Staged::new(change).map_err(|cause| failed(change, cause))?);
    }
    let mut done: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for (change, staged) in changes.iter().zip(&staged) {
        let before = fs::read(change.path()).ok();
        match staged.carry_out(change) {
            Ok(()) => done.push((change.path(), before)),
            Err(cause) => {
                done.iter().rev().for_each(|(path, before)| put_back(path, before.as_deref()));
                return Err(failed(change, cause));
            }
        }
    }
    changes.iter().for_each(|change| sync_folder(change.path()));
    Ok(())
}

impl Change {
    /// The file it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Create { path, .. } | Self::Replace { path, .. } | Self::Remove { path } => path,
        }
    }
}

/// A file written beside its place; removed again when it is dropped there.
struct Staged(Option<PathBuf>);

impl Staged {
    fn new(change: &Change) -> io::Result<Self> {
        let (Change::Create { path, content } | Change::Replace { path, content }) = change else {
            return Ok(Self(None));
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Names with a dot in front are not read by the loader.
        let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
        // What an earlier process of the same number has left behind.
        let _ = fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let staged = Self(Some(beside));
        file.write_all(content)?;
        file.sync_all()?;
        Ok(staged)
    }

    fn carry_out(&self, change: &Change) -> io::Result<()> {
        match (change, &self.0) {
            // A link, unlike a rename, fails when somebody else was faster.
            (Change::Create { path, .. }, Some(staged)) => fs::hard_link(staged, path),
            (Change::Replace { path, .. }, Some(staged)) => fs::rename(staged, path),
            (Change::Remove { path }, _) => match fs::remove_file(path) {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other,
            },
            _ => Ok(()),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Gone already when it was renamed.
            let _ = fs::remove_file(path);
        }
    }
}

fn failed(change: &Change, cause: io::Error) -> ChangeError {
    let path = change.path().to_owned();
    if matches!(change, Change::Create { .. }) && cause.kind() == io::ErrorKind::AlreadyExists {
        ChangeError::Exists { path }
    } else {
        ChangeError::Write { path, cause }
    }
}

/// Best effort on a file system that has just failed.
fn put_back(path: &Path, before: Option<&[u8]>) {
    let _ = match before {
        Some(bytes) => fs::write(path, bytes),
        None => fs::remove_file(path),
    };
}

/// Makes the names durable; not every file system can.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(path: PathBuf, text: &str) -> Change {
        Change::Create { path, content: text.into() }
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_made_replaced_and_removed_without_leftovers() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        apply(&[create(at("a/one"), "1"), create(at("a/two"), "2")]).unwrap();
        apply(&[
            Change::Replace { path: at("a/one"), content: "eins".into() },
            Change::Remove { path: at("a/two") },
            Change::Remove { path: at("a/never") },
        ])
        .unwrap();
        assert_eq!(fs::read_to_string(at("a/one")).unwrap(), "eins");
        assert_eq!(names(&at("a")), ["one"]);
    }

    #[test]
    fn a_failure_puts_back_what_was_changed_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("old"), "before").unwrap();
        fs::write(at("there"), "theirs").unwrap();
        let changes = [
            create(at("new"), "1"),
            Change::Replace { path: at("old"), content: "after".into() },
            create(at("there"), "ours"),
        ];
        let error = apply(&changes).unwrap_err();
        assert!(matches!(error, ChangeError::Exists { .. }), "{error}");
        assert_eq!(fs::read_to_string(at("old")).unwrap(), "before");
        assert_eq!(fs::read_to_string(at("there")).unwrap(), "theirs");
        assert_eq!(names(dir.path()), ["old", "there"]);
    }
}
