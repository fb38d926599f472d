//! The drafts of a data folder: what each still lacks before it can become a topic.
//!
//! A draft may lack anything, and nothing about it stands in the way of publishing, so everything found here is a warning.

use std::path::Path;

use jiff::civil::Date;

use super::Bundle;
use super::problem::{Place, Problem, Report, Severity};
use super::record::{DraftRecord, TopicRecord};
use super::topics::{checks, id_of};
use super::yaml;
use crate::domain::topic::TopicId;

/// A topic that somebody still has to complete (草稿).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftState {
    /// The id it will have as a topic.
    pub id: TopicId,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The keys it lacks, in the order of a topic file.
    pub lacks: Vec<&'static str>,
    /// Whether it lacks nothing and has no problem, so that it may become a topic.
    pub is_ready: bool,
}

/// Reads the drafts below `dir` and judges them as of `today`: how they stand, and all their problems, as warnings.
///
/// Empty where there is no folder of drafts. Paths in problems begin with the name of `dir`.
#[must_use]
pub fn load_drafts(dir: &Path, today: Date) -> (Vec<DraftState>, Vec<Problem>) {
    let mut report = Report::new(super::name_of(dir));
    let bundle = Bundle::read_drafts(dir, &mut report);
    let mut states = Vec::new();
    for (path, text) in bundle.files() {
        let Some(id) = path.strip_prefix("drafts/").and_then(|name| id_of(path, name, &mut report)) else { continue };
        states.extend(state(id, path, text, today, &mut report));
    }
    let mut problems = report.into_problems();
    for problem in &mut problems {
        problem.severity = Severity::Warning;
    }
    (states, problems)
}

/// The files of the drafts below `dir`, as they are written; those that cannot be read are left out.
#[must_use]
pub fn drafts_in(dir: &Path) -> Bundle {
    Bundle::read_drafts(dir, &mut Report::new(""))
}

/// How one draft stands; `None` where it cannot be read.
fn state(id: TopicId, path: &str, text: &str, today: Date, report: &mut Report) -> Option<DraftState> {
    let draft = yaml::read::<DraftRecord>(path, text, report)?.value;
    let lacks = draft.lacks();
    if lacks.is_empty() {
        let topic = yaml::read::<TopicRecord>(path, text, &mut Report::new(""))?;
        checks::check(&topic, today, report);
    } else {
        let names: Vec<_> = lacks.iter().map(|lack| format!("{}（{}）", lack.name, lack.key)).collect();
        report
            .warning(path, Place::START, format!("草稿还缺：{}", names.join("、")))
            .hint(format!("补全后运行 zhengqitong draft publish {id}，再运行 reindex 发布"));
    }
    let is_ready = lacks.is_empty() && !report.mentions_error(path);
    Some(DraftState { id, title: draft.title, lacks: lacks.iter().map(|lack| lack.key).collect(), is_ready })
}
