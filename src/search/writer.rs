//! Builds an index beside the serving one and puts it in place whole, or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tantivy::directory::{MmapDirectory, RamDirectory};
use tantivy::{Directory, Index, IndexSettings, TantivyDocument, TantivyError};

use super::analyzer::{ANALYZER_VERSION, Analyzer};
use super::generation::{self, BuildLock, OpenFolder, STAMP_FILE};
use super::passage::{Passage, passages};
use super::reader::SegmentError;
use super::schema::{Fields, SCHEMA_VERSION, Stamp, joined_tokenizers};
use super::terms;
use super::topics::TopicIndex;
use crate::desk::knowledge::KnowledgeBase;

/// Memory for one segment; knowledge of a hundred thousand passages fits into one.
const WRITER_BYTES: usize = 256 << 20;

/// Progress is reported every so many passages.
const PROGRESS_STEP: usize = 256;

/// Why an index could not be built; the one that was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Another process, or another thread, is building in the same folder.
    #[error("another process is building the index in `{}`", .dir.display())]
    Busy {
        /// The index folder.
        dir: PathBuf,
    },
    /// A folder or file could not be written.
    #[error("could not write the index to `{}`", .path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// tantivy could not write it.
    #[error("could not index the passages")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was written, and could not be opened.
    #[error("could not open the index just built")]
    Open(#[source] OpenError),
}

