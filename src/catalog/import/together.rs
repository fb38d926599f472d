//! New topics beside each other and beside those that are there: what `check` would find, told at the cell it comes from.

use jiff::civil::Date;

use super::super::bundle::Bundle;
use super::super::problem::{Place, Problem, Report, Severity};
use super::super::record::DraftRecord;
use super::super::sheet::{COLUMNS, Content, Field};
use super::super::{topics, yaml};
use super::rows::{Header, place};
use super::{Candidate, Fault, Folder, Import, Item, Source};
use crate::desk::table::Table;

/// Judges `candidates` as if they stood in the folder. Those with errors fail, until the rest agrees with each other.
pub(super) fn check(
    mut candidates: Vec<Candidate>,
    sources: &[Source],
    folder: &Folder<'_>,
    today: Date,
    import: &mut Import,
) {
    let before: Vec<String> = problems(&folder.topics, &[], today).iter().map(told).collect();
    while !candidates.is_empty() {
        let found = problems(&folder.topics, &candidates, today);
        let mut errors = Vec::new();
        let mut warnings = Vec::new();
        for candidate in &candidates {
            let own = format!("topics/{}.yaml", candidate.id);
            let columns = Columns::of(candidate, sources, import);
            for problem in &found {
                let (is_own, is_error) = (problem.file.to_string_lossy() == own, problem.severity == Severity::Error);
                // A question that is there already is told at whichever file comes later.
                let is_caused = (is_own || problem.message.contains(&own)) && !before.contains(&told(problem));
                if is_caused || is_own && is_error {
                    let list = if is_error { &mut errors } else { &mut warnings };
                    list.push((candidate.item, columns.fault(problem, is_own)));
                }
            }
        }
        if errors.is_empty() {
            warnings.into_iter().for_each(|(item, fault)| import.items[item].remarks.push(fault));
            return;
        }
        candidates.retain(|candidate| errors.iter().all(|(item, _)| *item != candidate.item));
        errors.into_iter().for_each(|(item, fault)| import.items[item].fail(fault));
    }
}

/// Judges `draft` by the rules of single values; what it lacks is no fault.
pub(super) fn check_draft(draft: &Candidate, sources: &[Source], import: &mut Import) {
    Columns::of(draft, sources, import).judge_values(&draft.text, &mut import.items[draft.item]);
}

/// Everything `check` says about the topics of `bundle` and `candidates`.
fn problems(bundle: &Bundle, candidates: &[Candidate], today: Date) -> Vec<Problem> {
    let new = candidates.iter().map(|candidate| (format!("topics/{}.yaml", candidate.id), candidate.text.clone()));
    let there = bundle.files().map(|(path, text)| (path.to_owned(), text.to_owned()));
    // Of two files of one name the later one counts.
    let together: Bundle = there.chain(new).collect();
    let mut report = Report::new("");
    topics::read(&together, today, &mut report);
    report.into_problems()
}

fn told(problem: &Problem) -> String {
    format!("{}: {}", problem.file.display(), problem.message)
}

/// Where the keys of a candidate stand in its text, and in which columns of its sheet.
pub(super) struct Columns<'a> {
    name: String,
    sheet: Option<(&'a Table, usize, Header)>,
    places: Vec<(Place, Field)>,
}

impl<'a> Columns<'a> {
    fn of(candidate: &Candidate, sources: &'a [Source], import: &Import) -> Self {
        let item = &import.items[candidate.item];
        let sheet = match &sources[item.source] {
            Source::Table(table) => Header::of(table).map(|header| (table, item.row, header)),
            Source::Topic { .. } => None,
        };
        Self::new(&item.place, sheet, &candidate.record, &candidate.text)
    }

    /// Those of a row of `sheet`, which gives the table, the row's place in it, and its header.
    pub(super) fn of_row(name: &str, sheet: (&'a Table, usize, Header), record: &DraftRecord, text: &str) -> Self {
        Self::new(name, Some(sheet), record, text)
    }

    fn new(name: &str, sheet: Option<(&'a Table, usize, Header)>, record: &DraftRecord, text: &str) -> Self {
        let parsed = yaml::read::<DraftRecord>("", text, &mut Report::new(""));
        let fields = COLUMNS.iter().filter_map(|column| match column.content {
            Content::Field(field) if !field.cell(record).is_empty() => Some(field),
            _ => None,
        });
        let mut places: Vec<_> = match &parsed {
            Some(parsed) => fields.map(|field| (parsed.place(field.path()), field)).collect(),
            None => Vec::new(),
        };
        places.sort_by_key(|(place, _)| *place);
        Self { name: name.to_owned(), sheet, places }
    }

    /// Judges `text` by the rules of single values and fails `item` where it breaks them.
    pub(super) fn judge_values(&self, text: &str, item: &mut Item) {
        let mut report = Report::new("");
        yaml::read::<DraftRecord>("", text, &mut report);
        report.into_problems().iter().for_each(|problem| item.fail(self.fault(problem, true)));
    }

    fn fault(&self, problem: &Problem, is_own: bool) -> Fault {
        let Problem { message, hint, line, column, .. } = problem;
        let Some((table, row, header)) = &self.sheet else {
            let place = if is_own { format!("{}:{line}:{column}", self.name) } else { self.name.clone() };
            return Fault { place, column: None, message: message.clone(), hint: hint.clone() };
        };
        let at = Place { line: *line, column: *column };
        let field = if is_own {
            self.places.iter().rev().find(|(start, _)| *start <= at).map(|(_, field)| *field)
        } else {
            Some(Field::Questions)
        };
        let column = field.and_then(|field| header.column(field));
        let message = if is_own { without_key(message) } else { format!("{}：{message}", problem.file.display()) };
        Fault { place: place(table, &table.rows[*row], column), column, message, hint: hint.clone() }
    }
}

/// A message without the key it begins with: the column says it.
fn without_key(message: &str) -> String {
    let is_key = |key: &str| key.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
    match message.split_once('：') {
        Some((key, rest)) if is_key(key) => rest.to_owned(),
        _ => message.to_owned(),
    }
}
