//! Topics as a sheet that officials read and fill in: a row a topic, a column a key of the topic file.
//!
//! Which bytes a sheet is made of is not known here; whether a filled-in row may become a topic is judged by the import.

mod cell;
mod column;
mod guide;
mod parts;
mod words;

pub(super) use cell::{CellFault, shortened};
pub(super) use column::Field;
pub(super) use guide::{COLUMNS, Column, Content, NOT_A_TOPIC, REASON};

use super::bundle::Bundle;
use super::known::CATEGORIES;
use super::record::DraftRecord;
use crate::desk::table::{Sheet, SheetColumn};
use crate::desk::wording;
use crate::domain::topic::TopicId;

/// The name of the sheet with the topics.
const TOPICS: &str = "主题";

/// An empty sheet with explanations and a sample, and a sheet that explains it at length.
#[must_use]
pub fn template() -> Vec<Sheet> {
    let notes = COLUMNS.iter().enumerate().map(|(at, column)| {
        let note = explanation(column);
        // The first cell tells that the row is no topic.
        if at == 0 { format!("说明：{note}") } else { note }
    });
    let sample = COLUMNS.iter().map(|column| column.example.to_owned());
    vec![Sheet { rows: vec![notes.collect(), sample.collect()], explaining_rows: 2, ..empty() }, explanations()]
}

/// The topics in `bundle`, all or those of `category`, and of `drafts`, as sheets that importing takes back unchanged.
///
/// Files that cannot be read are left out; their ids are returned as well.
#[must_use]
pub fn export(bundle: &Bundle, drafts: &Bundle, category: Option<&str>) -> (Vec<Sheet>, Vec<String>) {
    let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
    let files = bundle.files().filter_map(|(path, text)| Some((path.strip_prefix("topics/")?, text)));
    let drafts = drafts.files().filter_map(|(path, text)| Some((path.strip_prefix("drafts/")?, text)));
    for (name, text) in files.chain(drafts) {
        let Some(id) = name.strip_suffix(".yaml").and_then(TopicId::parse) else { continue };
        if category.is_some_and(|category| id.category() != category) {
            continue;
        }
        match serde_saphyr::from_str::<DraftRecord>(text) {
            Ok(record) => rows.push(row(&id, &record)),
            Err(_) => unreadable.push(id.to_string()),
        }
    }
    (vec![Sheet { rows, ..empty() }, explanations()], unreadable)
}

fn row(id: &TopicId, record: &DraftRecord) -> Vec<String> {
    let cell = |column: &Column| match column.content {
        Content::Id => id.to_string(),
        Content::Category => wording::category(id.category()).to_owned(),
        Content::Field(field) => field.cell(record),
    };
    COLUMNS.iter().map(cell).collect()
}

/// A sheet of topics without rows.
fn empty() -> Sheet {
    let columns = COLUMNS.iter().map(|column| SheetColumn {
        header: header(column),
        note: explanation(column),
        choices: choices(column),
        width: column.width,
    });
    Sheet { name: TOPICS.to_owned(), columns: columns.collect(), ..Sheet::default() }
}

/// The header with a star where a topic must have the column.
fn header(column: &Column) -> String {
    format!("{}{}", column.header, if column.is_required { "*" } else { "" })
}

fn explanation(column: &Column) -> String {
    let choices = choices(column);
    if choices.is_empty() {
        column.note.to_owned()
    } else {
        format!("{}可以填：{}。", column.note, choices.join("、"))
    }
}

fn choices(column: &Column) -> Vec<String> {
    match column.content {
        Content::Id => Vec::new(),
        Content::Category => CATEGORIES.iter().map(|category| wording::category(category).to_owned()).collect(),
        Content::Field(field) => field.choices(),
    }
}

/// A sheet that tells about every column at length.
fn explanations() -> Sheet {
    let column = |header: &str, width| SheetColumn { header: header.to_owned(), width, ..SheetColumn::default() };
    let row = |about: &Column| {
        let must = if about.is_required { "必填" } else { "选填" };
        vec![about.header.to_owned(), must.to_owned(), explanation(about), about.example.to_owned()]
    };
    let closing = [
        ["说明", "", "标 * 的列，缺了不能成为主题，先存为草稿。", ""],
        ["说明", "", "第一格以“说明”或“示例”开头的行不会导入。", ""],
        ["说明", "", "文字里要写“｜”时，前面加一个反斜杠（\\｜）。", ""],
    ];
    let rows = COLUMNS.iter().map(row).chain(closing.map(|row| row.map(str::to_owned).to_vec())).collect();
    Sheet {
        name: "填写说明".to_owned(),
        columns: vec![column("列", 14), column("是否必填", 10), column("填什么", 80), column("例子", 50)],
        rows,
        explaining_rows: 0,
    }
}

/// A date in any of the ways officials write it; `None` where `text` is none.
pub(super) fn read_date(text: &str) -> Option<jiff::civil::Date> {
    cell::date(text.split_whitespace().next().unwrap_or_default()).ok()
}

/// The category called `name`, in Chinese or as a topic id has it.
#[must_use]
pub fn category(name: &str) -> Option<&'static str> {
    CATEGORIES.into_iter().find(|category| *category == name || wording::category(category) == name)
}

/// The column that `header` names, whatever stars and spaces stand around it.
pub(super) fn column_of(header: &str) -> Option<&'static Column> {
    let plain = header.trim().trim_end_matches(['*', '＊']).trim();
    COLUMNS.iter().find(|column| {
        let path = match column.content {
            Content::Id => "id",
            Content::Category => "category",
            Content::Field(field) => field.path(),
        };
        column.header == plain || path == plain
    })
}
