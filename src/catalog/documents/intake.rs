//! A page or a text from outside → a document file, judged before it is written.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::super::bundle::{Bundle, MAX_FILE_BYTES};
use super::super::edit::{Change, slug};
use super::super::import::Fault;
use super::super::known::{CATEGORIES, Known};
use super::super::problem::{Problem, Report, Severity};
use super::super::record::StatusRecord;
use super::super::sheet::read_date;
use super::front_matter::{joined, parts};
use super::labels::labels;
use super::record::DocumentRecord;
use super::{FOLDER, document};
use crate::domain::document::{Document, DocumentId};
use crate::domain::topic::TopicId;

/// What is known of a document that comes in.
#[derive(Clone, Debug, Default)]
pub struct DocumentSource {
    /// Where it comes from, for messages.
    pub place: String,
    /// Its text in Markdown, with or without front matter.
    pub markdown: String,
    /// Its title, where the text does not say it.
    pub title: Option<String>,
    /// When it was published, where the text does not say it.
    pub published: Option<String>,
    /// Where it was taken from, for readers.
    pub source: Option<String>,
    /// The category it belongs to; that of its first topic where it is not given.
    pub category: Option<String>,
    /// Its file name without `.md`; made from the title where it is not given.
    pub name: Option<String>,
    /// The topics it belongs to, besides those in its front matter.
    pub topics: Vec<String>,
    /// When it was taken.
    pub retrieved_on: Option<Date>,
}

/// What becomes of it.
#[derive(Clone, Debug)]
pub struct DocumentPlan {
    /// The document.
    pub document: Document,
    /// Where it will stand.
    pub path: PathBuf,
    /// What to write; `None` where the same stands there already.
    pub change: Option<Change>,
    /// What should be looked at.
    pub remarks: Vec<Fault>,
}

/// Judges `source` against the data folder `dir`; nothing is written. A document that is there is only replaced where `replace`.
///
/// # Errors
///
/// Returns everything that stands in its way.
pub fn plan_document(
    dir: &Path,
    source: &DocumentSource,
    replace: bool,
    today: Date,
) -> Result<DocumentPlan, Vec<Fault>> {
    let fault = |message: String, hint: &str| {
        vec![Fault { place: source.place.clone(), column: None, message, hint: Some(hint.to_owned()) }]
    };
    let (record, body) = completed(source)?;
    let id = id(source, &record).map_err(|(message, hint)| fault(message, hint))?;
    let name = format!("{FOLDER}{id}.md");
    let bundle = Bundle::read(dir, &mut Report::new(""));
    let there = bundle.text(&name);
    let text = text(record, &body, there);
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(fault(format!("文档超过 {} KiB", MAX_FILE_BYTES / 1024), "按章拆成几个文件，分别导入"));
    }
    let (document, remarks) = judged(id, &name, &text, &bundle, today)?;
    let path = dir.join(&name);
    let change = match there {
        Some(same) if same == text => None,
        Some(_) if !replace => {
            let hint = "确实要改它，加上 --replace；是另一份文件，就用 --name 换一个名字";
            return Err(fault(format!("文档 {} 已经有了，内容不同", document.id), hint));
        }
        Some(_) => Some(Change::Replace { path: path.clone(), content: text.into_bytes() }),
        None => Some(Change::Create { path: path.clone(), content: text.into_bytes() }),
    };
    Ok(DocumentPlan { document, path, change, remarks })
}

/// The front matter, completed by what the text and its source say, and the body.
fn completed(source: &DocumentSource) -> Result<(DocumentRecord, String), Vec<Fault>> {
    let (mut record, body) = match parts(&source.markdown) {
        Ok(parts) => {
            let mut report = Report::new("");
            let parsed = super::yaml::read::<DocumentRecord>(&source.place, &parts.front, &mut report);
            let record = parsed.map(|parsed| parsed.value).ok_or_else(|| faults(report))?;
            (record, parts.body.to_owned())
        }
        Err(_) => described(source),
    };
    for topic in &source.topics {
        if !record.topics.contains(topic) {
            record.topics.push(topic.clone());
        }
    }
    record.source = record.source.or_else(|| source.source.clone());
    record.retrieved_on = record.retrieved_on.or(source.retrieved_on);
    if record.title.is_empty() {
        return Err(vec![Fault {
            place: source.place.clone(),
            column: None,
            message: "看不出文档的标题".to_owned(),
            hint: Some("用 --title 写上标题".to_owned()),
        }]);
    }
    Ok((record, body))
}

