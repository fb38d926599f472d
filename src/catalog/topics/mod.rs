//! The topic files: which there are, what they say, and how they agree with each other.

mod agreement;
pub(super) mod checks;
mod convert;
mod validity;

use std::collections::{BTreeMap, btree_map::Entry};

use jiff::civil::Date;

use super::bundle::Bundle;
use super::known::{CATEGORIES, Known};
use super::problem::{Place, Report};
use super::record::TopicRecord;
use super::yaml::{self, Parsed};
use crate::domain::topic::{Topic, TopicId};

/// A topic file that could be read.
pub(super) struct TopicFile {
    id: TopicId,
    parsed: Parsed<TopicRecord>,
}

/// Where a question of a topic stands.
#[derive(Clone, Debug)]
pub(super) struct QuestionPlace {
    pub(super) topic: TopicId,
    pub(super) file: String,
    pub(super) place: Place,
}

/// The topics of an edition, and what other files need to know of them.
pub(super) struct Topics {
    pub(super) by_id: BTreeMap<TopicId, Topic>,
    pub(super) known: Known,
    /// Every question of a topic, by [`crate::domain::text::key`].
    pub(super) questions: BTreeMap<String, QuestionPlace>,
}

/// Reads all topic files of `bundle` and reports what is wrong with them, as of `today`.
pub(super) fn read(bundle: &Bundle, today: Date, report: &mut Report) -> Topics {
    let paths = paths(bundle, report);
    if paths.is_empty() {
        report
            .error("", Place::START, "没有任何主题文件")
            .hint("在 topics/<类别>/ 下放入主题文件（*.yaml），写法见 README.md");
    }
    let known = Known::new(paths.keys().cloned());
    let mut files = Vec::with_capacity(paths.len());
    for (id, (path, text)) in paths {
        if let Some(parsed) = yaml::read::<TopicRecord>(path, text, report) {
            checks::check(&parsed, today, report);
            files.push(TopicFile { id, parsed });
        }
    }
    let questions = agreement::check(&files, report);
    let by_id = files.iter().map(|file| (file.id.clone(), convert::topic(file, &known, report))).collect();
    Topics { by_id, known, questions }
}

/// The topic files by id, with path and text; reports those in a wrong place or with a wrong name.
fn paths<'a>(bundle: &'a Bundle, report: &mut Report) -> BTreeMap<TopicId, (&'a str, &'a str)> {
    let mut paths: BTreeMap<TopicId, (&str, &str)> = BTreeMap::new();
    for (path, text) in bundle.files() {
        let Some(name) = path.strip_prefix("topics/") else { continue };
        let Some(id) = id_of(path, name, report) else { continue };
        match paths.entry(id) {
            Entry::Vacant(free) => {
                free.insert((path, text));
            }
            Entry::Occupied(taken) => {
                let message = format!("主题编号 {} 与 {} 相同", taken.key(), report.shown(taken.get().0).display());
                report.error(path, Place::START, message).hint("删去或改名其中一个文件");
            }
        }
    }
    paths
}

/// The id of the topic file at `path`, called `name` below its folder; reports what is wrong with either.
pub(super) fn id_of(path: &str, name: &str, report: &mut Report) -> Option<TopicId> {
    let (stem, extension) = name.rsplit_once('.')?;
    if extension != "yaml" {
        let folder = path.strip_suffix(name).unwrap_or_default();
        report.error(path, Place::START, "主题文件的扩展名应是 .yaml").hint(format!("改名为 {folder}{stem}.yaml"));
    }
    let (category, slug) = stem.split_once('/').unwrap_or(("", stem));
    if !CATEGORIES.contains(&category) {
        let message = if category.is_empty() {
            "主题文件要放在类别文件夹里".to_owned()
        } else {
            format!("没有类别 {category}")
        };
        let error = report.error(path, Place::START, message);
        error.hint(format!("类别只能是 {}", CATEGORIES.join("、")));
        return None;
    }
    let id = TopicId::parse(&format!("{category}/{slug}"));
    if id.is_none() {
        let error = report.error(path, Place::START, format!("文件名“{slug}”不能做主题编号"));
        error.hint("只用小写英文字母、数字和短横线，例如 rd-super-deduction.yaml");
    }
    id
}
