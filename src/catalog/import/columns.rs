//! Problems of a topic's text, told at the cells of the sheet that it was made of.

use super::super::problem::{Place, Problem, Report};
use super::super::record::DraftRecord;
use super::super::sheet::{COLUMNS, Content, Field};
use super::super::yaml;
use super::header::{Header, place};
use super::{Candidate, Fault, Import, Item, Source};
use crate::desk::table::Table;

/// Where the keys of a candidate stand in its text, and in which columns of its sheet.
pub(super) struct Columns<'a> {
    name: String,
    sheet: Option<(&'a Table, usize, Header)>,
    places: Vec<(Place, Field)>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(candidate: &Candidate, sources: &'a [Source], import: &Import) -> Self {
        let item = &import.items[candidate.item];
        let sheet = match &sources[item.source] {
            Source::Table(table) => Header::of(table).map(|header| (table, item.row, header)),
            Source::Topic { .. } => None,
        };
        Self::new(&item.place, sheet, &candidate.record, &candidate.text)
    }

    /// Those of `record`, whose file says `text`; `sheet` gives the table, the row's place in it, and its header.
    pub(super) fn new(name: &str, sheet: Option<(&'a Table, usize, Header)>, record: &DraftRecord, text: &str) -> Self {
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

    pub(super) fn fault(&self, problem: &Problem, is_own: bool) -> Fault {
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