/// What a text without front matter says about itself.
fn described(source: &DocumentSource) -> (DocumentRecord, String) {
    let found = labels(&source.markdown);
    let (heading, body) = heading(&source.markdown);
    let title = source.title.clone().or(heading).or(found.title).unwrap_or_default();
    let record = DocumentRecord {
        title: title.trim().to_owned(),
        doc_no: found.doc_no,
        issuer: found.issuer,
        published_on: found.published_on.or_else(|| source.published.as_deref().and_then(read_date)),
        valid_from: found.valid_from,
        valid_to: found.valid_to,
        status: found.status.unwrap_or(StatusRecord::Unverified),
        source: None,
        retrieved_on: None,
        topics: Vec::new(),
    };
    (record, body)
}

/// The heading that a text begins with, and the text without it.
fn heading(markdown: &str) -> (Option<String>, String) {
    let text = markdown.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.strip_prefix("# ") {
        Some(title) => (Some(title.trim().to_owned()), rest.to_owned()),
        None => (None, markdown.to_owned()),
    }
}

fn id(source: &DocumentSource, record: &DocumentRecord) -> Result<DocumentId, (String, &'static str)> {
    let of_topic = || record.topics.iter().find_map(|topic| TopicId::parse(topic)).map(|id| id.category().to_owned());
    let Some(category) = source.category.clone().or_else(of_topic) else {
        return Err(("不知道文档属于哪个类别".to_owned(), "用 --topic 写上所属主题，或用 --category 写上类别"));
    };
    if !CATEGORIES.contains(&category.as_str()) {
        return Err((format!("没有类别 {category}"), "类别见 faq_data/README.md"));
    }
    let Some(name) = source.name.clone().or_else(|| slug(&record.title)) else {
        return Err(("标题不能做文件名".to_owned(), "用 --name 写上英文短名"));
    };
    DocumentId::parse(&format!("{category}/{name}"))
        .ok_or_else(|| (format!("“{name}”不能做文件名"), "--name 只用小写英文字母、数字和短横线"))
}

/// The file; of the same content the day on which it was first taken stays.
fn text(mut record: DocumentRecord, body: &str, there: Option<&str>) -> String {
    let taken_before = there.and_then(|there| {
        let front = parts(there).ok()?.front;
        serde_saphyr::from_str::<DocumentRecord>(&front).ok()?.retrieved_on
    });
    let today = record.retrieved_on;
    record.retrieved_on = taken_before.or(today);
    let text = joined(&record, body);
    if there == Some(text.as_str()) {
        return text;
    }
    record.retrieved_on = today;
    joined(&record, body)
}

/// The document as the loader will see it, and its warnings.
fn judged(
    id: DocumentId,
    name: &str,
    text: &str,
    bundle: &Bundle,
    today: Date,
) -> Result<(Document, Vec<Fault>), Vec<Fault>> {
    let ids = bundle.files().filter_map(|(path, _)| path.strip_prefix("topics/")?.strip_suffix(".yaml"));
    let known = Known::new(ids.filter_map(TopicId::parse));
    let mut report = Report::new("");
    let document = document(id, name, text, &known, today, &mut report);
    let is_wrong = report.mentions_error(name);
    let faults = faults(report);
    match document {
        Some(document) if !is_wrong => Ok((document, faults)),
        _ => Err(faults),
    }
}

fn faults(report: Report) -> Vec<Fault> {
    let mut problems = report.into_problems();
    problems.sort_by_key(|problem| problem.severity != Severity::Error);
    let fault = |problem: Problem| Fault {
        place: format!("{}:{}:{}", problem.file.display(), problem.line, problem.column),
        column: None,
        message: problem.message,
        hint: problem.hint,
    };
    problems.into_iter().map(fault).collect()
}
