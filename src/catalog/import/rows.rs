//! The rows of a sheet, each by itself: which topic it is, and what its cells say.

use std::collections::BTreeMap;

use super::super::edit::slug;
use super::super::record::{ConfidenceRecord, DraftRecord, StatusRecord};
use super::super::sheet::{COLUMNS, CellFault, Content, Field, NOT_A_TOPIC, REASON, category, column_of, shortened};
use super::columns::Columns;
use super::header::{Header, place};
use super::{Candidate, Fault, Folder, Import, Item, modest, text_of};
use crate::catalog::known::CATEGORIES;
use crate::desk::table::{Table, TableRow};
use crate::domain::topic::TopicId;

/// What a spreadsheet holds in one cell at most; longer cells come from elsewhere.
const MAX_CELL: usize = 32_767;

/// What spreadsheets show for a formula that went wrong.
const BROKEN_FORMULAS: [&str; 7] = ["#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"];

/// Reads the rows of `table` and adds what can be read to `candidates`.
pub(super) fn read(
    source: usize,
    table: &Table,
    folder: &Folder<'_>,
    taken: &mut BTreeMap<TopicId, String>,
    import: &mut Import,
    candidates: &mut Vec<Candidate>,
) {
    let Some(header) = Header::of(table) else { return };
    if !check_header(table, &header, import) {
        return;
    }
    for (at, row) in table.rows.iter().enumerate().skip(1) {
        let first = row.cell(header.at(Content::Id).unwrap_or(0)).trim();
        let is_empty = header.columns.iter().all(|(column, _)| row.cell(*column).trim().is_empty());
        if is_empty || NOT_A_TOPIC.iter().any(|mark| first.starts_with(mark)) {
            continue;
        }
        import.items.push(Item::new(source, at, place(table, row, None), None));
        let number = import.items.len() - 1;
        let reading = Row { table, header: &header, at, folder };
        candidates.extend(reading.candidate(number, taken, &mut import.items[number]));
    }
}

/// Tells what is wrong with the columns; `false` where the rows cannot be read.
fn check_header(table: &Table, header: &Header, import: &mut Import) -> bool {
    let Some(first) = table.rows.first() else { return false };
    let mut is_readable = true;
    for (at, cell) in first.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
        let fault = |message: String, hint: String| Fault {
            place: place(table, first, Some(at)),
            column: Some(at),
            message,
            hint: Some(hint),
        };
        match column_of(cell) {
            Some(column)
                if header.columns.iter().any(|(other, known)| *other < at && known.content == column.content) =>
            {
                import.sheet_faults.push(fault(format!("列“{}”写了两次", column.header), "删去一列".to_owned()));
                is_readable = false;
            }
            None if cell.trim() != REASON => {
                let known = COLUMNS.map(|column| column.header).join("、");
                import
                    .remarks
                    .push(fault(format!("不认识的列“{}”，没有读取", shortened(cell)), format!("可用的列：{known}")));
            }
            _ => {}
        }
    }
    is_readable
}

/// A row that is being read.
struct Row<'a> {
    table: &'a Table,
    header: &'a Header,
    /// The place of the row among those of the table.
    at: usize,
    folder: &'a Folder<'a>,
}

