//! The files of an edition as one value: read once from a folder, kept by the store, parsed either way.
//!
//! Reading is where the outside world is met, so links that lead out of the folder, oversized files and other encodings are
//! refused here. What the files mean is not looked at.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::problem::{Place, Report};

/// Larger files are refused.
pub const MAX_FILE_BYTES: u64 = 256 * 1024;

/// The folder of what is not published yet; an edition does not hold it.
const DRAFTS: &str = "drafts";

/// Deeper folders are not entered.
const MAX_DEPTH: usize = 4;

/// The text of every data file of an edition, by its path below the data folder.
///
/// Serialises as one document, so that an edition can be rebuilt without the folder it came from.
///
/// # Examples
///
/// ```
/// use zhengqitong::catalog::Bundle;
///
/// let bundle: Bundle = [("golden.yaml", "[]")].into_iter().collect();
/// let kept = serde_json::to_string(&bundle)?;
/// assert_eq!(serde_json::from_str::<Bundle>(&kept)?.content_hash(), bundle.content_hash());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bundle {
    files: BTreeMap<String, String>,
}

impl Bundle {
    /// The files with their texts, in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of the file at `path`, with slashes, below the data folder.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The text of the file at `path`, or a warning that it is not there: what that means, and what to do.
    ///
    /// No warning where the file could not be read, which has been reported already.
    pub(super) fn text_or_warn(&self, path: &str, means: &str, hint: &str, report: &mut Report) -> Option<&str> {
        let text = self.text(path);
        if text.is_none() && !report.mentions(path) {
            report.warning(path, Place::START, format!("没有这个文件，{means}")).hint(hint);
        }
        text
    }

    /// SHA-256 over all paths and texts, in lower-case hexadecimal digits.
    ///
    /// Equal for equal contents, whatever folder they came from.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.files.iter().flat_map(|(path, text)| [path, text]) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
    }

    /// The same with one more file, or another text of it.
    pub(super) fn with(mut self, path: String, text: String) -> Self {
        self.files.insert(path, text);
        self
    }

    /// Reads the data files in `dir` and reports those that cannot be read.
    pub(super) fn read(dir: &Path, report: &mut Report) -> Self {
        let mut reading = Reading { root: PathBuf::new(), open: Vec::new(), files: BTreeMap::new(), report };
        match fs::canonicalize(dir) {
            Ok(root) => {
                reading.root.clone_from(&root);
                reading.folder(root, "");
            }
            Err(cause) => reading.unreadable("", &cause),
        }
        Self { files: reading.files }
    }

    /// Reads the drafts in `dir`, which are no part of an edition; none where there is no folder of drafts.
    pub(super) fn read_drafts(dir: &Path, report: &mut Report) -> Self {
        let mut reading = Reading { root: PathBuf::new(), open: Vec::new(), files: BTreeMap::new(), report };
        let folder = fs::canonicalize(dir.join(DRAFTS));
        if let (Ok(root), Ok(folder)) = (fs::canonicalize(dir), folder) {
            reading.root.clone_from(&root);
            reading.open.push(root);
            reading.folder(folder, DRAFTS);
        }
        Self { files: reading.files }
    }
}

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for Bundle {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }
}

struct Reading<'a> {
    root: PathBuf,
    /// The folders that are being read, from the root down.
    open: Vec<PathBuf>,
    files: BTreeMap<String, String>,
    report: &'a mut Report,
}

