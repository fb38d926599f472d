//! Tables → an XLSX or CSV file that an official can fill in: headers that stay in sight, notes, lists to choose from.
//!
//! Every cell is text, so a spreadsheet changes nothing by itself: no number loses its zeros, nothing becomes a date or a
//! formula.

use std::error::Error;

use csv::{Terminator, WriterBuilder};
use rust_xlsxwriter::{Color, DataValidation, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet, XlsxError};

use super::formula::neutralise;
use crate::desk::table::Sheet;

/// Why a sheet could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A cell holds more than spreadsheets can.
    #[error("第 {row} 行“{header}”有 {length} 个字，超过表格软件的上限（{MAX_CELL}）")]
    CellTooLong {
        /// The row, from 1.
        row: usize,
        /// The header of the column.
        header: String,
        /// How long the text is.
        length: usize,
    },
    /// The writer refused.
    #[error("表格没有写成")]
    Write(#[source] Box<dyn Error + Send + Sync>),
}

/// What a cell of a spreadsheet can hold, in UTF-16 units.
const MAX_CELL: usize = 32_767;

/// Rows that may be filled in get lists to choose from.
const PREPARED_ROWS: u32 = 1_000;

/// `sheets` as the bytes of an XLSX file.
///
/// # Errors
///
/// Returns [`WriteError`] where a cell is too long or the writer refuses.
pub fn write_xlsx(sheets: &[Sheet]) -> Result<Vec<u8>, WriteError> {
    for sheet in sheets {
        check(sheet)?;
    }
    let mut book = Workbook::new();
    for sheet in sheets {
        fill(book.add_worksheet(), sheet).map_err(refused)?;
    }
    book.save_to_buffer().map_err(refused)
}

/// `sheet` as the bytes of a CSV file that Excel in China opens without questions: UTF-8 with a byte order mark.
///
/// # Errors
///
/// Returns [`WriteError`] where a cell is too long.
pub fn write_csv(sheet: &Sheet) -> Result<Vec<u8>, WriteError> {
    check(sheet)?;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let headers: Vec<_> = sheet.columns.iter().map(|column| column.header.clone()).collect();
    for row in std::iter::once(&headers).chain(&sheet.rows) {
        writer.write_record(row.iter().map(|cell| neutralise(cell))).map_err(refused)?;
    }
    writer.into_inner().map_err(|cause| refused(cause.into_error()))
}

fn refused(cause: impl Into<Box<dyn Error + Send + Sync>>) -> WriteError {
    WriteError::Write(cause.into())
}

fn check(sheet: &Sheet) -> Result<(), WriteError> {
    for (at, row) in sheet.rows.iter().enumerate() {
        for (cell, column) in row.iter().zip(&sheet.columns) {
            let length = cell.encode_utf16().count();
            // One is kept for the apostrophe before what looks like a formula.
            if length >= MAX_CELL {
                return Err(WriteError::CellTooLong { row: at + 2, header: column.header.clone(), length });
            }
        }
    }
    Ok(())
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let grey = text.clone().set_italic().set_font_color(Color::Gray);
    let quoted = text.clone().set_quote_prefix();
    let heading = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00DD_EBF7))
        .set_border(FormatBorder::Thin);
    worksheet.set_name(&sheet.name)?;
    for (column, about) in (0_u16..).zip(&sheet.columns) {
        worksheet.set_column_width(column, about.width)?;
        worksheet.set_column_format(column, &text)?;
        worksheet.write_string_with_format(0, column, &about.header, &heading)?;
        if !about.note.is_empty() {
            worksheet.insert_note(0, column, &Note::new(&about.note).set_author("政企通").add_author_prefix(false))?;
        }
        if !about.choices.is_empty() {
            let list = DataValidation::new().allow_list_strings(&about.choices)?;
            worksheet.add_data_validation(1, column, PREPARED_ROWS, column, &list)?;
        }
    }
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        let is_explaining = (row as usize) <= sheet.explaining_rows;
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let cell = neutralise(cell);
            let format = match () {
                () if is_explaining => &grey,
                () if cell.starts_with('\'') => &quoted,
                () => &text,
            };
            worksheet.write_string_with_format(row, column, cell, format)?;
        }
    }
    worksheet.set_freeze_panes(1, 2)?;
    Ok(())
}
