//! `lexicon/`: synonyms, terms that must not be mixed, words kept whole, filler.

use std::collections::BTreeMap;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::known::Known;
use super::problem::{Place, Report};
use super::word_tables;
use super::yaml::{self, Parsed};
use crate::domain::lexicon::{ConfusableGroup, ConfusableTerm, Lexicon, SynonymGroup};
use crate::domain::text;

const SYNONYMS: &str = "lexicon/synonyms.yaml";
const CONFUSABLE: &str = "lexicon/confusable.yaml";
const USER_WORDS: &str = "lexicon/user_words.txt";
const STOP_WORDS: &str = "lexicon/stop_words.txt";

/// Reads the lexicon of `bundle`; a missing file is a warning and leaves its part empty.
pub(super) fn read(bundle: &Bundle, known: &Known, report: &mut Report) -> Lexicon {
    let synonyms = present(bundle, SYNONYMS, report).and_then(|text| yaml::read::<SynonymFile>(SYNONYMS, text, report));
    let confusable =
        present(bundle, CONFUSABLE, report).and_then(|text| yaml::read::<ConfusableFile>(CONFUSABLE, text, report));
    let mut words = |file| present(bundle, file, report).map(|text| words(file, text, report)).unwrap_or_default();
    let (user_words, stop_words) = (words(USER_WORDS), words(STOP_WORDS));
    if let Some(file) = &synonyms {
        check_synonyms(file, report);
    }
    Lexicon {
        synonyms: synonyms.into_iter().flat_map(|file| file.value.0).map(SynonymGroup::from).collect(),
        confusables: confusable.map(|file| confusables(&file, known, report)).unwrap_or_default(),
        user_words,
        stop_words,
        english: word_tables::english(bundle, report),
        outside: word_tables::outside(bundle, report),
        scope: word_tables::scope(bundle, report),
    }
}

/// The text of `file`, or a warning that it is not there.
fn present<'a>(bundle: &'a Bundle, file: &str, report: &mut Report) -> Option<&'a str> {
    bundle.text_or_warn(file, "按空的处理", "新建这个文件，写法见 README.md", report)
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct SynonymFile(#[garde(dive)] Vec<SynonymRecord>);

/// Words that mean the same as an official term.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct SynonymRecord {
    /// The official term.
    #[garde(length(chars, min = 1, max = 60))]
    canonical: String,
    /// What people say instead.
    #[garde(length(min = 1), inner(length(chars, min = 1, max = 60)))]
    variants: Vec<String>,
    /// How close they are, above 0 and at most 1.
    #[serde(default = "full_weight")]
    #[garde(custom(|weight: &f32, &()| is_weight(*weight)))]
    weight: f32,
}

fn full_weight() -> f32 {
    1.0
}

fn is_weight(weight: f32) -> garde::Result {
    let is_weight = weight > 0.0 && weight <= 1.0;
    if is_weight { Ok(()) } else { Err(garde::Error::new("应大于 0、不超过 1")) }
}

impl From<SynonymRecord> for SynonymGroup {
    fn from(record: SynonymRecord) -> Self {
        Self { canonical: record.canonical, variants: record.variants, weight: record.weight }
    }
}

/// Reports words that lead to two terms at once.
fn check_synonyms(file: &Parsed<SynonymFile>, report: &mut Report) {
    let groups = &file.value.0;
    let mut canonicals: BTreeMap<String, usize> = BTreeMap::new();
    for (group, record) in groups.iter().enumerate() {
        if let Some(first) = canonicals.insert(text::key(&record.canonical), group) {
            let line = file.place(&format!("[{first}].canonical")).line;
            let place = file.place(&format!("[{group}].canonical"));
            report.warning(SYNONYMS, place, format!("“{}”已是第{line}行的规范词", record.canonical)).hint("合并成一组");
        }
    }
    let mut variants: BTreeMap<String, (usize, Place)> = BTreeMap::new();
    for (group, record) in groups.iter().enumerate() {
        for (at, variant) in record.variants.iter().enumerate() {
            let place = file.place(&format!("[{group}].variants[{at}]"));
            let key = text::key(variant);
            if let Some(other) = canonicals.get(&key).filter(|other| **other != group) {
                let line = file.place(&format!("[{other}].canonical")).line;
                let warning = report.warning(SYNONYMS, place, format!("“{variant}”是第{line}行的规范词"));
                warning.hint("从 variants 里删去，或合并两组");
            }
            if record.canonical == *variant || record.variants[..at].contains(variant) {
                report.warning(SYNONYMS, place, format!("“{variant}”在本组里已有")).hint("删去");
            }
            // Spellings of one word, such as with and without a hyphen, may stand side by side in one group.
            match variants.get(&key) {
                Some((other, first)) if *other != group => {
                    let warning =
                        report.warning(SYNONYMS, place, format!("“{variant}”在第{}行的另一组里已有", first.line));
                    warning.hint("只留一处：同一个词只能指向一个规范词");
                }
                _ => {
                    variants.insert(key, (group, place));
                }
            }
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct ConfusableFile(#[garde(dive)] Vec<ConfusableRecord>);

/// Terms that must not be mixed.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct ConfusableRecord {
    /// The question to ask back.
    #[garde(length(chars, min = 1, max = 200))]
    ask: String,
    /// The terms.
    #[garde(length(min = 2), dive)]
    terms: Vec<TermRecord>,
}

/// One of several terms that must not be mixed.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct TermRecord {
    /// The official term.
    #[garde(length(chars, min = 1, max = 60))]
    term: String,
    /// The topics it leads to.
    #[garde(length(min = 1))]
    topics: Vec<String>,
    /// Words by which people mean it.
    #[garde(length(min = 1), inner(length(chars, min = 1, max = 60)))]
    words: Vec<String>,
}

fn confusables(file: &Parsed<ConfusableFile>, known: &Known, report: &mut Report) -> Vec<ConfusableGroup> {
    let mut groups = Vec::new();
    for (group, record) in file.value.0.iter().enumerate() {
        let mut terms = Vec::new();
        for (term, record) in record.terms.iter().enumerate() {
            let mut topics = Vec::new();
            for (at, topic) in record.topics.iter().enumerate() {
                let place = file.place(&format!("[{group}].terms[{term}].topics[{at}]"));
                topics.extend(known.resolve(topic, CONFUSABLE, place, report));
            }
            terms.push(ConfusableTerm { term: record.term.clone(), topics, words: record.words.clone() });
        }
        groups.push(ConfusableGroup { ask: record.ask.clone(), terms });
    }
    groups
}

/// The words of a list with one word a line; empty lines and comments are skipped.
fn words(file: &str, text: &str, report: &mut Report) -> Vec<String> {
    let mut words = Vec::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let word = line.split_once(" #").map_or(line, |(word, _)| word).trim();
        if word.is_empty() || word.starts_with('#') {
            continue;
        }
        if let Some(first) = lines.get(word) {
            report.warning(file, Place::line(at + 1), format!("“{word}”在第{first}行已有")).hint("删去一行");
            continue;
        }
        lines.insert(word.to_owned(), at + 1);
        words.push(word.to_owned());
    }
    words
}
