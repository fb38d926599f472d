//! Sheets and topic files from outside → changes of the data folder, judged whole before anything is written.
//!
//! A row becomes a topic, or a draft where it lacks what a topic must have. It is held against the rows beside it and the
//! folder it goes to, so what would be an error of `check` afterwards is an error of its cell now. Nothing here writes.

mod columns;
mod failed;
mod header;
mod rows;
mod together;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use super::bundle::Bundle;
use super::edit::{Change, draft_path, emit, splice, topic_path};
use super::problem::Report;
use super::record::{DraftRecord, StatusRecord};
use super::sheet::{COLUMNS, Content};
use super::yaml;
use crate::desk::table::Table;
use crate::domain::topic::TopicId;

pub use failed::failed_rows;

/// What is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A sheet with a topic a row.
    Table(Table),
    /// A topic file.
    Topic {
        /// How it is called in messages.
        name: String,
        /// The topic it is.
        id: TopicId,
        /// What it says.
        text: String,
    },
}

/// How it is imported.
#[derive(Clone, Copy, Debug)]
pub struct ImportRules {
    /// Whether topics and drafts that are there may be given another content.
    pub replace: bool,
    /// The day as of which everything is judged.
    pub today: Date,
}

/// What becomes of the sources.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// What becomes of each row and file, in their order.
    pub items: Vec<Item>,
    /// What is wrong with a sheet as a whole; then none of its rows is imported.
    pub sheet_faults: Vec<Fault>,
    /// What was passed over in the sheets, such as columns nobody knows.
    pub remarks: Vec<Fault>,
}

/// What becomes of a row or a file.
#[derive(Clone, Debug)]
pub struct Item {
    /// The source it comes from.
    pub source: usize,
    /// The place of its row among the rows of the table; 0 for a file.
    pub row: usize,
    /// Where it stands, for people.
    pub place: String,
    /// Its topic, as far as that could be read.
    pub id: Option<TopicId>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What does not stand in its way but should be looked at.
    pub remarks: Vec<Fault>,
    changes: Vec<Change>,
}

/// What becomes of a row or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The folder says the same already.
    Unchanged,
    /// A topic that was not there.
    New,
    /// A topic that gets another content.
    Replaced,
    /// A draft, since it lacks these (their headers).
    Draft(Vec<&'static str>),
    /// Nothing, for these reasons.
    Failed(Vec<Fault>),
}

/// Something wrong in a source, with its place and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, for people: `工作表“主题”C5（标题）`, `a.yaml:3:1`.
    pub place: String,
    /// The column of the sheet, from 0, where it is about one.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Import {
    /// Tells whether anything cannot be imported.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        !self.sheet_faults.is_empty() || self.items.iter().any(|item| matches!(item.outcome, Outcome::Failed(_)))
    }

    /// How many items become a new topic, replace one, become a draft, change nothing, and fail.
    #[must_use]
    pub fn counts(&self) -> [usize; 5] {
        let mut counts = [0; 5];
        for item in &self.items {
            let kind = match item.outcome {
                Outcome::New => 0,
                Outcome::Replaced => 1,
                Outcome::Draft(_) => 2,
                Outcome::Unchanged => 3,
                Outcome::Failed(_) => 4,
            };
            counts[kind] += 1;
        }
        counts
    }

    /// The changes to make in the folder; without the failed rows there are none for them.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        self.items.iter().flat_map(|item| item.changes.iter().cloned()).collect()
    }
}

/// A row or file on its way to become a topic or a draft.
struct Candidate {
    item: usize,
    id: TopicId,
    record: DraftRecord,
    /// The text to be written.
    text: String,
}

/// The folder as it is.
struct Folder<'a> {
    dir: &'a Path,
    topics: Bundle,
    drafts: Bundle,
}

impl Folder<'_> {
    fn topic(&self, id: &TopicId) -> Option<&str> {
        self.topics.text(&format!("topics/{id}.yaml"))
    }

    fn draft(&self, id: &TopicId) -> Option<&str> {
        self.drafts.text(&format!("drafts/{id}.yaml"))
    }
}

/// Judges what would become of `sources` in the data folder `dir`; nothing is written.
#[must_use]
pub fn plan(dir: &Path, sources: &[Source], rules: ImportRules) -> Import {
    // What cannot be read in the folder is told by `check`.
    let mut unread = Report::new("");
    let folder = Folder { dir, topics: Bundle::read(dir, &mut unread), drafts: Bundle::read_drafts(dir, &mut unread) };
    let mut import = Import::default();
    let mut candidates = Vec::new();
    let mut taken = BTreeMap::new();
    for (source, what) in sources.iter().enumerate() {
        match what {
            Source::Table(table) => {
                rows::read(source, table, &folder, &mut taken, &mut import, &mut candidates);
            }
            Source::Topic { name, id, text } => {
                import.items.push(Item::new(source, 0, name.clone(), Some(id.clone())));
                let is_there = folder.topic(id) == Some(text) || folder.draft(id) == Some(text);
                if !is_there {
                    candidates.extend(file(import.items.len() - 1, name, id, text, &mut import));
                }
            }
        }
    }
    check_sheets(sources, &mut import);
    let mut topics = Vec::new();
    for candidate in candidates {
        match settle(&candidate, &folder, rules, &mut import) {
            Some(Place::Topics) => topics.push(candidate),
            Some(Place::Drafts) => together::check_draft(&candidate, sources, &mut import),
            None => {}
        }
    }
    together::check(topics, sources, &folder, rules.today, &mut import);
    import
}

