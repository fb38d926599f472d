//! Why something could not be read. Chinese, since administrators read it; each says what to do.

use super::{MAX_COLUMNS, MAX_ROWS, MAX_SOURCE_BYTES};

/// Why a file or an answer could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is larger than is read.
    #[error("文件超过 {} MiB，没有读取：请拆成几个文件", MAX_SOURCE_BYTES >> 20)]
    TooLarge,
    /// It is packed so densely that it would fill the memory.
    #[error("表格解压后超过 {limit} MiB，没有读取：请只保留要导入的工作表，另存后再试")]
    Bomb {
        /// The limit.
        limit: u64,
    },
    /// The sheet is too long or too wide.
    #[error(
        "工作表“{sheet}”的第 {row} 行第 {column} 列超出范围（最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列）：请删去多余的行列，或拆成几个文件"
    )]
    TooManyCells {
        /// The sheet.
        sheet: String,
        /// The row, from 1.
        row: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is a spreadsheet of an old or encrypted form.
    #[error("这是旧版（.xls）或加密的文件，没有读取：请在表格软件里另存为 .xlsx，不要设密码")]
    OldSpreadsheet,
    /// It is a spreadsheet that cannot be taken apart.
    #[error("表格文件已损坏，没有读取：请在表格软件里打开后另存为 .xlsx")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is a format that is not read at all.
    #[error("{what}不能导入：请另存为 .xlsx、.csv、.md 或网页（.html）")]
    Unsupported {
        /// What it is.
        what: &'static str,
    },
    /// Its encoding is none that is known.
    #[error("看不出文件的文字编码，没有读取：请另存为 UTF-8 编码")]
    Encoding,
    /// There is nothing in it.
    #[error("文件是空的")]
    Empty,
}
