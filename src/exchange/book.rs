//! An XLSX file → tables of text.
//!
//! The file is unpacked once to nowhere and counted before the spreadsheet reader sees it, and cells are read one by one, so
//! neither a zip bomb nor a cell in the last corner of a sheet fills the memory.

use std::error::Error;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, SheetVisible, Xlsx};
use zip::ZipArchive;

use super::fault::ReadError;
use super::formula::restore;
use super::{MAX_COLUMNS, MAX_ROWS};
use crate::desk::table::{Table, TableRow};

/// What an archive may unpack to.
const MAX_UNPACKED: u64 = 64 << 20;

/// Spreadsheets have a dozen parts and one a sheet or picture.
const MAX_PARTS: usize = 2_000;

/// The reader makes room for as many shared texts as the file claims to have.
const MAX_CLAIMED: u64 = 1_000_000;

/// Reads the visible sheets of the workbook in `bytes`.
pub(super) fn tables(bytes: &[u8]) -> Result<Vec<Table>, ReadError> {
    check_size(bytes)?;
    // The reader is made for files that spreadsheets wrote; what a hostile one makes of it must not end the program.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or_else(|_| Err(damaged("the reader gave up")))
}

fn damaged(cause: impl Into<Box<dyn Error + Send + Sync>>) -> ReadError {
    ReadError::Damaged(cause.into())
}

/// Unpacks everything to nowhere, whatever sizes the archive claims.
fn check_size(bytes: &[u8]) -> Result<(), ReadError> {
    let bomb = || ReadError::Bomb { limit: MAX_UNPACKED >> 20 };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(bomb());
    }
    let mut left = MAX_UNPACKED;
    let mut unpacked = Vec::new();
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(damaged)?;
        let is_binary =
            part.name().is_ok_and(|name| ![".xml", ".rels"].iter().any(|end| name.to_ascii_lowercase().ends_with(end)));
        unpacked.clear();
        let read = part.take(left + 1).read_to_end(&mut unpacked).map_err(damaged)? as u64;
        left = left.checked_sub(read).ok_or_else(bomb)?;
        if !is_binary {
            check_xml(&unpacked)?;
        }
    }
    Ok(())
}

/// Refuses XML that would make the reader ask for more memory than the file is worth.
fn check_xml(xml: &[u8]) -> Result<(), ReadError> {
    // Spreadsheets write UTF-8; in UTF-16 the claim below could hide.
    if xml.contains(&0) {
        return Err(damaged("a part is not UTF-8"));
    }
    const CLAIM: &[u8] = b"uniqueCount";
    for at in xml.windows(CLAIM.len()).enumerate().filter(|(_, window)| *window == CLAIM).map(|(at, _)| at) {
        let rest = &xml[at + CLAIM.len()..];
        let digits = rest.iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        let claimed = digits.fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        if claimed > MAX_CLAIMED {
            return Err(ReadError::Bomb { limit: MAX_UNPACKED >> 20 });
        }
    }
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Vec<Table>, ReadError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = book.sheets_metadata().to_vec();
    let visible = sheets.into_iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    visible.map(|sheet| table(&mut book, sheet.name)).collect()
}

fn table(book: &mut Xlsx<Cursor<&[u8]>>, name: String) -> Result<Table, ReadError> {
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut rows: Vec<TableRow> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize + 1, column as usize);
        if row > MAX_ROWS || column >= MAX_COLUMNS {
            return Err(ReadError::TooManyCells { sheet: name, row, column: column + 1 });
        }
        if rows.last().is_none_or(|last| last.number != row) {
            rows.push(TableRow { number: row, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            last.cells.resize(last.cells.len().max(column + 1), String::new());
            last.cells[column] = text;
        }
    }
    Ok(Table { name, rows })
}

/// A cell as the text that a person sees in it, more or less; a date as `2026-12-31`.
fn text(value: &DataRef<'_>) -> String {
    let text = match value {
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(moment) => moment.split('T').next().unwrap_or_default().to_owned(),
        DataRef::Bool(is_so) => if *is_so { "是" } else { "否" }.to_owned(),
        other => Data::from(other.clone()).to_string(),
    };
    // Excel writes a carriage return within a cell like this.
    let text = text.replace("_x000D_", "").replace("\r\n", "\n");
    restore(text.trim()).to_owned()
}