/// Tells when there are sheets and none of them is about topics.
fn check_sheets(sources: &[Source], import: &mut Import) {
    let tables =
        || sources.iter().filter_map(|source| if let Source::Table(table) = source { Some(table) } else { None });
    if tables().any(|table| header::Header::of(table).is_some()) {
        return;
    }
    if let Some(table) = tables().next() {
        import.sheet_faults.push(Fault {
            place: format!("工作表“{}”", table.name),
            column: None,
            message: "第一行没有“编号”“标题”这样的列名".to_owned(),
            hint: Some("用 zhengqitong topic template 主题.xlsx 得到空白表，把内容填进去".to_owned()),
        });
    }
}

impl Item {
    fn new(source: usize, row: usize, place: String, id: Option<TopicId>) -> Self {
        Self { source, row, place, id, outcome: Outcome::Unchanged, remarks: Vec::new(), changes: Vec::new() }
    }

    /// Fails with one fault more.
    fn fail(&mut self, fault: Fault) {
        self.changes.clear();
        match &mut self.outcome {
            Outcome::Failed(faults) => faults.push(fault),
            other => *other = Outcome::Failed(vec![fault]),
        }
    }
}

/// A topic file, which is taken as it is written.
fn file(item: usize, name: &str, id: &TopicId, text: &str, import: &mut Import) -> Option<Candidate> {
    let mut report = Report::new("");
    let record = yaml::read::<DraftRecord>(name, text, &mut report).map(|parsed| parsed.value);
    for problem in report.into_problems() {
        let place = format!("{name}:{}:{}", problem.line, problem.column);
        import.items[item].fail(Fault { place, column: None, message: problem.message, hint: problem.hint });
    }
    let record = record.filter(|_| !matches!(import.items[item].outcome, Outcome::Failed(_)))?;
    Some(Candidate { item, id: id.clone(), record, text: text.to_owned() })
}

/// Where a candidate goes.
enum Place {
    Topics,
    Drafts,
}

/// Decides whether a candidate is a topic or a draft, and whether it may take its place; `None` where nothing is to be written.
fn settle(candidate: &Candidate, folder: &Folder<'_>, rules: ImportRules, import: &mut Import) -> Option<Place> {
    let Candidate { id, record, text, .. } = candidate;
    let item = &mut import.items[candidate.item];
    let lacks: Vec<_> = record.lacks().iter().map(|lack| header_of(lack.key)).collect();
    let (topic, draft) = (folder.topic(id), folder.draft(id));
    let refusal = match (topic, draft) {
        (Some(_), _) if !rules.replace => Some((format!("主题 {id} 已经有了，内容不同"), REPLACE_HINT)),
        (Some(_), _) if !lacks.is_empty() => {
            Some((format!("已有主题 {id} 不能缺 {}", lacks.join("、")), "补上这些列；要删去主题，请删去它的文件"))
        }
        (None, Some(_)) if !lacks.is_empty() && !rules.replace => {
            Some((format!("草稿 {id} 已经有了，内容不同"), REPLACE_HINT))
        }
        _ => None,
    };
    if let Some((message, hint)) = refusal {
        item.fail(Fault { place: item.place.clone(), column: None, message, hint: Some(hint.to_owned()) });
        return None;
    }
    let is_topic = lacks.is_empty();
    let (path, is_there) = if is_topic {
        (topic_path(folder.dir, id), topic.is_some())
    } else {
        (draft_path(folder.dir, id), draft.is_some())
    };
    let content = text.clone().into_bytes();
    item.changes = vec![if is_there { Change::Replace { path, content } } else { Change::Create { path, content } }];
    if is_topic && draft.is_some() {
        // It is what the draft was to become.
        item.changes.push(Change::Remove { path: draft_path(folder.dir, id) });
    }
    item.outcome = match (is_topic, is_there) {
        (true, true) => Outcome::Replaced,
        (true, false) => Outcome::New,
        (false, _) => Outcome::Draft(lacks),
    };
    Some(if is_topic { Place::Topics } else { Place::Drafts })
}

const REPLACE_HINT: &str = "确实要改它，加上 --replace；是另一个主题，就换一个编号";

/// What the column of `key` is called; of a group of columns, what they have in common.
fn header_of(key: &'static str) -> &'static str {
    let column = COLUMNS.iter().find(|column| matches!(column.content, Content::Field(field) if field.path() == key));
    column.map_or("至少一项要素（申请条件至政策依据）", |column| column.header)
}

/// What a new topic may not claim without a source: then it says that it is not verified.
fn modest(record: &mut DraftRecord) -> bool {
    let has_source = record.citations.iter().any(|citation| {
        let is_named = citation.doc_no.is_some() || citation.url.is_some() || citation.issuer.is_some();
        is_named && citation.status != StatusRecord::Unverified
    });
    let claims = matches!(record.status, Some(StatusRecord::Valid | StatusRecord::Provisional));
    if claims && !has_source {
        record.status = Some(StatusRecord::Unverified);
    }
    claims && !has_source
}

/// The text of a topic file that says `record`: what is there already, edited, or a new one.
fn text_of(there: Option<(&str, &DraftRecord)>, record: &DraftRecord) -> String {
    there.map_or_else(|| emit(record, &[]), |(text, before)| splice(text, before, record))
}
