//! What a file or an answer is, judged by what is in it before what it is called.

use reqwest::Url;

use super::fault::ReadError;
use super::{MAX_SOURCE_BYTES, Page, book, charset, comma};
use crate::desk::table::Table;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// Sheets of a spreadsheet or a CSV file.
    Tables(Vec<Table>),
    /// A page.
    Page(Page),
    /// A text in Markdown.
    Markdown(String),
    /// A topic file.
    Topic(String),
}

/// Reads `bytes`, a file called `name` or an answer with that `content_type` from `address`.
///
/// # Errors
///
/// Returns [`ReadError`] where it is too large, damaged, or nothing that can be read.
pub fn recognise(
    name: &str,
    content_type: Option<&str>,
    bytes: &[u8],
    address: Option<&Url>,
) -> Result<Material, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() > MAX_SOURCE_BYTES {
        return Err(ReadError::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let is_book = bytes.windows(12).any(|window| window == b"xl/workbook.");
        return if is_book {
            book::tables(bytes).map(Material::Tables)
        } else {
            unsupported("Word 文档或压缩包")
        };
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(ReadError::OldSpreadsheet);
    }
    if bytes.starts_with(b"%PDF") {
        return unsupported("PDF 文件");
    }
    let kind = content_type.map(media_type).or_else(|| name.rsplit_once('.').map(|(_, end)| end.to_lowercase()));
    let declared = content_type.and_then(charset::declared_by_header).map(str::to_owned);
    let text = |declared: Option<String>| charset::decode(bytes, declared.as_deref()).ok_or(ReadError::Encoding);
    match kind.as_deref() {
        Some("html" | "htm" | "xhtml" | "shtml" | "text/html" | "application/xhtml+xml") => {
            let text = text(declared.or_else(|| charset::declared_by_page(bytes)))?;
            Ok(Material::Page(Page::read(&text, address)))
        }
        Some("md" | "markdown" | "text/markdown") => text(declared).map(|text| Material::Markdown(plain(&text))),
        Some("yaml" | "yml") => text(declared).map(|text| Material::Topic(plain(&text))),
        Some("csv" | "tsv" | "text/csv") => Ok(Material::Tables(vec![comma::table(name, &text(declared)?)?])),
        _ => unsupported("这种文件"),
    }
}

fn unsupported(what: &'static str) -> Result<Material, ReadError> {
    Err(ReadError::Unsupported { what })
}

/// The type without its parameters.
fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// With line breaks as Unix writes them.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::workbook::{write_csv, write_xlsx};
    use super::*;
    use crate::desk::table::{Sheet, SheetColumn};

    fn sheet(cells: &[&str]) -> Sheet {
        let columns =
            cells.iter().map(|_| SheetColumn { header: "列".to_owned(), width: 10, ..SheetColumn::default() });
        let row = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Sheet { name: "主题".to_owned(), columns: columns.collect(), rows: vec![row], explaining_rows: 0 }
    }

    fn cells(material: Material) -> Vec<String> {
        let Material::Tables(tables) = material else { panic!("{material:?}") };
        tables[0].rows[1].cells.clone()
    }

    /// An archive of these parts.
    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[track_caller]
    fn refused(name: &str, bytes: &[u8], part: &str) {
        let told = recognise(name, None, bytes, None).unwrap_err().to_string();
        assert!(told.contains(part), "{told}");
    }

    #[test]
    fn what_is_written_to_a_sheet_is_read_back() {
        let written = ["=cmd()", "'=1", "一\n二", "00123", "1e5", "2026-01-01", "'引号'", "@a", "尾"];
        assert_eq!(cells(recognise("a.xlsx", None, &write_xlsx(&[sheet(&written)]).unwrap(), None).unwrap()), written);
        assert_eq!(cells(recognise("a.csv", None, &write_csv(&sheet(&written)).unwrap(), None).unwrap()), written);
    }

    #[test]
    fn a_cell_that_no_spreadsheet_holds_is_not_written() {
        let error = write_xlsx(&[sheet(&["好", &"长".repeat(40_000)])]).unwrap_err();
        assert!(error.to_string().starts_with("第 2 行“列”有 40000 个字"), "{error}");
    }

    #[test]
    fn numbers_and_dates_of_a_spreadsheet_become_their_text() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let date = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
        sheet.write_string(0, 0, "头").unwrap();
        sheet.write_number(1, 0, 12345.0).unwrap();
        sheet.write_number(1, 1, 0.5).unwrap();
        sheet.write_number_with_format(1, 2, 46387.0, &date).unwrap();
        sheet.write_boolean(1, 3, true).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        assert_eq!(cells(recognise("a.xlsx", None, &bytes, None).unwrap()), ["12345", "0.5", "2026-12-31", "是"]);
    }

    #[test]
    fn archives_that_would_fill_the_memory_are_refused() {
        let zeros = vec![b' '; 70 << 20];
        let bomb = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
        assert!(bomb.len() < 1 << 20);
        refused("a.xlsx", &bomb, "解压后超过 64 MiB");
        let claim = b"<sst uniqueCount = '99999999999999'><si><t>x</t></si></sst>";
        refused("a.xlsx", &archive(&[("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", claim)]), "解压后超过");
        let hidden: Vec<u8> = claim.iter().flat_map(|byte| [*byte, 0]).collect();
        refused("a.xlsx", &archive(&[("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", &hidden)]), "已损坏");
    }

    #[test]
    fn a_cell_in_the_last_corner_is_refused() {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(1_048_575, 16_383, "角").unwrap();
        refused("a.xlsx", &book.save_to_buffer().unwrap(), "“Sheet1”的第 1048576 行第 16384 列超出范围");
    }

    #[test]
    fn what_is_no_spreadsheet_says_what_to_do() {
        refused("a.xlsx", b"PK\x03\x04xl/workbook.xml and nothing else", "已损坏");
        refused("a.docx", &archive(&[("word/document.xml", b"<w/>")]), "另存为 .xlsx、.csv");
        refused("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1], "另存为 .xlsx，不要设密码");
        refused("a.pdf", b"%PDF-1.7", "PDF 文件不能导入");
        refused("a.exe", b"MZ", "这种文件不能导入");
        refused("a.csv", b"", "空的");
        refused("a.csv", &[0xff, 0xfd, 0x80, 0x00, 0xff], "另存为 UTF-8");
    }

    #[test]
    fn the_answer_of_a_server_is_what_its_header_says() {
        let page = recognise("", Some("text/html; charset=utf-8"), "<p>好".as_bytes(), None).unwrap();
        assert!(matches!(page, Material::Page(page) if page.markdown == "好\n"));
        assert!(recognise("a.html", Some("image/png"), b"<p>", None).is_err());
    }
}
