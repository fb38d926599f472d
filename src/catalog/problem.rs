//! What is wrong with the knowledge on disk, told so that an administrator can mend it.
//!
//! Messages are Chinese, short and literal: they name the place and, in the hint, what to do. Nothing here decides what is
//! wrong.

use std::fmt;
use std::path::{Path, PathBuf};

/// How much a [`Problem`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// The knowledge must not be published like this.
    Error,
    /// It may be published, but somebody should look at it.
    Warning,
}

/// One thing that is wrong, with its place.
///
/// `Display` gives `file:line:column: message`, without the hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// The file or folder, beginning with the name of the data folder.
    pub file: PathBuf,
    /// The line, from 1; 1 also where the problem is the whole file.
    pub line: usize,
    /// The character within the line, from 1; in a roster, the field within the row.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// Adds what to do about it.
    pub(super) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

/// A place in a file, both numbers from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    /// The beginning of a file, also used for problems of the whole file.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// The beginning of `line`.
    pub(super) const fn line(line: usize) -> Self {
        Self { line, column: 1 }
    }
}

/// Collects problems while files are read.
#[derive(Debug)]
pub(super) struct Report {
    root: PathBuf,
    problems: Vec<Problem>,
}

impl Report {
    /// Starts a report about files below the folder called `root`.
    pub(super) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), problems: Vec::new() }
    }

    /// Adds an error in `file`, a path below the root with slashes; empty for the root itself.
    pub(super) fn error(&mut self, file: &str, place: Place, message: impl Into<String>) -> &mut Problem {
        self.add(Severity::Error, file, place, message.into())
    }

    /// Adds a warning in `file`, like [`Report::error`].
    pub(super) fn warning(&mut self, file: &str, place: Place, message: impl Into<String>) -> &mut Problem {
        self.add(Severity::Warning, file, place, message.into())
    }

    /// The name of `file` as problems show it.
    pub(super) fn shown(&self, file: &str) -> PathBuf {
        if file.is_empty() { self.root.clone() } else { self.root.join(Path::new(file)) }
    }

    /// Tells whether there is a problem with `file` already, such as that it could not be read.
    pub(super) fn mentions(&self, file: &str) -> bool {
        let shown = self.shown(file);
        self.problems.iter().any(|problem| problem.file == shown)
    }

    /// Tells whether there is an error in `file`.
    pub(super) fn mentions_error(&self, file: &str) -> bool {
        let shown = self.shown(file);
        self.problems.iter().any(|problem| problem.file == shown && problem.severity == Severity::Error)
    }

    /// The problems in order of file and place.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems
            .sort_by(|a, b| (&a.file, a.line, a.column, &a.message).cmp(&(&b.file, b.line, b.column, &b.message)));
        self.problems
    }

    fn add(&mut self, severity: Severity, file: &str, place: Place, message: String) -> &mut Problem {
        let problem =
            Problem { severity, file: self.shown(file), line: place.line, column: place.column, message, hint: None };
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }
}
