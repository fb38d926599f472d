//! Two editions side by side: what was added, removed and changed, and which known questions are answered differently.
//!
//! Shown before an edition is published and by `diff`. Values for programs and for people; the sentences around them are made
//! where they are printed. Absent on purpose: a judgement whether a change is good, which is the reader's.

mod answers;
mod lines;
mod topics;

use serde::Serialize;

pub use answers::{AnswerChange, AnswerDifference, Answered, KnownQuestion, compare_answers, known_questions};
pub use lines::FieldChange;
pub use topics::{TopicChange, TopicDifference, TopicName, compare_topics};

use super::knowledge::{Edition, KnowledgeBase};
use super::ports::RetrieveError;
use crate::domain::answer::Model;
use crate::domain::lexicon::Lexicon;
use lines::line_change;

/// Finds the figures (document numbers, percentages, amounts of money) in a text, as they are written.
pub type Figures = dyn Fn(&str) -> Vec<String>;

/// How one edition differs from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Topics.
    pub topics: TopicDifference,
    /// Lexicon, golden questions and calibration.
    pub other: Vec<FieldChange>,
    /// Answers to known questions.
    pub answers: AnswerDifference,
}

/// Compares two editions; of the topics' own questions at most `topic_questions` are asked.
///
/// # Errors
///
/// Returns [`RetrieveError`] when one of the indexes cannot be searched.
pub fn compare(
    before: &Edition,
    after: &Edition,
    topic_questions: usize,
    figures: &Figures,
) -> Result<Comparison, RetrieveError> {
    let known = known_questions(&before.base, &after.base, topic_questions);
    Ok(Comparison {
        topics: compare_topics(&before.base, &after.base, figures),
        other: compare_rest(&before.base, &after.base),
        answers: compare_answers(before, after, &known)?,
    })
}

/// A part of the knowledge as lines.
type Lines = fn(&KnowledgeBase) -> Vec<String>;

/// What is published together with the topics.
fn compare_rest(before: &KnowledgeBase, after: &KnowledgeBase) -> Vec<FieldChange> {
    let parts: [(&str, &str, Lines); 6] = [
        ("synonyms", "同义词", |base| synonyms(&base.lexicon)),
        ("confusable", "易混词", |base| confusables(&base.lexicon)),
        ("user_words", "自定义词", |base| base.lexicon.user_words.clone()),
        ("stop_words", "停用词", |base| base.lexicon.stop_words.clone()),
        ("golden", "标准问", golden),
        ("calibration", "置信度参数", calibration),
    ];
    parts.into_iter().filter_map(|(field, name, of)| line_change(field, name, &of(before), &of(after))).collect()
}

fn synonyms(lexicon: &Lexicon) -> Vec<String> {
    let groups = lexicon.synonyms.iter();
    groups.map(|group| format!("{}：{}（{}）", group.canonical, group.variants.join("、"), group.weight)).collect()
}

fn calibration(base: &KnowledgeBase) -> Vec<String> {
    let line = |name: &str, model: &Model| {
        let numbers = [model.answer_at, model.clarify_at, model.intercept];
        let numbers = numbers.iter().chain(&model.ranking).chain(&model.scope);
        numbers.fold(name.to_owned(), |line, number| format!("{line} {number:.4}"))
    };
    vec![line("仅词语", &base.calibration.words), line("词语和语义", &base.calibration.meanings)]
}

fn confusables(lexicon: &Lexicon) -> Vec<String> {
    let groups = lexicon.confusables.iter();
    groups
        .flat_map(|group| {
            group.terms.iter().map(|term| {
                let topics: Vec<_> = term.topics.iter().map(ToString::to_string).collect();
                format!("{} {}：{}；{}", group.ask, term.term, term.words.join("、"), topics.join("、"))
            })
        })
        .collect()
}

fn golden(base: &KnowledgeBase) -> Vec<String> {
    let questions = base.golden.iter();
    questions
        .map(|golden| {
            let topic = golden.topic.as_ref().map_or("不应答复", |topic| topic.as_str());
            let facet = golden.facet.map(|facet| format!(" {facet}")).unwrap_or_default();
            format!("{} → {topic}{facet}", golden.question)
        })
        .collect()
}
