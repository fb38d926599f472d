//! Knowledge that comes in and goes out: officials with spreadsheets, documents, web pages, and those who mean harm.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod documents;
mod hostile;
mod sheets;
mod web;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

/// Every file below `dir` with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().display().to_string();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The first sheet of a workbook, as a spreadsheet program shows it.
fn cells(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// Saves cells as a spreadsheet program does.
fn save(path: &Path, cells: &[Vec<String>]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("主题").unwrap();
    for (row, cells) in (0_u32..).zip(cells) {
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// Where the column called `header` stands.
fn column(cells: &[Vec<String>], header: &str) -> usize {
    cells[0].iter().position(|cell| cell.trim_end_matches('*') == header).unwrap()
}