impl Reading<'_> {
    fn folder(&mut self, path: PathBuf, name: &str) {
        let entries = fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(cause) => return self.unreadable(name, &cause),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        self.open.push(path);
        for entry in entries {
            let file_name = entry.file_name();
            let below = |file: &str| if name.is_empty() { file.to_owned() } else { format!("{name}/{file}") };
            let Some(file_name) = file_name.to_str() else {
                let name = below(&file_name.to_string_lossy());
                self.report.error(&name, Place::START, "文件名不是 UTF-8").hint("用英文字母、数字和短横线改名");
                continue;
            };
            if !file_name.starts_with('.') && below(file_name) != DRAFTS {
                self.entry(&entry.path(), &below(file_name));
            }
        }
        self.open.pop();
    }

    fn entry(&mut self, path: &Path, name: &str) {
        let target = match fs::canonicalize(path) {
            Ok(target) => target,
            Err(cause) => return self.unreadable(name, &cause),
        };
        if !target.starts_with(&self.root) {
            self.report
                .error(name, Place::START, "链接指向数据文件夹之外，没有读取")
                .hint("把文件复制到这里，不要用链接");
            return;
        }
        match fs::metadata(&target) {
            Ok(data) if data.is_dir() && self.open.contains(&target) => {
                self.report.error(name, Place::START, "链接绕回上层文件夹，没有读取").hint("删去这个链接");
            }
            Ok(data) if data.is_dir() && self.open.len() <= MAX_DEPTH => self.folder(target, name),
            Ok(data) if data.is_dir() => {
                self.report.error(name, Place::START, "文件夹太深，没有读取").hint("按 README.md 的位置放文件");
            }
            Ok(data) if data.is_file() => self.file(&target, name),
            Ok(_) => {
                self.report.error(name, Place::START, "不是普通文件，没有读取").hint("删去它");
            }
            Err(cause) => self.unreadable(name, &cause),
        }
    }

    fn file(&mut self, path: &Path, name: &str) {
        if !is_data(name) {
            if !has_extension(name, "md") {
                let warning = self.report.warning(name, Place::START, "不认识的文件，不会被读取");
                warning.hint("改成 README.md 里的名称和位置，或删去");
            }
            return;
        }
        let mut bytes = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        if let Err(cause) = read {
            return self.unreadable(name, &cause);
        }
        if bytes.len() as u64 > MAX_FILE_BYTES {
            let error =
                self.report.error(name, Place::START, format!("文件超过 {} KiB，没有读取", MAX_FILE_BYTES / 1024));
            error.hint("拆成几个文件，或删去多余内容");
            return;
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                self.files.insert(name.to_owned(), text);
            }
            Err(error) => {
                let place = end_of(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
                self.report.error(name, place, "文件不是 UTF-8 编码，没有读取").hint("用编辑器另存为 UTF-8 编码");
            }
        }
    }

    fn unreadable(&mut self, name: &str, cause: &io::Error) {
        let message = match cause.kind() {
            io::ErrorKind::NotFound => "文件或文件夹不存在".to_owned(),
            io::ErrorKind::PermissionDenied => "没有权限读取".to_owned(),
            _ => format!("读取失败：{cause}"),
        };
        self.report.error(name, Place::START, message).hint("检查路径和权限后重试");
    }
}

/// Tells whether the file at `name` is one that is read.
fn is_data(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "golden.yaml",
        "calibration.yaml",
        "lexicon/synonyms.yaml",
        "lexicon/confusable.yaml",
        "lexicon/user_words.txt",
        "lexicon/stop_words.txt",
        "lexicon/english.yaml",
        "lexicon/outside.yaml",
        "lexicon/scope.yaml",
        "directory/service_points.yaml",
        "directory/departments.yaml",
        "directory/commissioners.csv",
    ];
    NAMES.contains(&name)
        || is_document(name)
        || (name.starts_with("calendar/") && has_extension(name, "json"))
        || ((name.starts_with("topics/") || name.starts_with("drafts/"))
            && (has_extension(name, "yaml") || has_extension(name, "yml")))
}

/// Tells whether the file at `name` is a document rather than words about the folder.
fn is_document(name: &str) -> bool {
    name.strip_prefix("documents/").is_some_and(|name| name.contains('/') && name.ends_with(".md"))
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

/// The place after the last character of `valid`, which is UTF-8.
pub(super) fn end_of(valid: &[u8]) -> Place {
    let text = String::from_utf8_lossy(valid);
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    Place { line: text.matches('\n').count() + 1, column: last_line.chars().count() + 1 }
}
