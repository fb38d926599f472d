//! A table of a page as rows, each of which can be read alone: cells that cover several rows or columns are repeated.

/// What has been read of a table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: Option<(String, (usize, usize))>,
    /// Cells of earlier rows that cover the rows below: column, how many more rows, text.
    covering: Vec<(usize, usize, String)>,
    /// Whether it arranges a page rather than facts: another table stands in it.
    pub(super) is_layout: bool,
}

/// Wider tables arrange a page.
const WIDEST: usize = 60;

/// A cell with more text arranges a page, too.
const LONGEST_CELL: usize = 400;

impl Rows {
    pub(super) fn begin_row(&mut self) {
        self.end_row();
    }

    pub(super) fn begin_cell(&mut self, span: (usize, usize)) {
        self.end_cell();
        self.cover();
        self.cell = Some((String::new(), span));
    }

    /// Adds text to the cell; `false` where none is open.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let Some((cell, _)) = &mut self.cell else { return false };
        cell.push_str(text);
        true
    }

    pub(super) fn end_cell(&mut self) {
        let Some((text, (columns, rows))) = self.cell.take() else { return };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for _ in 0..columns {
            if self.row.len() < WIDEST {
                if rows > 1 {
                    self.covering.push((self.row.len(), rows - 1, text.clone()));
                }
                self.row.push(text.clone());
            }
        }
    }

    pub(super) fn end_row(&mut self) {
        self.end_cell();
        if self.row.is_empty() {
            return;
        }
        self.cover();
        let row = std::mem::take(&mut self.row);
        self.covering.retain(|(.., rows, _)| *rows > 0);
        if row.iter().any(|cell| !cell.is_empty()) {
            self.rows.push(row);
        }
    }

    /// The rows, and whether they are a table of facts.
    pub(super) fn finish(mut self) -> (Vec<Vec<String>>, bool) {
        self.end_row();
        let is_long = self.rows.iter().flatten().any(|cell| cell.chars().count() > LONGEST_CELL);
        let is_narrow = self.rows.iter().all(|row| row.len() < 2);
        (self.rows, !self.is_layout && !is_long && !is_narrow)
    }

    /// Repeats what reaches down from earlier rows into the next columns.
    fn cover(&mut self) {
        while let Some(covering) =
            self.covering.iter_mut().find(|(column, rows, _)| *column == self.row.len() && *rows > 0)
        {
            covering.1 -= 1;
            let text = covering.2.clone();
            if self.row.len() >= WIDEST {
                break;
            }
            self.row.push(text);
        }
    }
}
