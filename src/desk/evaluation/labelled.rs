//! Labelled messages: tables of tab-separated values, one file a sort.

use crate::domain::topic::TopicId;

/// A question in scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Row id.
    pub id: String,
    /// The topics that are equally right; the first one counts for cross-validation.
    pub topics: Vec<TopicId>,
    /// How it is worded: colloquial, situational, short, formal, abbrev, typo, pinyin, english or traditional.
    pub style: String,
    /// The message.
    pub text: String,
}

/// A message that must not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfScope {
    /// Row id.
    pub id: String,
    /// What sort of message.
    pub kind: String,
    /// The message.
    pub text: String,
}

/// Two messages in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Row id.
    pub id: String,
    /// The right topic for the second message.
    pub topic: TopicId,
    /// The first message.
    pub first: String,
    /// The second, elliptical message.
    pub second: String,
    /// The facet it asks for, or `switch` for a change of topic.
    pub facet: String,
}

impl FollowUp {
    /// Tells whether the second message moves to another topic.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        self.facet == "switch"
    }
}

/// A message that asks for a person, or only looks like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishForPerson {
    /// Row id.
    pub id: String,
    /// The message.
    pub text: String,
    /// Whether it asks for a person.
    pub wants_human: bool,
}

/// All labelled messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// `questions.tsv`: `id topic style text`; several topics joined by `|`.
    pub questions: Vec<Question>,
    /// `out_of_scope.tsv`: `id kind text`.
    pub out_of_scope: Vec<OutOfScope>,
    /// `followups.tsv`: `id topic first second facet`.
    pub follow_ups: Vec<FollowUp>,
    /// `human.tsv`: `id text wants_human`.
    pub wishes: Vec<WishForPerson>,
}

/// A row that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}")]
pub struct LabelError {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

impl Labelled {
    /// Reads the text of `questions.tsv`.
    ///
    /// # Errors
    ///
    /// Returns [`LabelError`] for the first row that cannot be read.
    pub fn read_questions(&mut self, text: &str) -> Result<(), LabelError> {
        const EXPECTED: &str = "id, topic, style, text";
        for (line, columns) in rows(text) {
            let [id, topics, style, text] = columns[..] else { return Err(LabelError { line, expected: EXPECTED }) };
            let topics: Option<Vec<_>> = topics.split('|').map(TopicId::parse).collect();
            let topics = topics.ok_or(LabelError { line, expected: "a topic id" })?;
            let (id, style, text) = (id.to_owned(), style.to_owned(), text.to_owned());
            self.questions.push(Question { id, topics, style, text });
        }
        Ok(())
    }

    /// Reads the text of `out_of_scope.tsv`.
    ///
    /// # Errors
    ///
    /// Returns [`LabelError`] for the first row that cannot be read.
    pub fn read_out_of_scope(&mut self, text: &str) -> Result<(), LabelError> {
        for (line, columns) in rows(text) {
            let [id, kind, text] = columns[..] else { return Err(LabelError { line, expected: "id, kind, text" }) };
            self.out_of_scope.push(OutOfScope { id: id.to_owned(), kind: kind.to_owned(), text: text.to_owned() });
        }
        Ok(())
    }

    /// Reads the text of `followups.tsv`.
    ///
    /// # Errors
    ///
    /// Returns [`LabelError`] for the first row that cannot be read.
    pub fn read_follow_ups(&mut self, text: &str) -> Result<(), LabelError> {
        const EXPECTED: &str = "id, topic, first, second, facet";
        for (line, columns) in rows(text) {
            let [id, topic, first, second, facet] = columns[..] else {
                return Err(LabelError { line, expected: EXPECTED });
            };
            self.follow_ups.push(FollowUp {
                id: id.to_owned(),
                topic: TopicId::parse(topic).ok_or(LabelError { line, expected: "a topic id" })?,
                first: first.to_owned(),
                second: second.to_owned(),
                facet: facet.to_owned(),
            });
        }
        Ok(())
    }

    /// Reads the text of `human.tsv`.
    ///
    /// # Errors
    ///
    /// Returns [`LabelError`] for the first row that cannot be read.
    pub fn read_wishes(&mut self, text: &str) -> Result<(), LabelError> {
        for (line, columns) in rows(text) {
            let [id, text, wants] = columns[..] else {
                return Err(LabelError { line, expected: "id, text, wants_human" });
            };
            self.wishes.push(WishForPerson { id: id.to_owned(), text: text.to_owned(), wants_human: wants == "1" });
        }
        Ok(())
    }
}

/// Rows below the heading, with their line numbers; empty lines are passed over.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    (1..)
        .zip(text.lines())
        .skip(1)
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(line, text)| (line, text.split('\t').collect()))
}
