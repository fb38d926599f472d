//! A complete draft becomes a topic.

use std::path::Path;

use jiff::civil::Date;

use super::super::bundle::Bundle;
use super::super::edit::Change;
use super::super::problem::Report;
use super::super::record::DraftRecord;
use super::{Fault, ImportRules, Outcome, Source, header_of, planned};
use crate::domain::topic::TopicId;

/// Judges the draft `id` in the data folder `dir` as a topic: the changes that move it, or everything that stands in the way.
///
/// # Errors
///
/// Returns all faults; one of them where there is no such draft, or a topic of its name already.
pub fn adopt(dir: &Path, id: &TopicId, today: Date) -> Result<Vec<Change>, Vec<Fault>> {
    let name = format!("drafts/{id}.yaml");
    let fault = |message: String, hint: &str| {
        vec![Fault { place: name.clone(), column: None, message, hint: Some(hint.to_owned()) }]
    };
    let drafts = Bundle::read_drafts(dir, &mut Report::new(""));
    let Some(text) = drafts.text(&name) else {
        return Err(fault(format!("没有草稿 {id}"), "编号见 zhengqitong check；文件应是 UTF-8 编码"));
    };
    let lacks = serde_saphyr::from_str::<DraftRecord>(text).map(|record| record.lacks()).unwrap_or_default();
    if !lacks.is_empty() {
        let names: Vec<_> = lacks.iter().map(|lack| header_of(lack.key)).collect();
        return Err(fault(format!("草稿还缺：{}", names.join("、")), "补全后再移入"));
    }
    let source = Source::Topic { name: name.clone(), id: id.clone(), text: text.to_owned() };
    let import = planned(dir, &[source], ImportRules { replace: false, today }, true);
    let failed = import.items.iter().find_map(|item| match &item.outcome {
        Outcome::Failed(faults) => Some(faults.clone()),
        _ => None,
    });
    failed.map_or_else(|| Ok(import.changes()), Err)
}
