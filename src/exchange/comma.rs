//! CSV text → a table. Commas, or the tabs and semicolons that spreadsheets also write.

use csv::{ReaderBuilder, StringRecord};

use super::fault::ReadError;
use super::formula::restore;
use super::{MAX_COLUMNS, MAX_ROWS};
use crate::desk::table::{Table, TableRow};

/// Reads `text`, called `name` in messages.
///
/// Rows are counted as a spreadsheet shows them: a cell of several lines is one row.
pub(super) fn table(name: &str, text: &str) -> Result<Table, ReadError> {
    let text = text.replace("\r\n", "\n") + "\n";
    let mut reader =
        ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    // Lines within cells seen so far: by them, line numbers of the file run ahead of row numbers.
    let mut inner_lines = 0;
    while reader.read_record(&mut record).map_err(|cause| ReadError::Damaged(Box::new(cause)))? {
        inner_lines += record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        // The reader stands on the line after the record; empty lines before it are rows as well.
        let next_line = usize::try_from(reader.position().line()).unwrap_or(usize::MAX);
        let number = next_line.saturating_sub(1 + inner_lines);
        let cells: Vec<_> = record.iter().map(|cell| restore(cell).to_owned()).collect();
        if number > MAX_ROWS || cells.len() > MAX_COLUMNS {
            let column = cells.len();
            return Err(ReadError::TooManyCells { sheet: name.to_owned(), row: number, column });
        }
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(TableRow { number, cells });
        }
    }
    Ok(Table { name: name.to_owned(), rows })
}

/// The sign that most often stands between the cells of the first row.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    // Of equal counts the last one wins, so the comma stands last.
    [b';', b'\t', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_as_a_spreadsheet_shows_them() {
        let table = table("a.csv", "编号,问题\r\na,\"一\r\n二\"\r\n\r\nb,'=1\r\n").unwrap();
        let rows: Vec<_> = table.rows.iter().map(|row| (row.number, row.cell(1))).collect();
        assert_eq!(rows, [(1, "问题"), (2, "一\n二"), (4, "=1")]);
    }

    #[test]
    fn tabs_and_semicolons_separate_too() {
        for text in ["编号\t问题\na\t一,二\n", "编号;问题\na;一,二\n"] {
            assert_eq!(table("a.csv", text).unwrap().rows[1].cells, ["a", "一,二"]);
        }
    }

    #[test]
    fn a_sheet_that_is_too_long_or_wide_is_refused() {
        for text in ["a\n".repeat(MAX_ROWS + 1), ",".repeat(MAX_COLUMNS)] {
            assert!(matches!(table("a.csv", &text), Err(ReadError::TooManyCells { .. })));
        }
    }
}
