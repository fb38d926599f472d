//! The knowledge's own words: what a mistyped or half-typed word may have been meant to be.
//!
//! Collected from titles, tags, the lexicon, and the words of the topics' questions; nothing from outside. Absent on purpose: the
//! bodies, whose words are too many and too rarely asked for.

use std::collections::{HashMap, HashSet};

use super::analyzer::{Analyzer, Run, runs};
use crate::desk::knowledge::KnowledgeBase;
use crate::domain::text::normalise;

/// Longer phrases are sentences.
const LONGEST: usize = 10;

/// A word of the questions counts as one of the knowledge's own when this many topics use it.
const COMMON_TOPICS: u32 = 2;

/// How much a word counts that stands in a title, a tag or the lexicon, in topics that use it.
const NAMED: u32 = 5;

/// A word of the knowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Chinese characters only.
    pub(super) text: String,
    /// In how many topics it is at home, [`NAMED`] more where it is a name.
    pub(super) weight: u32,
    /// Whether it stands in a title, a tag or the lexicon.
    pub(super) is_name: bool,
}

/// The words of an edition, in the order of their text.
pub(super) struct Vocabulary {
    words: Vec<Word>,
    /// How often each character is a word by itself in questions.
    singles: HashMap<char, u32>,
}

impl Vocabulary {
    /// Collects the words of `base`.
    pub(super) fn new(base: &KnowledgeBase, analyzer: &Analyzer) -> Self {
        let mut topics_of: HashMap<String, u32> = HashMap::new();
        let mut singles: HashMap<char, u32> = HashMap::new();
        for topic in base.topics.values() {
            let mut seen: HashSet<String> = HashSet::new();
            let texts = topic.questions.iter().chain([&topic.title]).chain(&topic.tags);
            for word in texts.flat_map(|text| analyzer.words(&normalise(text))) {
                let mut chars = word.chars();
                if let (Some(only), None) = (chars.next(), chars.next()) {
                    *singles.entry(only).or_default() += 1;
                } else {
                    seen.insert(word);
                }
            }
            for word in seen {
                *topics_of.entry(word).or_default() += 1;
            }
        }
        let names = names(base);
        let common = topics_of.iter().filter(|(word, topics)| **topics >= COMMON_TOPICS && !names.contains(*word));
        let mut words: Vec<Word> = common
            .map(|(word, topics)| Word { text: word.clone(), weight: *topics, is_name: false })
            .chain(names.iter().map(|name| {
                let topics = topics_of.get(name).copied().unwrap_or(0);
                Word { text: name.clone(), weight: topics + NAMED, is_name: true }
            }))
            .filter(|word| (2..=LONGEST).contains(&word.text.chars().count()))
            .collect();
        words.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        Self { words, singles }
    }

    /// All words of two characters and more.
    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// Characters that are words by themselves, with how often they are.
    pub(super) fn singles(&self) -> impl Iterator<Item = (char, u32)> {
        self.singles.iter().map(|(character, count)| (*character, *count))
    }
}

/// Titles, tags and the lexicon's words, cut at whatever is not a Chinese character.
fn names(base: &KnowledgeBase) -> HashSet<String> {
    let lexicon = &base.lexicon;
    let topics = base.topics.values().flat_map(|topic| std::iter::once(&topic.title).chain(&topic.tags));
    let synonyms = lexicon.synonyms.iter().flat_map(|group| std::iter::once(&group.canonical).chain(&group.variants));
    let confusables = lexicon.confusables.iter().flat_map(|group| &group.terms);
    let confusables = confusables.flat_map(|term| std::iter::once(&term.term).chain(&term.words));
    let mut names = HashSet::new();
    for name in topics.chain(synonyms).chain(confusables).chain(&lexicon.user_words) {
        let name = normalise(name);
        for run in runs(&name) {
            if let Run::Han(range) = run {
                names.insert(name[range.clone()].to_owned());
                // 消防设计审查与验收备案 is two names.
                names.extend(name[range].split(['与', '和']).map(str::to_owned));
            }
        }
    }
    names
}
