//! How knowledge comes in and goes out: spreadsheets, CSV files, web pages, web addresses.
//!
//! Bytes become tables, pages and texts, and tables become bytes again. Whatever is read is hostile until it is not: sizes are
//! bounded before anything is unpacked, addresses are checked before anything is connected to. Absent on purpose: what the
//! columns and the texts mean (the catalogue knows), and writing into the data folder.

mod address;
mod book;
mod charset;
mod comma;
mod fault;
mod fetch;
mod formula;
mod page;
mod source;
mod workbook;

pub use fault::ReadError;
pub use fetch::{FetchError, FetchRules, Fetched, fetch};
pub use page::Page;
pub use source::{Material, recognise};
pub use workbook::{WriteError, write_csv, write_xlsx};

/// Larger files are refused.
pub const MAX_SOURCE_BYTES: usize = 16 << 20;

/// More rows than this are no sheet of topics.
const MAX_ROWS: usize = 5_000;

/// More columns than this are no sheet of topics.
const MAX_COLUMNS: usize = 256;
