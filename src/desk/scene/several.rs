//! Several answers in one message: within one message's length, each with its own source.

use super::Scene;
use super::company::ANSWER_KEPT;
use crate::desk::dialogue::Turn;
use crate::desk::knowledge::Edition;
use crate::desk::reply::{AnswerRecord, CitationRecord, Status};
use crate::desk::understand::Meaning;
use crate::desk::wording::{answer as wording, back, excerpt};
use crate::domain::answer::Candidate;
use crate::domain::topic::{Facet, Topic};

/// What one of several answers is about.
struct Asked<'a> {
    topic: &'a Topic,
    facets: Vec<Facet>,
    confidence: f32,
    candidates: &'a [Candidate],
}

/// One of several answers: its topic, its turn, the facet that was asked for, where its list was cut.
type Part<'a> = (&'a Topic, u32, Option<Facet>, Option<(Facet, usize)>);

fn asked_of<'a>(meaning: &'a Meaning, edition: &'a Edition) -> Option<Asked<'a>> {
    let Meaning::Answer { topic, facet, also, confidence, candidates } = meaning else { return None };
    let topic = edition.base.topics.get(topic)?;
    let facets = facet.iter().chain(also).copied().collect();
    Some(Asked { topic, facets, confidence: *confidence, candidates })
}

/// What is said below the answers.
fn closing(unanswered: &[String], left: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    if !unanswered.is_empty() {
        lines.push(back::unanswered(unanswered));
    }
    if !left.is_empty() {
        lines.push(back::left_over(left));
    }
    lines
}

impl Scene<'_> {
    /// Answers several questions in turn, and says which were not answered.
    pub(super) fn several(&mut self, answers: &[Meaning], unanswered: &[String], left: &[String]) {
        let edition = self.edition.clone();
        let asked: Vec<_> = answers.iter().filter_map(|meaning| asked_of(meaning, &edition)).collect();
        let closing = closing(unanswered, left);
        let composed = {
            let nearby: Vec<_> = asked.iter().map(|asked| self.nearby(asked.topic)).collect();
            let views: Vec<_> = asked
                .iter()
                .zip(&nearby)
                .map(|(asked, nearby)| (asked.topic, self.view(asked.topic, &asked.facets, nearby)))
                .collect();
            wording::several(&views, &closing)
        };
        let (mut texts, mut parts, mut citations) = (Vec::new(), Vec::new(), Vec::new());
        for (asked, composed) in asked.iter().zip(composed) {
            let facet = asked.facets.first().copied();
            let turn = self.dialogue.value.remember(Turn {
                question: asked.topic.title.clone(),
                topic: Some(asked.topic.id.to_string()),
                facet: facet.map(|facet| facet.to_string()),
                answered: Some(excerpt(&composed.text, ANSWER_KEPT)),
                ..Turn::default()
            });
            self.report_answer(asked.topic, facet, asked.confidence, asked.candidates);
            citations.append(&mut self.reply.citations);
            texts.push(composed.text);
            parts.push((asked.topic, turn, facet, composed.cut));
        }
        if let Some(first) = asked.first() {
            self.report_answer(first.topic, first.facets.first().copied(), first.confidence, first.candidates);
            self.name_commissioner(Some(first.topic.id.category()));
        }
        self.report_all(&parts, citations);
        texts.extend(closing);
        let buttons: Vec<_> = parts.iter().map(|(topic, turn, _, cut)| (*topic, *turn, *cut)).collect();
        self.say(Status::Answer, texts.join("\n\n"), wording::several_buttons(&buttons));
    }

    /// What programs read of several answers, and what 第二个的材料呢 speaks of.
    fn report_all(&mut self, parts: &[Part<'_>], mut citations: Vec<CitationRecord>) {
        self.dialogue.value.unsolved = 0;
        citations.dedup();
        self.reply.citations = citations;
        self.reply.answers = parts
            .iter()
            .map(|(topic, _, facet, _)| AnswerRecord {
                topic: topic.id.to_string(),
                facet: facet.map(|facet| facet.to_string()),
                title: topic.title.clone(),
            })
            .collect();
        if let Some(last) = self.dialogue.value.turns.last_mut() {
            last.choices = parts.iter().map(|(topic, ..)| topic.id.to_string()).collect();
        }
    }
}
