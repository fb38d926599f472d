//! The topics that exist, for whatever refers to one.

use std::collections::BTreeSet;

use super::problem::{Place, Report};
use crate::domain::topic::TopicId;

/// The 13 categories: folders under `topics/` and fields of commissioners.
pub const CATEGORIES: [&str; 13] = [
    "market",
    "tax",
    "employment",
    "talent",
    "innovation",
    "finance",
    "construction",
    "trade",
    "ip",
    "emerging",
    "investment",
    "delivery",
    "rights",
];

/// The ids of all topic files, also of those that could not be read: their own problems are enough.
#[derive(Debug)]
pub(super) struct Known(BTreeSet<TopicId>);

impl Known {
    /// Knows `ids`.
    pub(super) fn new(ids: impl IntoIterator<Item = TopicId>) -> Self {
        Self(ids.into_iter().collect())
    }

    /// The id that `text` names, or an error at its place.
    pub(super) fn resolve(&self, text: &str, file: &str, place: Place, report: &mut Report) -> Option<TopicId> {
        let Some(id) = TopicId::parse(text) else {
            let error = report.error(file, place, format!("“{text}”不是主题编号"));
            error.hint("写成 类别/文件名，例如 tax/rd-super-deduction");
            return None;
        };
        if self.0.contains(&id) {
            return Some(id);
        }
        let slug = |id: &TopicId| id.as_str().rsplit('/').next().map(str::to_owned);
        let hint = match self.0.iter().find(|known| slug(known) == slug(&id)) {
            Some(known) => format!("是不是 {known}？"),
            None => format!("新建 topics/{id}.yaml，或改成已有的主题编号"),
        };
        report.error(file, place, format!("没有主题 {id}")).hint(hint);
        None
    }
}
