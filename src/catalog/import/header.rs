//! Which column of a sheet says what, and what its places are called.

use super::super::sheet::{Column, Content, Field, column_of};
use crate::desk::table::{Table, TableRow, column_letters};

/// Where each known column stands in a sheet.
#[derive(Clone)]
pub(super) struct Header {
    pub(super) columns: Vec<(usize, &'static Column)>,
}

impl Header {
    /// The header of `table`: its first row, where that names columns of topics; `None` where the sheet is about something else.
    pub(super) fn of(table: &Table) -> Option<Self> {
        let first = table.rows.first()?;
        let known = (0..).zip(&first.cells).filter_map(|(at, cell)| Some((at, column_of(cell)?)));
        let columns: Vec<_> = known.collect();
        let is_about_topics =
            columns.iter().any(|(_, column)| matches!(column.content, Content::Id | Content::Field(Field::Title)));
        is_about_topics.then_some(Self { columns })
    }

    pub(super) fn at(&self, content: Content) -> Option<usize> {
        self.columns.iter().find(|(_, column)| column.content == content).map(|(at, _)| *at)
    }

    pub(super) fn cell<'a>(&self, row: &'a TableRow, content: Content) -> &'a str {
        self.at(content).map_or("", |at| row.cell(at).trim())
    }

    /// Where the column of `field` stands.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.at(Content::Field(field))
    }
}

/// A place in a sheet, for people.
pub(super) fn place(table: &Table, row: &TableRow, column: Option<usize>) -> String {
    let header = |column: usize| table.rows.first().map_or("", |first| first.cell(column)).trim_end_matches('*');
    match column {
        Some(column) => format!("工作表“{}”{}{}（{}）", table.name, column_letters(column), row.number, header(column)),
        None => format!("工作表“{}”第{}行", table.name, row.number),
    }
}
