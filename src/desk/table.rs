//! A sheet as rows of text: what spreadsheets and CSV files have in common.
//!
//! Neutral between who reads files and who knows what the columns mean. Formats, formulas and styles are left behind.

/// A sheet with the rows that hold anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name, as the spreadsheet shows it; the file's name for a CSV file.
    pub name: String,
    /// Its rows from the top, without empty ones.
    pub rows: Vec<TableRow>,
}

/// A row of a [`Table`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableRow {
    /// Its number as the spreadsheet counts, from 1.
    pub number: usize,
    /// Its cells from the left; cells after the last filled one may be missing.
    pub cells: Vec<String>,
}

impl TableRow {
    /// The text of the cell in `column`, counted from 0; empty where there is none.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A sheet to be written.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<SheetColumn>,
    /// Its rows below the headers.
    pub rows: Vec<Vec<String>>,
    /// So many rows at the top explain and are shown in grey.
    pub explaining_rows: usize,
}

/// A column of a [`Sheet`].
#[derive(Clone, Debug, Default)]
pub struct SheetColumn {
    /// Its header.
    pub header: String,
    /// What to know about it; shown beside the header. Empty for none.
    pub note: String,
    /// The words to choose from; empty for any text.
    pub choices: Vec<String>,
    /// How wide it is shown, in half-width characters.
    pub width: u16,
}

/// The letters of a column as spreadsheets show them: 0 is `A`, 26 is `AA`.
///
/// # Examples
///
/// ```
/// use zhengqitong::desk::table::column_letters;
///
/// assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
/// ```
#[must_use]
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