/// Why an index could not be opened; building it again cures every one of these but `Unreadable`.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none for this edition.
    #[error("there is no index at `{}`", .path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// It was built from other content or by another version of this program.
    #[error("the index at `{}` is out of date: other {what}", .path.display())]
    Stale {
        /// Where it is.
        path: PathBuf,
        /// What differs: `schema`, `analyzer`, `edition` or `content`.
        what: &'static str,
    },
    /// Its files are not what was written.
    #[error("the index at `{}` is damaged: {what}", .path.display())]
    Damaged {
        /// Where it is.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// Its files could not be read.
    #[error("could not read the index at `{}`", .path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

/// Builds the index of an edition under `dir` and opens it.
///
/// It is built in a folder of its own, synced, and renamed: until then, and if anything fails, whatever was there stays as it
/// was. Other generations stay as well, see [`remove_all_but`]; what interrupted builds left is removed.
/// `progress` is called with the passages done and all passages.
///
/// # Errors
///
/// Returns [`BuildError`]; [`BuildError::Busy`] when somebody else is building in `dir`.
pub fn build(
    dir: &Path,
    edition: u32,
    content_sha256: &str,
    base: &KnowledgeBase,
    progress: &dyn Fn(usize, usize),
) -> Result<TopicIndex, BuildError> {
    let write_error = |path: &Path| {
        let path = path.to_owned();
        move |cause| BuildError::Write { path, cause }
    };
    fs::create_dir_all(dir).map_err(write_error(dir))?;
    let lock =
        BuildLock::take(dir).map_err(write_error(dir))?.ok_or_else(|| BuildError::Busy { dir: dir.to_owned() })?;
    generation::remove_leftovers(dir).map_err(write_error(dir))?;
    let target = generation::folder(dir, edition, content_sha256);
    let unfinished = generation::begin(&target).map_err(write_error(&target))?;
    let directory = MmapDirectory::open(&unfinished).map_err(|error| BuildError::Index(Box::new(error)))?;
    let passages = passages(base);
    let analyzer = Analyzer::new(&base.lexicon);
    write(directory, &Fields::new(), &analyzer, &passages, progress)
        .map_err(|error| BuildError::Index(Box::new(error)))?;
    let stamp = Stamp {
        schema: SCHEMA_VERSION,
        analyzer: ANALYZER_VERSION,
        edition,
        content_sha256: content_sha256.to_owned(),
        topics: count(base.topics.len()),
        documents: count(passages.len()),
    };
    let text = serde_json::to_string_pretty(&stamp).map_err(|error| BuildError::Index(Box::new(error)))?;
    fs::write(unfinished.join(STAMP_FILE), text + "\n").map_err(write_error(&unfinished))?;
    generation::finish(&unfinished, &target).map_err(write_error(&target))?;
    let index = open(dir, edition, content_sha256, base).map_err(BuildError::Open)?;
    drop(lock);
    Ok(index)
}

/// Removes all generations under `dir` but those of `kept` (edition and hash of its content) and those that this process has
/// open; another process goes on with what it has open. Does nothing while somebody is building there.
///
/// # Errors
///
/// Returns [`BuildError::Write`] when a folder cannot be removed.
pub fn remove_all_but(dir: &Path, kept: &[(u32, &str)]) -> Result<(), BuildError> {
    let error = |cause| BuildError::Write { path: dir.to_owned(), cause };
    if !dir.exists() {
        return Ok(());
    }
    let Some(_lock) = BuildLock::take(dir).map_err(error)? else { return Ok(()) };
    let kept: Vec<_> = kept.iter().map(|(edition, sha256)| generation::folder(dir, *edition, sha256)).collect();
    generation::remove_all_but(dir, &kept).map_err(error)
}

/// Opens the index of an edition, after checking its stamp and the check sums of its files.
///
/// # Errors
///
/// Returns [`OpenError`]: build it again.
pub fn open(dir: &Path, edition: u32, content_sha256: &str, base: &KnowledgeBase) -> Result<TopicIndex, OpenError> {
    let path = generation::folder(dir, edition, content_sha256);
    let folder = OpenFolder::new(&path);
    let damaged = |what: &dyn std::fmt::Display| OpenError::Damaged { path: path.clone(), what: what.to_string() };
    let text = match fs::read_to_string(path.join(STAMP_FILE)) {
        Ok(text) => text,
        Err(_) if !path.exists() => return Err(OpenError::Missing { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(damaged(&"its stamp is missing")),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(damaged(&"its stamp is not text")),
        Err(cause) => return Err(OpenError::Unreadable { path, cause }),
    };
    let stamp: Stamp = serde_json::from_str(&text).map_err(|error| damaged(&error))?;
    if let Some(what) = stamp.outdated(edition, content_sha256) {
        return Err(OpenError::Stale { path, what });
    }
    let analyzer = Analyzer::new(&base.lexicon);
    let index = Index::open_in_dir(&path).map_err(|error| damaged(&error))?;
    let broken = index.validate_checksum().map_err(|error| damaged(&error))?;
    if let Some(file) = broken.iter().min() {
        return Err(damaged(&format_args!("`{}` does not match its check sum", file.display())));
    }
    let index =
        TopicIndex::new(&index, &Fields::new(), analyzer, base, Some(folder)).map_err(|error| damaged(&error))?;
    if index.passages() != stamp.documents as usize || base.topics.len() != stamp.topics as usize {
        return Err(damaged(&"it does not hold as many passages as its stamp says"));
    }
    Ok(index)
}

/// Opens the index of an edition, or builds it when it is missing, out of date or damaged.
///
/// # Errors
///
/// Returns [`BuildError`] when it had to be built and could not be.
pub fn open_or_build(
    dir: &Path,
    edition: u32,
    content_sha256: &str,
    base: &KnowledgeBase,
    progress: &dyn Fn(usize, usize),
) -> Result<TopicIndex, BuildError> {
    match open(dir, edition, content_sha256, base) {
        Ok(index) => Ok(index),
        Err(OpenError::Missing { .. }) => build(dir, edition, content_sha256, base, progress),
        Err(reason) => {
            tracing::warn!(%reason, "building the index again");
            build(dir, edition, content_sha256, base, progress)
        }
    }
}

/// Builds an index in memory: for tests, and for trying out an edition before it is published.
///
/// # Errors
///
/// Returns [`BuildError`] when the passages could not be indexed.
pub fn in_memory(base: &KnowledgeBase) -> Result<TopicIndex, BuildError> {
    let (fields, analyzer) = (Fields::new(), Analyzer::new(&base.lexicon));
    let index_error = |error: TantivyError| BuildError::Index(Box::new(error));
    let index = write(RamDirectory::create(), &fields, &analyzer, &passages(base), &|_, _| {}).map_err(index_error)?;
    TopicIndex::new(&index, &fields, analyzer, base, None)
        .map_err(|error: SegmentError| BuildError::Index(Box::new(error)))
}

/// Writes `passages` as one segment.
pub(super) fn write(
    directory: impl Into<Box<dyn Directory>>,
    fields: &Fields,
    analyzer: &Analyzer,
    passages: &[Passage],
    progress: &dyn Fn(usize, usize),
) -> Result<Index, TantivyError> {
    let mut writer = Index::builder()
        .schema(fields.schema.clone())
        .settings(IndexSettings::default())
        .tokenizers(joined_tokenizers())
        .single_segment_index_writer::<TantivyDocument>(directory, WRITER_BYTES)?;
    terms::in_order(analyzer, passages, |done, passage, terms| {
        if done % PROGRESS_STEP == 0 {
            progress(done, passages.len());
        }
        let mut document = TantivyDocument::new();
        document.add_text(fields.text, terms.text);
        if let Some(sound) = terms.sound {
            document.add_text(fields.sound, sound);
        }
        document.add_u64(fields.owner, u64::from(passage.owner));
        document.add_u64(fields.kind, passage.kind as u64);
        writer.add_document(document)
    })?;
    let index = writer.finalize()?;
    progress(passages.len(), passages.len());
    Ok(index)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
