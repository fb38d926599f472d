//! What commands print: results on standard output, complaints on standard error.

use std::io::{self, IsTerminal, Write};

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Standard output. A closed pipe (`| head`) is an ordinary error, not a panic.
pub(crate) struct Out(io::Stdout);

impl Out {
    pub(crate) fn new() -> Self {
        Self(io::stdout())
    }

    /// One line.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.0, "{}", text.as_ref())
    }

    /// A value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, value)?;
        writeln!(self.0)
    }

    /// A value as indented JSON.
    pub(crate) fn pretty(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.0, value)?;
        writeln!(self.0)
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// A prompt without a line break.
    pub(crate) fn prompt(&mut self, text: &str) -> io::Result<()> {
        write!(self.0, "{text}")?;
        self.0.flush()
    }

    /// A table with a heading.
    pub(crate) fn table<const N: usize>(&mut self, heading: [&str; N], rows: Vec<[String; N]>) -> io::Result<()> {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(heading);
        table.add_rows(rows);
        self.line(table.to_string())
    }

    /// A table for spreadsheets: CSV with a mark that it is UTF-8, and no cell that would be taken for a formula.
    pub(crate) fn csv<const N: usize>(&mut self, heading: [&str; N], rows: Vec<[String; N]>) -> anyhow::Result<()> {
        self.0.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::Writer::from_writer(&mut self.0);
        writer.write_record(heading)?;
        for row in rows {
            writer.write_record(row.iter().map(|cell| harmless(cell)))?;
        }
        writer.flush()?;
        Ok(())
    }

    /// An error with all its causes, on standard error.
    pub(crate) fn complain(error: &anyhow::Error) {
        let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
        // Nothing sensible can be done when standard error is closed.
        let _ = writeln!(io::stderr(), "错误：{}", causes.join("："));
    }

    /// A line for people beside the result, on standard error.
    pub(crate) fn note(text: impl AsRef<str>) {
        // Nothing sensible can be done when standard error is closed.
        let _ = writeln!(io::stderr(), "{}", text.as_ref());
    }
}

/// What people wrote must not become a formula when it is opened as a spreadsheet.
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

/// A progress bar on standard error; hidden when that is no terminal.
pub(crate) fn progress(what: &'static str) -> impl Fn(usize, usize) {
    let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_prefix(what);
    move |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        if done == total {
            bar.finish_and_clear();
        }
    }
}
