//! What companies think of answers, and which of their questions are kept to learn from.
//!
//! The turn remembers why it is kept, so that a choice, a better answer or a changed mind can take it back.

use super::Scene;
use crate::desk::dialogue::Turn;
use crate::desk::questions::{FeedbackChange, KeptQuestion, QuestionChange, Reason, Verdict};
use crate::desk::reply::Status;
use crate::desk::wording::{answer as wording, back, feedback as feedback_wording};
use crate::domain::answer::Candidate;
use crate::domain::topic::TopicId;
use crate::domain::{privacy, text};

/// At most this many other topics are offered when an answer did not help.
const OTHERS: usize = 3;

/// Topics less likely than this are not worth a button.
const WORTH_A_BUTTON: f32 = 0.05;

/// Below this the first candidate is noise.
const WORTH_A_GUESS: f32 = 0.2;

/// The topics to be offered when the answer from `topic` does not help.
pub(super) fn others(topic: &TopicId, candidates: &[Candidate]) -> Vec<String> {
    let others = candidates.iter().filter(|other| other.topic != *topic && other.confidence >= WORTH_A_BUTTON);
    others.take(OTHERS).map(|other| other.topic.to_string()).collect()
}

/// The topic that a question that is not answered may be about, where it is more than noise.
pub(super) fn guess(candidates: &[Candidate]) -> Option<&TopicId> {
    candidates.first().filter(|best| best.confidence >= WORTH_A_GUESS).map(|best| &best.topic)
}

impl Scene<'_> {
    /// Keeps the question of a turn to learn from, for one more reason.
    pub(super) fn keep(&mut self, turn: u32, reason: Reason, guess: Option<&TopicId>) {
        let Some(turn) = self.dialogue.value.turn_numbered_mut(turn) else { return };
        turn.reasons.insert(reason);
        if let Some(guess) = guess {
            turn.guess = Some(guess.to_string());
        }
        let turn = turn.clone();
        self.keep_as_it_stands(&turn);
    }

    /// Takes back one reason; without any other the question is forgotten.
    pub(super) fn no_longer(&mut self, turn: u32, reason: Reason) {
        let Some(turn) = self.dialogue.value.turn_numbered_mut(turn) else { return };
        if turn.reasons.remove(&reason) {
            let turn = turn.clone();
            self.keep_as_it_stands(&turn);
        }
    }

    fn keep_as_it_stands(&mut self, turn: &Turn) {
        let chat = &self.incoming.chat;
        let Some(reason) = turn.reasons.last() else {
            self.questions.push(QuestionChange::Forget { chat: chat.clone(), turn: turn.number });
            return;
        };
        let masked = privacy::mask(&turn.question);
        let topic = turn.topic.as_deref().or(turn.guess.as_deref()).or(turn.choices.first().map(String::as_str));
        self.questions.push(QuestionChange::Keep(Box::new(KeptQuestion {
            chat: (!chat.chat.is_empty()).then(|| chat.clone()),
            channel: chat.channel,
            turn: turn.number,
            key: text::key(&masked),
            text: masked,
            reason: *reason,
            wants_person: turn.reasons.contains(&Reason::PersonWanted),
            topic: topic.and_then(TopicId::parse),
            edition: self.edition.number,
            at: self.now,
        })));
    }

    /// 有帮助 or 没帮助 below an answer: counted once, replaced when somebody changes their mind.
    pub(super) fn on_feedback(&mut self, number: u32, verdict: Verdict) {
        let answered = self.dialogue.value.turn_numbered_mut(number).filter(|turn| turn.answered.is_some());
        let Some(turn) = answered else {
            self.stale();
            return;
        };
        let before = turn.verdict.replace(verdict);
        let turn = turn.clone();
        if before != Some(verdict) {
            self.feedback.push(FeedbackChange {
                chat: self.incoming.chat.clone(),
                turn: number,
                verdict,
                topic: turn.topic.as_deref().and_then(TopicId::parse),
                edition: self.edition.number,
            });
        }
        match verdict {
            Verdict::Helpful => {
                self.no_longer(number, Reason::Unhelpful);
                self.say(Status::Smalltalk, feedback_wording::thanks(before).to_owned(), Vec::new());
            }
            Verdict::Unhelpful => {
                if before != Some(verdict) {
                    self.dialogue.value.unsolved += 1;
                    self.keep(number, Reason::Unhelpful, None);
                }
                self.offer_others(&turn);
            }
        }
    }

    /// The answer did not help: the other topics that may be meant, and a person.
    fn offer_others(&mut self, turn: &Turn) {
        let edition = self.edition.clone();
        let known = |topic: &String| Some((topic.clone(), edition.base.topics.get(&TopicId::parse(topic)?)?));
        let others: Vec<_> = turn.others.iter().filter_map(known).collect();
        let titles: Vec<_> = others.iter().map(|(_, topic)| topic.title.as_str()).collect();
        if let Some(turn) = self.dialogue.value.turn_numbered_mut(turn.number) {
            turn.choices = others.iter().map(|(topic, _)| topic.clone()).collect();
        }
        let topic = turn.topic.as_deref().and_then(TopicId::parse);
        self.name_commissioner(topic.as_ref().map(TopicId::category));
        let name = self.reply.commissioner.as_ref().map(|person| person.name.clone());
        let words = feedback_wording::sorry(&titles, name.as_deref());
        if titles.is_empty() {
            self.say(Status::Decline, words, vec![vec![wording::human(turn.number)]]);
        } else {
            self.say(Status::Clarify, words, back::clarify_buttons(&titles, turn.number));
        }
    }
}
