//! English questions, word by word into the knowledge's Chinese.
//!
//! The lexicon's English variants of official terms come first, longer ones before shorter; what is left goes through the
//! lexicon's table of everyday words. Absent on purpose: grammar. Ranking looks at words only, so their order does not matter.

use std::collections::HashMap;

use crate::domain::lexicon::Lexicon;
use crate::domain::text::normalise;

/// Longest phrase, in words.
const LONGEST: usize = 6;

/// English phrases with their Chinese terms.
pub(super) struct English {
    /// Stems joined by spaces → Chinese.
    terms: HashMap<String, String>,
}

impl English {
    /// Collects the English of `lexicon`; where a phrase stands twice the first one counts, official terms before everyday words.
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let official = lexicon
            .synonyms
            .iter()
            .flat_map(|group| group.variants.iter().map(|variant| (variant.as_str(), group.canonical.as_str())));
        let everyday = lexicon
            .english
            .iter()
            .flat_map(|word| word.english.iter().map(|english| (english.as_str(), word.chinese.as_str())));
        let mut terms = HashMap::new();
        for (english, chinese) in official.chain(everyday) {
            let english = normalise(english);
            if english.is_ascii() {
                terms.entry(stems(&english).join(" ")).or_insert_with(|| normalise(chinese));
            }
        }
        Self { terms }
    }

    /// Tells whether the lexicon has this English word, or a longer phrase is made of it alone.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.terms.contains_key(&stem(word))
    }

    /// The Chinese terms for an English text, in its order; words without one are kept as they are when `is_known`.
    pub(super) fn gloss(&self, text: &str, is_known: &dyn Fn(&str) -> bool) -> String {
        let words = words(text);
        let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
        let mut glosses: Vec<&str> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = (1..=LONGEST.min(words.len() - at)).rev();
            let found =
                longest.filter_map(|length| Some((length, self.terms.get(&stems[at..at + length].join(" "))?))).next();
            if let Some((length, chinese)) = found {
                if !chinese.is_empty() {
                    glosses.push(chinese);
                }
                at += length;
            } else {
                if is_known(words[at]) {
                    glosses.push(words[at]);
                }
                at += 1;
            }
        }
        glosses.join(" ")
    }
}

/// Tells whether a normalised text is English: hardly any Chinese in it, and at least two words of letters.
pub(super) fn is_english(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let others = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    letters > 4 * others && words(text).iter().filter(|word| word.len() > 1).count() >= 2
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '&').filter(|word| !word.is_empty()).collect()
}

fn stems(text: &str) -> Vec<String> {
    words(text).into_iter().map(stem).collect()
}

/// A word without the endings of plural and tense, so that `licenses`, `licensing` and `license` are one.
fn stem(word: &str) -> String {
    let shortened = [("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")]
        .iter()
        .find_map(|(ending, instead)| {
            let rest = word.strip_suffix(ending)?;
            let is_whole = *ending == "s" && (rest.ends_with('s') || rest.ends_with('u') || rest.ends_with('i'));
            (rest.len() >= 3 && !is_whole).then(|| format!("{rest}{instead}"))
        });
    shortened.unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lexicon::{EnglishWord, SynonymGroup};

    fn english() -> English {
        English::new(&Lexicon {
            synonyms: vec![SynonymGroup {
                canonical: "营业执照".to_owned(),
                variants: vec!["执照".to_owned(), "business license".to_owned()],
                weight: 0.8,
            }],
            english: vec![
                EnglishWord {
                    english: vec!["apply".to_owned(), "application".to_owned()], chinese: "申请".to_owned()
                },
                EnglishWord { english: vec!["license".to_owned()], chinese: "许可证".to_owned() },
                EnglishWord { english: vec!["the".to_owned()], chinese: String::new() },
            ],
            ..Lexicon::default()
        })
    }

    #[test]
    fn phrases_come_before_words_whatever_their_ending() {
        let gloss = |text| english().gloss(text, &|word| word == "rcep");
        assert_eq!(gloss("applying for the business licenses"), "申请 营业执照");
        assert_eq!(gloss("license applications rcep"), "许可证 申请 rcep");
    }

    #[test]
    fn a_chinese_message_with_a_foreign_word_is_not_english() {
        assert!(is_english("how to register a company"));
        assert!(!is_english("我们想上erp和mes系统"));
        assert!(!is_english("rcep"));
    }
}
