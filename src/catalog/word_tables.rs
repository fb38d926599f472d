//! The lexicon's optional tables: English, matters outside, words of scope. What is missing is empty.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::problem::Report;
use super::yaml;
use crate::domain::lexicon::{EnglishWord, OutsideMatters, ScopeWords};

const ENGLISH: &str = "lexicon/english.yaml";
const OUTSIDE: &str = "lexicon/outside.yaml";
const SCOPE: &str = "lexicon/scope.yaml";

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct EnglishFile(#[garde(dive)] Vec<EnglishRecord>);

/// Everyday English words and what they mean in the field's Chinese.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct EnglishRecord {
    /// The Chinese term; empty for words that say nothing about a matter.
    #[garde(length(chars, max = 60))]
    zh: String,
    /// The English words or phrases.
    #[garde(length(min = 1), inner(length(chars, min = 1, max = 60)))]
    en: Vec<String>,
}

/// Reads the English table of `bundle`.
pub(super) fn english(bundle: &Bundle, report: &mut Report) -> Vec<EnglishWord> {
    let file = bundle.text(ENGLISH).and_then(|text| yaml::read::<EnglishFile>(ENGLISH, text, report));
    let records = file.into_iter().flat_map(|file| file.value.0);
    records.map(|record| EnglishWord { english: record.en, chinese: record.zh }).collect()
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct OutsideFile(#[garde(dive)] Vec<OutsideRecord>);

/// Matters of one field that no topic answers.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct OutsideRecord {
    /// The field.
    #[garde(length(chars, min = 1, max = 60))]
    field: String,
    /// The matters' names.
    #[garde(length(min = 1), inner(length(chars, min = 2, max = 60)))]
    names: Vec<String>,
}

/// Reads the matters outside of `bundle`.
pub(super) fn outside(bundle: &Bundle, report: &mut Report) -> Vec<OutsideMatters> {
    let file = bundle.text(OUTSIDE).and_then(|text| yaml::read::<OutsideFile>(OUTSIDE, text, report));
    let records = file.into_iter().flat_map(|file| file.value.0);
    records.map(|record| OutsideMatters { field: record.field, names: record.names }).collect()
}

/// Words that tell whose matter it is, and where.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct ScopeRecord {
    /// Other places.
    #[garde(inner(length(chars, min = 2, max = 60)))]
    elsewhere: Vec<String>,
    /// Private life.
    #[garde(inner(length(chars, min = 2, max = 60)))]
    personal: Vec<String>,
    /// Things to be done.
    #[garde(inner(length(chars, min = 2, max = 60)))]
    errands: Vec<String>,
}

/// Reads the scope words of `bundle`.
pub(super) fn scope(bundle: &Bundle, report: &mut Report) -> ScopeWords {
    let file = bundle.text(SCOPE).and_then(|text| yaml::read::<ScopeRecord>(SCOPE, text, report));
    file.map(|file| {
        let ScopeRecord { elsewhere, personal, errands } = file.value;
        ScopeWords { elsewhere, personal, errands }
    })
    .unwrap_or_default()
}
