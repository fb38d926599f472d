//! `faq_data` on disk → domain values, and all problems found, not just the first.
//!
//! A folder is read into a [`Bundle`], a bundle is parsed into a [`Loaded`]; an edition kept in the store takes the second step
//! alone. The format is written down in `faq_data/README.md`. Nothing here searches or publishes; what is
//! written (`edit`) are files of that folder.

mod bundle;
mod calendar;
mod calibration;
mod directory;
mod documents;
mod draft;
mod drafts;
mod edit;
mod facet_lines;
mod figures;
mod golden;
mod import;
mod known;
mod lexicon;
mod node;
mod problem;
mod record;
mod roster;
mod shape;
mod sheet;
#[cfg(test)]
mod tests;
mod topics;
mod word_tables;
mod yaml;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use jiff::civil::Date;

pub use bundle::{Bundle, MAX_FILE_BYTES};
pub use calendar::{HolidayYear, shipped_holidays, working_calendar};
pub use documents::{DocumentPlan, DocumentSource, draft_of, plan_document};
pub use draft::{DraftError, begin_draft, check_draft, drafts, has_errors, is_taken, move_draft, take_back_draft};
pub use drafts::{DraftState, drafts_in, load_drafts};
pub use edit::{Change, ChangeError, Draft, WriteDraftError, WrittenDraft, apply, draft_path, write_draft};
pub use import::{Fault, Import, ImportRules, Item, Outcome, Source, failed_rows, plan};
pub use known::CATEGORIES;
pub use problem::{Problem, Severity};
pub use record::topic_schema;
pub use roster::{COLUMNS as ROSTER_COLUMNS, parse_roster, roster_to_csv};
pub use sheet::{category as category_named, export, template};

use crate::desk::knowledge::KnowledgeBase;
use crate::domain::commissioner::Commissioner;
use crate::domain::directory::Department;
use problem::Report;

/// The file with the sample roster, below the data folder.
const ROSTER: &str = "directory/commissioners.csv";

/// Everything that was found in a data folder, good and bad.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What is published together; complete only where [`Loaded::is_publishable`].
    pub base: KnowledgeBase,
    /// Whom they can call.
    pub departments: Vec<Department>,
    /// The sample roster, used until a real one is imported; empty where it has problems.
    pub sample_roster: Vec<Commissioner>,
    /// The published holidays, completed by those that come with the program.
    pub holidays: Vec<HolidayYear>,
    /// The files it was read from.
    pub bundle: Bundle,
    /// Everything that is wrong, in order of file and place.
    pub problems: Vec<Problem>,
}

impl Loaded {
    /// Tells whether there are no errors; warnings do not stand in the way.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }
}

/// Reads the data folder at `dir` and judges it as of `today`.
///
/// Never fails: a folder that is missing or empty is a problem like any other. Paths in problems begin with the name of `dir`.
#[must_use]
pub fn load(dir: &Path, today: Date) -> Loaded {
    let mut report = start(dir);
    let bundle = Bundle::read(dir, &mut report);
    parse(bundle, today, report)
}

/// A report about the data folder at `dir`.
fn start(dir: &Path) -> Report {
    Report::new(name_of(dir))
}

/// Rebuilds what [`load`] gave for the folder that `bundle` was read from.
///
/// Files that could not be read then are not in the bundle, so their problems are not told again.
#[must_use]
pub fn load_bundle(bundle: Bundle, today: Date) -> Loaded {
    parse(bundle, today, Report::new("faq_data"))
}

/// The figures (document numbers, percentages, amounts of money) in a text, as they are written.
#[must_use]
pub fn figures_in(text: &str) -> Vec<String> {
    figures::figures(text).into_iter().map(|figure| figure.shown).collect()
}

/// The name of the data folder, with which paths in problems begin.
fn name_of(dir: &Path) -> OsString {
    let absolute = dir.canonicalize().unwrap_or_default();
    dir.file_name().or(absolute.file_name()).unwrap_or(OsStr::new("faq_data")).to_owned()
}

fn parse(bundle: Bundle, today: Date, mut report: Report) -> Loaded {
    let topics = topics::read(&bundle, today, &mut report);
    let documents = documents::read(&bundle, &topics.known, today, &mut report);
    let lexicon = lexicon::read(&bundle, &topics.known, &mut report);
    let golden = golden::read(&bundle, &topics, &mut report);
    let calibration = calibration::read(&bundle, &mut report);
    let service_points = directory::service_points(&bundle, &mut report);
    let departments = directory::departments(&bundle, &mut report);
    let sample_roster = sample_roster(&bundle, &mut report);
    let holidays = calendar::read(&bundle, today, &mut report);
    Loaded {
        base: KnowledgeBase { topics: topics.by_id, documents, lexicon, golden, calibration, service_points },
        departments,
        sample_roster,
        holidays,
        bundle,
        problems: report.into_problems(),
    }
}

fn sample_roster(bundle: &Bundle, report: &mut Report) -> Vec<Commissioner> {
    let Some(text) = bundle.text(ROSTER) else { return Vec::new() };
    let commissioners = roster::read(ROSTER, text.as_bytes(), true, report);
    if report.mentions(ROSTER) { Vec::new() } else { commissioners }
}
