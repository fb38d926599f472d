//! The field's words: synonyms, words the segmenter keeps whole, filler, and terms that must not be mixed.

use super::topic::TopicId;

/// Words that mean the same as an official term (同义词).
#[derive(Clone, Debug, PartialEq)]
pub struct SynonymGroup {
    /// The official term.
    pub canonical: String,
    /// What people say instead.
    pub variants: Vec<String>,
    /// How close the variants are, above 0 and at most 1.
    pub weight: f32,
}

/// Terms that sound alike and must not be mixed (易混词); where the case is open, the assistant asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusableGroup {
    /// The question to ask back.
    pub ask: String,
    /// The terms.
    pub terms: Vec<ConfusableTerm>,
}

/// One of several terms that must not be mixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusableTerm {
    /// The official term.
    pub term: String,
    /// The topics it leads to.
    pub topics: Vec<TopicId>,
    /// Words by which people mean it.
    pub words: Vec<String>,
}

/// Everyday English words with what they mean in the field's Chinese (英汉对照).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnglishWord {
    /// Words or phrases in lower case.
    pub english: Vec<String>,
    /// The Chinese term; empty for words that say nothing about a matter.
    pub chinese: String,
}

/// Matters that companies or citizens ask about and no topic answers (受理范围以外的事项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideMatters {
    /// The field they belong to.
    pub field: String,
    /// Their names, as people and catalogues call them.
    pub names: Vec<String>,
}

/// Words that tell whose matter it is, and where (范围提示词).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeWords {
    /// Other places, whose policies are not ours.
    pub elsewhere: Vec<String>,
    /// Words of private life: family, home, one's own pension.
    pub personal: Vec<String>,
    /// Things to be done rather than questions: writing, reckoning, recommending.
    pub errands: Vec<String>,
}

/// Everything `faq_data/lexicon` holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lexicon {
    /// Synonyms.
    pub synonyms: Vec<SynonymGroup>,
    /// Terms that must not be mixed.
    pub confusables: Vec<ConfusableGroup>,
    /// Words the segmenter keeps whole.
    pub user_words: Vec<String>,
    /// Words without a topic: particles, politeness, filler.
    pub stop_words: Vec<String>,
    /// English.
    pub english: Vec<EnglishWord>,
    /// What no topic answers.
    pub outside: Vec<OutsideMatters>,
    /// Whose matter, and where.
    pub scope: ScopeWords,
}
