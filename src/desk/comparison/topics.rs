//! Topics side by side, field by field.

use std::collections::BTreeSet;

use serde::Serialize;
use strum::IntoEnumIterator;

use super::Figures;
use super::lines::{FieldChange, line_change, without};
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::wording;
use crate::desk::wording::answer::whole_source;
use crate::domain::topic::{Comparison, EligibilityCondition, Facet, Topic, TopicKind};

/// A topic by id and title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicName {
    /// Its id.
    pub topic: String,
    /// Its title.
    pub title: String,
}

impl TopicName {
    fn of(topic: &Topic) -> Self {
        Self { topic: topic.id.to_string(), title: topic.title.clone() }
    }
}

/// How one topic differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicChange {
    /// The topic, with its new title.
    #[serde(flatten)]
    pub name: TopicName,
    /// Whether its standing or one of its dates differs.
    pub validity_changed: bool,
    /// Figures that no longer stand in it.
    pub figures_removed: Vec<String>,
    /// Figures that are new in it.
    pub figures_added: Vec<String>,
    /// Every field that differs.
    pub changes: Vec<FieldChange>,
}

/// How the topics of two editions differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TopicDifference {
    /// How many there were.
    pub before: usize,
    /// How many there are.
    pub after: usize,
    /// Topics that are new.
    pub added: Vec<TopicName>,
    /// Topics that are gone.
    pub removed: Vec<TopicName>,
    /// Topics that differ.
    pub changed: Vec<TopicChange>,
}

/// The fields that say whether and how long a topic applies.
const VALIDITY: [&str; 3] = ["status", "valid_from", "valid_to"];

/// Compares the topics of two knowledge bases, by id.
pub fn compare_topics(before: &KnowledgeBase, after: &KnowledgeBase, figures: &Figures) -> TopicDifference {
    let (old, new) = (&before.topics, &after.topics);
    let names = |here: &KnowledgeBase, there: &KnowledgeBase| {
        here.topics.values().filter(|topic| !there.topics.contains_key(&topic.id)).map(TopicName::of).collect()
    };
    let changed = new
        .iter()
        .filter_map(|(id, after)| old.get(id).filter(|before| *before != after).map(|before| (before, after)))
        .map(|(before, after)| compare_topic(before, after, figures))
        .collect();
    TopicDifference {
        before: old.len(),
        after: new.len(),
        added: names(after, before),
        removed: names(before, after),
        changed,
    }
}

fn compare_topic(before: &Topic, after: &Topic, figures: &Figures) -> TopicChange {
    let (old, new) = (fields(before), fields(after));
    let pairs = old.iter().zip(&new);
    let changes: Vec<_> =
        pairs.filter_map(|((field, name, before), (_, _, after))| line_change(field, name, before, after)).collect();
    let figures_of = |fields: &[Field]| {
        let found: BTreeSet<_> = fields.iter().flat_map(|(_, _, lines)| lines).flat_map(|line| figures(line)).collect();
        found.into_iter().collect::<Vec<_>>()
    };
    let (old_figures, new_figures) = (figures_of(&old), figures_of(&new));
    TopicChange {
        name: TopicName::of(after),
        validity_changed: changes.iter().any(|change| VALIDITY.contains(&change.field.as_str())),
        figures_removed: without(&old_figures, &new_figures),
        figures_added: without(&new_figures, &old_figures),
        changes,
    }
}

/// A field for programs, for people, and its lines.
type Field = (&'static str, &'static str, Vec<String>);

/// All fields of a topic, always the same ones in the same order.
fn fields(topic: &Topic) -> Vec<Field> {
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).into_iter().collect::<Vec<_>>();
    let validity = &topic.validity;
    let mut fields: Vec<Field> = vec![
        ("title", "标题", one(&topic.title)),
        ("kind", "类型", one(kind(topic.kind))),
        ("summary", "简介", one(&topic.summary)),
        ("status", "状态", one(wording::status(validity.status))),
        ("valid_from", "生效日期", day(validity.from)),
        ("valid_to", "到期日期", day(validity.to)),
        ("successor", "后续政策", validity.successor.iter().cloned().collect()),
        ("successor_topic", "后续主题", validity.successor_topic.iter().map(ToString::to_string).collect()),
        ("competent", "主管部门", topic.competent.clone()),
        ("beneficiaries", "适用对象", topic.beneficiaries.clone()),
        ("tags", "检索词", topic.tags.clone()),
        ("citations", "依据文件", topic.citations.iter().map(whole_source).collect()),
    ];
    for facet in Facet::iter() {
        let lines = topic.facets.get(&facet).cloned().unwrap_or_default();
        fields.push((facet.into(), wording::facet(facet), lines));
    }
    let counters = topic.counter_questions.iter();
    fields.extend([
        ("eligibility", "资格条件", topic.eligibility.iter().map(condition).collect()),
        ("questions", "问法", topic.questions.clone()),
        ("counter_questions", "易混问法", counters.map(|one| format!("{} → {}", one.text, one.topic)).collect()),
        ("verified_on", "核实日期", day(Some(topic.verified_on))),
        ("confidence", "把握程度", one(if topic.is_well_supported { "高" } else { "中" })),
    ]);
    fields
}

fn kind(kind: TopicKind) -> &'static str {
    match kind {
        TopicKind::Policy => "政策",
        TopicKind::Procedure => "办事指南",
        TopicKind::Service => "服务",
    }
}

fn condition(condition: &EligibilityCondition) -> String {
    let compared = match &condition.comparison {
        Comparison::Number(operator, value) => format!("{operator} {value}"),
        Comparison::OneOf(words) => format!("one_of {}", words.join("、")),
        Comparison::NoneOf(words) => format!("none_of {}", words.join("、")),
    };
    format!("{}（{} {compared}）", condition.text, condition.field)
}
