//! Finds the lexicon's phrases in a question.

use std::collections::HashMap;
use std::ops::Range;

use crate::domain::text::normalise;

/// Phrases by their first two characters, each with a value.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    by_start: HashMap<(char, char), Vec<(String, T)>>,
}

impl<T: Copy> Phrases<T> {
    /// Collects phrases; those of less than two characters say too little and are left out.
    pub(super) fn new(phrases: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut by_start: HashMap<_, Vec<(String, T)>> = HashMap::new();
        for (phrase, value) in phrases {
            let phrase = normalise(&phrase);
            let mut chars = phrase.chars();
            if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
                by_start.entry((first, second)).or_default().push((phrase, value));
            }
        }
        Self { by_start }
    }

    /// The phrases that occur in `text` outside of longer ones that occur there, with their place.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, T)> {
        let mut found: Vec<(Range<usize>, T)> = Vec::new();
        let starts = text.char_indices().zip(text.chars().skip(1));
        for ((at, first), second) in starts {
            for (phrase, value) in self.by_start.get(&(first, second)).into_iter().flatten() {
                let range = at..at + phrase.len();
                if text[at..].starts_with(phrase.as_str()) && !cuts_a_latin_word(text, &range) {
                    found.push((range, *value));
                }
            }
        }
        let is_inside = |inner: &Range<usize>, outer: &Range<usize>| {
            inner.len() < outer.len() && outer.start <= inner.start && inner.end <= outer.end
        };
        let outer: Vec<Range<usize>> = found.iter().map(|(range, _)| range.clone()).collect();
        found.retain(|(inner, _)| !outer.iter().any(|outer| is_inside(inner, outer)));
        found
    }
}

/// Whether a Latin word goes on beyond either end of `range`.
fn cuts_a_latin_word(text: &str, range: &Range<usize>) -> bool {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = &text[range.clone()];
    (is_latin(inside.chars().next()) && is_latin(text[..range.start].chars().next_back()))
        || (is_latin(inside.chars().next_back()) && is_latin(text[range.end..].chars().next()))
}
