//! How text sounds: pairs of toneless pinyin syllables.
//!
//! Most typing mistakes are characters of the same sound, and some people type pinyin without choosing characters. Titles and
//! questions are therefore indexed by sound as well; single syllables say too little and are left out.

use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use super::analyzer::{Run, runs};

/// The longest syllable has six letters (`zhuang`).
const LONGEST_SYLLABLE: usize = 6;

/// Every syllable that a character may have.
static SYLLABLES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| ('\u{4e00}'..='\u{9fff}').filter_map(|c| Some(c.to_pinyin()?.plain())).collect());

/// The sound pairs of the Chinese characters in a prepared text.
pub(super) fn of_characters(text: &str) -> Vec<String> {
    let mut pairs = Vec::new();
    for run in runs(text) {
        if let Run::Han(range) = run {
            let syllables: Vec<&str> =
                text[range].chars().map(|c| c.to_pinyin().map_or("", |sound| sound.plain())).collect();
            pairs.extend(join(&syllables));
        }
    }
    pairs
}

/// The sound pairs of pinyin typed in Latin letters, over as many words as it goes on.
pub(super) fn of_letters(text: &str) -> Vec<String> {
    let mut pairs = Vec::new();
    let mut syllables: Vec<&str> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if let Some(more) = split(word) {
            syllables.extend(more);
        } else {
            pairs.extend(join(&syllables));
            syllables.clear();
        }
    }
    pairs.extend(join(&syllables));
    pairs
}

/// Neighbouring syllables as index terms.
fn join(syllables: &[&str]) -> Vec<String> {
    let pairs = syllables.windows(2).filter(|pair| pair.iter().all(|syllable| !syllable.is_empty()));
    pairs.map(|pair| format!("{}'{}", pair[0], pair[1])).collect()
}

/// Splits a word into as few syllables as possible; `None` when it is not pinyin.
pub(super) fn split(word: &str) -> Option<Vec<&str>> {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    // For each end: the fewest syllables up to there, and where the last of them begins.
    let mut best: Vec<Option<(usize, usize)>> = vec![Some((0, 0))];
    for end in 1..=word.len() {
        let starts = end.saturating_sub(LONGEST_SYLLABLE)..end;
        let reached = starts.filter(|start| SYLLABLES.contains(&word[*start..end]));
        best.push(reached.filter_map(|start| best[start].map(|(count, _)| (count + 1, start))).min());
    }
    let mut syllables = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let (_, start) = best[end]?;
        syllables.push(&word[start..end]);
        end = start;
    }
    syllables.reverse();
    Some(syllables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_the_same_sound_have_the_same_pairs() {
        assert_eq!(of_characters("个体功商户"), of_characters("个体工商户"));
        assert_eq!(of_characters("工商,户"), ["gong'shang"]);
    }

    #[test]
    fn typed_pinyin_is_split_with_or_without_spaces() {
        assert_eq!(of_letters("ying ye zhi zhao"), of_characters("营业执照"));
        assert_eq!(of_letters("yingyezhizhao"), of_characters("营业执照"));
    }

    #[test]
    fn other_languages_and_codes_are_not_pinyin() {
        assert_eq!(of_letters("company registration 9087"), [""; 0]);
    }
}
