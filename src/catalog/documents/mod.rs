//! The document files: Markdown with front matter, in passages, and the topics they belong to.

mod draft;
mod front_matter;
mod intake;
mod labels;
mod record;
mod split;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::bundle::Bundle;
use super::known::{CATEGORIES, Known};
use super::problem::{Place, Report};
use super::record::StatusRecord;
use super::yaml::{self, Parsed};
use crate::domain::document::{Document, DocumentId};
use crate::domain::text;
use front_matter::{NoFront, parts};
use record::DocumentRecord;

pub use draft::draft_of;
pub use intake::{DocumentPlan, DocumentSource, plan_document};

/// Where documents stand below the data folder.
const FOLDER: &str = "documents/";

/// How a document file begins, for hints.
const FRONT_HINT: &str = "第一行写 ---，接着写 title、status、topics 等，再写一行 ---，下面是正文；写法见 README.md";

/// Reads all document files of `bundle` and reports what is wrong with them, as of `today`.
pub(super) fn read(bundle: &Bundle, known: &Known, today: Date, report: &mut Report) -> BTreeMap<DocumentId, Document> {
    let mut documents = BTreeMap::new();
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in bundle.files() {
        let Some(name) = path.strip_prefix(FOLDER) else { continue };
        let Some(id) = id_of(path, name, report) else { continue };
        let Some(document) = document(id, path, text, known, today, report) else { continue };
        if let Some(first) = titles.insert(text::key(&document.title), path.to_owned()) {
            let message = format!("标题与 {} 的相同", report.shown(&first).display());
            report.warning(path, Place::line(2), message).hint("是同一份文件就删去一个，否则改得能区别开");
        }
        documents.insert(document.id.clone(), document);
    }
    documents
}

/// The id of the document file at `path`, called `name` below its folder; reports what is wrong with either.
fn id_of(path: &str, name: &str, report: &mut Report) -> Option<DocumentId> {
    let (category, slug) = name.strip_suffix(".md")?.split_once('/')?;
    if !CATEGORIES.contains(&category) {
        let error = report.error(path, Place::START, format!("没有类别 {category}"));
        error.hint(format!("类别只能是 {}", CATEGORIES.join("、")));
        return None;
    }
    let id = DocumentId::parse(&format!("{category}/{slug}"));
    if id.is_none() {
        let error = report.error(path, Place::START, format!("文件名“{slug}”不能做文档编号"));
        error.hint("只用小写英文字母、数字和短横线，例如 vat-law.md");
    }
    id
}

/// One document; `None` where its front matter cannot be read or it says nothing.
fn document(
    id: DocumentId,
    path: &str,
    text: &str,
    known: &Known,
    today: Date,
    report: &mut Report,
) -> Option<Document> {
    let parts = match parts(text) {
        Ok(parts) => parts,
        Err(NoFront::Missing) => {
            report.error(path, Place::START, "文档没有写明标题和来源（开头的 --- 部分）").hint(FRONT_HINT);
            return None;
        }
        Err(NoFront::Open) => {
            report.error(path, Place::START, "开头的 --- 没有结束").hint(FRONT_HINT);
            return None;
        }
    };
    let parsed = yaml::read::<DocumentRecord>(path, &parts.front, report)?;
    check(&parsed, today, report);
    let topics = topics(&parsed, known, report);
    let (passages, markup) = split::passages(parts.body);
    for line in markup {
        let place = Place::line(parts.body_line + line);
        report.warning(path, place, "正文里有网页标签，不会被读取").hint("改写成 Markdown，或删去标签");
    }
    if passages.is_empty() {
        report.error(path, Place::line(parts.body_line), "文档没有正文").hint("写上正文，或删去这个文件");
        return None;
    }
    let DocumentRecord { title, doc_no, issuer, published_on, valid_from, valid_to, status, source, .. } = parsed.value;
    let status = status.into();
    Some(Document { id, title, doc_no, issuer, published_on, valid_from, valid_to, status, source, topics, passages })
}

fn check(parsed: &Parsed<DocumentRecord>, today: Date, report: &mut Report) {
    let (file, record) = (&parsed.file, &parsed.value);
    if let (Some(from), Some(to)) = (record.valid_from, record.valid_to)
        && from > to
    {
        let message = format!("valid_to（{to}）早于 valid_from（{from}）");
        report.error(file, parsed.place("valid_to"), message).hint("核对两个日期，是否写反");
    }
    let is_in_force = matches!(record.status, StatusRecord::Valid | StatusRecord::Provisional);
    if let Some(to) = record.valid_to.filter(|to| is_in_force && *to < today) {
        let warning = report.warning(file, parsed.place("valid_to"), format!("已在 {to} 到期，但状态还是有效"));
        warning.hint("核对是否延续：延续则改 valid_to，否则把 status 改成 expired");
    }
    if record.topics.is_empty() {
        let warning = report.warning(file, parsed.place("topics"), "文档不属于任何主题，不会帮助解答");
        warning.hint("在 topics 里写上所属主题的编号");
    }
}

fn topics(parsed: &Parsed<DocumentRecord>, known: &Known, report: &mut Report) -> Vec<crate::domain::topic::TopicId> {
    let written = parsed.value.topics.iter().enumerate();
    let resolved = written
        .filter_map(|(at, topic)| known.resolve(topic, &parsed.file, parsed.place(&format!("topics[{at}]")), report));
    let mut topics: Vec<_> = resolved.collect();
    topics.sort();
    topics.dedup();
    topics
}