impl Row<'_> {
    fn row(&self) -> &TableRow {
        &self.table.rows[self.at]
    }

    /// What the row says; its faults go to `item`. `None` where it has any, or says what the folder says.
    fn candidate(&self, number: usize, taken: &mut BTreeMap<TopicId, String>, item: &mut Item) -> Option<Candidate> {
        let id = match self.id(taken) {
            Ok(id) => id,
            Err((content, fault)) => {
                item.fail(self.fault(self.header.at(content), fault));
                let mut record = DraftRecord::default();
                self.put(&mut record, item);
                self.judge(&record, item);
                return None;
            }
        };
        item.id = Some(id.clone());
        let there = self.folder.topic(&id).or(self.folder.draft(&id));
        let before = there.and_then(|text| serde_saphyr::from_str::<DraftRecord>(text).ok());
        let mut record = before.clone().unwrap_or_default();
        if !self.put(&mut record, item) {
            self.judge(&record, item);
            return None;
        }
        if let Some(first) = taken.insert(id.clone(), item.place.clone()) {
            let fault = CellFault {
                message: format!("编号 {id} 与{first}的相同"),
                hint: "一个主题只写一行：删去一行，或改编号".to_owned(),
            };
            item.fail(self.fault(self.header.at(Content::Id), fault));
            return None;
        }
        if before.as_ref() == Some(&record) {
            return None;
        }
        if self.folder.topic(&id).is_none() {
            self.fill_in(&mut record, item);
        }
        let text = text_of(there.zip(before.as_ref()), &record);
        Some(Candidate { item: number, id, record, text })
    }

    /// Puts every cell that says something else than `record` into it; `false` where a cell cannot be read.
    ///
    /// A column that the sheet does not have leaves the record as it is.
    fn put(&self, record: &mut DraftRecord, item: &mut Item) -> bool {
        let mut is_readable = true;
        for (at, column) in &self.header.columns {
            let Content::Field(field) = column.content else { continue };
            let cell = self.row().cell(*at);
            let mut alone = DraftRecord::default();
            let read = check_cell(cell).and_then(|()| field.put(&mut alone, cell));
            if let Err(faults) = read {
                faults.into_iter().for_each(|fault| item.fail(self.fault(Some(*at), fault)));
                is_readable = false;
            } else if field.cell(&alone) != field.cell(record) {
                // It has just been read.
                let _ = field.put(record, cell);
            }
        }
        is_readable
    }

    /// Judges what could be read of a row that fails anyway, so that everything is told at once.
    fn judge(&self, record: &DraftRecord, item: &mut Item) {
        let text = text_of(None, record);
        let sheet = Some((self.table, self.at, self.header.clone()));
        let columns = Columns::new(&item.place, sheet, record, &text);
        columns.judge_values(&text, item);
    }

    /// What a new topic says where the sheet does not: nothing that has not been checked.
    fn fill_in(&self, record: &mut DraftRecord, item: &mut Item) {
        record.status = record.status.or(Some(StatusRecord::Unverified));
        record.confidence = record.confidence.or(Some(ConfidenceRecord::Medium));
        if modest(record) {
            record.confidence = Some(ConfidenceRecord::Medium);
            let fault = CellFault {
                message: "没有写明出处，按“待核实”导入".to_owned(),
                hint: "在“依据文件”里写上文号、机关或链接，再改状态".to_owned(),
            };
            item.remarks.push(self.fault(self.header.column(Field::Status), fault));
        }
    }

    /// The topic of the row: as written, or from its category and title.
    fn id(&self, taken: &BTreeMap<TopicId, String>) -> Result<TopicId, (Content, CellFault)> {
        let fault = |content, message: String, hint: String| Err((content, CellFault { message, hint }));
        let (written, named) =
            (self.header.cell(self.row(), Content::Id), self.header.cell(self.row(), Content::Category));
        let by_name = category(named);
        if by_name.is_none() && !named.is_empty() {
            let message = format!("没有类别“{}”", shortened(named));
            return fault(Content::Category, message, "从下拉列表里选择类别".to_owned());
        }
        if written.is_empty() {
            let Some(category) = by_name else {
                return fault(Content::Id, "没有写编号，也没有写类别".to_owned(), "选择类别；编号可以留空".to_owned());
            };
            return self.made_up(category, taken);
        }
        let Some(id) = TopicId::parse(written) else {
            let hint =
                "写成 类别/英文短名，只用小写字母、数字和短横线，例如 talent/talent-card；不会写就留空".to_owned();
            return fault(Content::Id, format!("“{}”不能做编号", shortened(written)), hint);
        };
        if !CATEGORIES.contains(&id.category()) {
            let message = format!("没有类别 {}", id.category());
            return fault(Content::Id, message, format!("斜杠前只能是 {}", CATEGORIES.join("、")));
        }
        if by_name.is_some_and(|category| category != id.category()) {
            let message = format!("类别“{named}”与编号 {id} 不一致");
            return fault(Content::Category, message, "改类别或编号，使两者一致".to_owned());
        }
        Ok(id)
    }

    /// An id from the title; the same title gets the same id again.
    fn made_up(&self, category: &str, taken: &BTreeMap<TopicId, String>) -> Result<TopicId, (Content, CellFault)> {
        let title = self.header.cell(self.row(), Content::Field(Field::Title));
        let Some(slug) = slug(title) else {
            let fault = CellFault {
                message: "没有写编号，也没有可以拼成编号的标题".to_owned(),
                hint: "写上标题或编号".to_owned(),
            };
            return Err((Content::Field(Field::Title), fault));
        };
        let is_of_another = |id: &TopicId| {
            let there = self.folder.topic(id).or(self.folder.draft(id));
            let title_there = there.and_then(|text| serde_saphyr::from_str::<DraftRecord>(text).ok()?.title);
            taken.contains_key(id) || there.is_some() && title_there.as_deref() != Some(title)
        };
        let names = std::iter::once(slug.clone()).chain((2..).map(|count| format!("{slug}-{count}")));
        let mut ids = names.filter_map(|name| TopicId::parse(&format!("{category}/{name}")));
        let free = ids.find(|id| !is_of_another(id));
        free.ok_or_else(|| {
            let fault = CellFault { message: "标题不能拼成编号".to_owned(), hint: "写上编号".to_owned() };
            (Content::Field(Field::Title), fault)
        })
    }

    fn fault(&self, column: Option<usize>, fault: CellFault) -> Fault {
        let CellFault { message, hint } = fault;
        Fault { place: place(self.table, self.row(), column), column, message, hint: Some(hint) }
    }
}

fn check_cell(cell: &str) -> Result<(), Vec<CellFault>> {
    let length = cell.chars().count();
    let fault = |message: String, hint: &str| Err(vec![CellFault { message, hint: hint.to_owned() }]);
    if length > MAX_CELL {
        return fault(format!("这一格有{length}个字，最多{MAX_CELL}个"), "删减，或拆成几个主题");
    }
    if BROKEN_FORMULAS.contains(&cell.trim()) {
        return fault(format!("这一格是出错的公式（{}）", cell.trim()), "把格式改成文本，重新写上内容");
    }
    Ok(())
}
