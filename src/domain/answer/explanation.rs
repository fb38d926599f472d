//! Why a topic was found: every term of the question with what it counted for, and where.

/// One term of a question, as it counted for one topic.
#[derive(Clone, Debug, PartialEq)]
pub struct TermPart {
    /// As it is looked up.
    pub term: String,
    /// What sort of term it is: `word`, `long_word`, `code`, `quantity` and so on.
    pub class: &'static str,
    /// The official term whose synonyms brought it in; `None` when the person wrote it.
    pub synonym_of: Option<String>,
    /// Whether it was not known as written and found by its sound.
    pub is_by_sound: bool,
    /// Whether it stands in no title and no tag, and therefore counts less.
    pub is_untitled: bool,
    /// In how many topics it occurs.
    pub topics: usize,
    /// How telling that makes it.
    pub inverse_frequency: f32,
    /// What its sort counts.
    pub class_weight: f32,
    /// What it counts in all, where it occurs.
    pub weight: f32,
    /// Its part of the match with the best question, as a share of the greatest possible score; so the next three.
    pub question: f32,
    /// Its part of the match with title and tags.
    pub title: f32,
    /// Its part of the match with the best body passage.
    pub body: f32,
    /// Its part of the match with the topic as one text.
    pub whole: f32,
}

/// How a question matches one topic, term by term.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matching {
    /// The terms, the person's own first.
    pub terms: Vec<TermPart>,
    /// The topic's question that matches best.
    pub question: Option<String>,
    /// The body passage that matches best.
    pub body: Option<String>,
}
