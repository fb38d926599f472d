//! From text to terms: words, characters, character pairs, codes and document numbers.
//!
//! Passages are indexed under every character and every pair of characters of a run of Chinese text, and under its words of
//! three characters and more (shorter words are characters and pairs already). Which of them are words matters only for a
//! question: there each term has a [`TermClass`], and the classes weigh differently. Positions are not kept, because phrases
//! are not searched.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use jieba_rs::Jieba;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::dictionary::dictionary;
use super::sound;
use crate::domain::lexicon::Lexicon;
use crate::domain::text::normalise;
use crate::domain::text::quantity::quantities;

/// Goes up whenever the same text may yield other terms than before, so that indexes built by the old code are rebuilt.
pub const ANALYZER_VERSION: u32 = 2;

/// Passages are normalised piece by piece; a piece stays well below what [`normalise`] cuts off.
const PIECE_CHARS: usize = 400;

/// What sort of term it is, from the most to the least telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum TermClass {
    /// Year and number of a document, such as `2024#12`.
    DocumentNumber,
    /// Latin letters or digits.
    Code,
    /// An amount, a period or a date, however it was written.
    Quantity,
    /// A Chinese word of two characters.
    Word,
    /// A Chinese word of three characters or more.
    LongWord,
    /// A character that is a word by itself.
    Single,
    /// Two characters within a longer word.
    Inner,
    /// Two characters of neighbouring words.
    Cross,
    /// A character of a longer word.
    Part,
    /// Two characters of which at least one belongs to a stop word.
    Filler,
    /// Two syllables typed as pinyin; such terms stand in the index of sounds.
    Spelling,
}

/// How many classes there are.
pub(super) const CLASSES: usize = TermClass::Spelling as usize + 1;

/// A term of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuestionTerm {
    /// As it stands in the index.
    pub(super) text: String,
    /// Its class; the most telling one where it occurs more than once.
    pub(super) class: TermClass,
}

/// The word that a character belongs to.
#[derive(Clone, Copy)]
struct Owner {
    /// Its number within the run.
    number: usize,
    /// Its length in characters.
    length: usize,
    is_stop: bool,
}

/// Cuts text into terms; cheap to clone, the dictionary is shared.
#[derive(Clone)]
pub struct Analyzer {
    jieba: Arc<Jieba>,
    stop_words: Arc<HashSet<String>>,
}

impl Analyzer {
    /// An analyzer that keeps the lexicon's own words whole and leaves its stop words out.
    #[must_use]
    pub fn new(lexicon: &Lexicon) -> Self {
        let stop_words = lexicon.stop_words.iter().map(|word| normalise(word)).collect();
        Self { jieba: dictionary(&lexicon.user_words), stop_words: Arc::new(stop_words) }
    }

    /// Tells whether a word is a stop word.
    pub(super) fn is_stop(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// The terms of a question, each once, in the order of their first occurrence.
    pub(super) fn question(&self, text: &str) -> Vec<QuestionTerm> {
        let text = join_spaced_han(text);
        let mut terms: Vec<QuestionTerm> = Vec::new();
        let mut add = |text: &str, class| match terms.iter_mut().find(|term| term.text == text) {
            Some(term) => term.class = term.class.min(class),
            None => terms.push(QuestionTerm { text: text.to_owned(), class }),
        };
        let quantities = quantities(&text);
        for run in runs(&text) {
            match run {
                Run::Han(range) => self.han_terms(&text[range], &mut add),
                // Digits that belong to an amount are looked up as the amount.
                Run::Code(range) if quantities.iter().any(|found| holds(&found.range, &range)) => {}
                Run::Code(range) => {
                    for code in codes(&text[range]) {
                        if !self.is_stop(&code) {
                            add(&code, TermClass::Code);
                        }
                    }
                }
            }
        }
        for quantity in &quantities {
            add(&quantity.term, TermClass::Quantity);
        }
        for number in document_numbers(&text) {
            add(&number, TermClass::DocumentNumber);
        }
        for pair in sound::of_letters(&text) {
            add(&pair, TermClass::Spelling);
        }
        terms
    }

    /// The classed terms of one run of Chinese characters.
    fn han_terms(&self, run: &str, add: &mut impl FnMut(&str, TermClass)) {
        let mut owners: Vec<Owner> = Vec::new();
        for (number, token) in self.jieba.cut(run, false).iter().enumerate() {
            let length = token.end - token.start;
            let is_stop = self.is_stop(token.word);
            owners.extend(std::iter::repeat_n(Owner { number, length, is_stop }, length));
            if length > 2 && !is_stop {
                add(token.word, TermClass::LongWord);
            }
        }
        let chars: Vec<Range<usize>> = run.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect();
        for (pair, owners) in chars.windows(2).zip(owners.windows(2)) {
            let (left, right) = (owners[0], owners[1]);
            let class = match (left.number == right.number, left.is_stop || right.is_stop) {
                (true, true) => continue,
                (false, true) => TermClass::Filler,
                (false, false) => TermClass::Cross,
                (true, false) if left.length == 2 => TermClass::Word,
                (true, false) => TermClass::Inner,
            };
            add(&run[pair[0].start..pair[1].end], class);
        }
        for (range, owner) in chars.iter().zip(&owners) {
            let character = &run[range.clone()];
            if !owner.is_stop && !self.is_stop(character) {
                let class = if owner.length == 1 { TermClass::Single } else { TermClass::Part };
                add(character, class);
            }
        }
    }

    /// The places between words in `text`, as byte offsets, both ends included.
    pub(super) fn word_ends(&self, text: &str) -> Vec<usize> {
        let mut ends: Vec<usize> = self.jieba.cut(text, false).iter().map(|token| token.byte_end).collect();
        ends.push(0);
        ends
    }

    /// The terms under which a passage is indexed, with repetitions.
    fn passage(&self, raw: &str) -> Vec<String> {
        let text = join_spaced_han(&normalise_passage(raw));
        let mut terms = Vec::with_capacity(text.len());
        for run in runs(&text) {
            match run {
                Run::Han(range) => {
                    let run = &text[range];
                    let words = self.jieba.cut(run, false);
                    terms.extend(words.iter().filter(|token| token.end - token.start > 2).map(|t| t.word.to_owned()));
                    let chars: Vec<Range<usize>> = run.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect();
                    terms.extend(chars.iter().map(|c| &run[c.clone()]).filter(|c| !self.is_stop(c)).map(str::to_owned));
                    terms.extend(chars.windows(2).map(|pair| run[pair[0].start..pair[1].end].to_owned()));
                }
                Run::Code(range) => terms.extend(codes(&text[range])),
            }
        }
        terms.extend(quantities(&text).into_iter().map(|found| found.term));
        terms.extend(document_numbers(&text));
        terms
    }

    /// The words of a prepared text in order, single characters among them; what is not Chinese is left out.
    pub(super) fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        for run in runs(text) {
            if let Run::Han(range) = run {
                words.extend(self.jieba.cut(&text[range], false).iter().map(|token| token.word.to_owned()));
            }
        }
        words
    }

    /// Tells whether the dictionary has a word.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.jieba.has_word(word)
    }
}

/// Whether `outer` holds all of `inner`.
fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The same as [`normalise`] without its limit in length.
fn normalise_passage(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while !rest.is_empty() {
        let cut = rest.char_indices().nth(PIECE_CHARS).map_or(rest.len(), |(at, _)| at);
        // Cutting behind punctuation or a space keeps codes and phrases in one piece.
        let cut = if cut == rest.len() {
            cut
        } else {
            rest[..cut]
                .char_indices()
                .rev()
                .find(|(_, c)| !c.is_alphanumeric())
                .map_or(cut, |(at, c)| at + c.len_utf8())
        };
        let piece = normalise(&rest[..cut]);
        if !text.is_empty() && rest[..cut].starts_with(char::is_whitespace) {
            text.push(' ');
        }
        text.push_str(&piece);
        if rest[..cut].ends_with(char::is_whitespace) {
            text.push(' ');
        }
        rest = &rest[cut..];
    }
    text
}

/// Removes spaces between Chinese characters: they do not separate anything there.
fn join_spaced_han(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_between =
            c == ' ' && joined.chars().next_back().is_some_and(is_han) && chars.peek().is_some_and(|c| is_han(*c));
        if !is_between {
            joined.push(c);
        }
    }
    joined
}

/// A stretch of text that is cut in its own way.
pub(super) enum Run {
    /// Chinese characters.
    Han(Range<usize>),
    /// Letters and digits, with single hyphens, dots, slashes and underscores inside.
    Code(Range<usize>),
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn is_code(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

/// Splits text into runs; everything else separates.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let mut end = start + first.len_utf8();
        if is_han(first) {
            while let Some((at, c)) = chars.next_if(|(_, c)| is_han(*c)) {
                end = at + c.len_utf8();
            }
            runs.push(Run::Han(start..end));
        } else if is_code(first) {
            while let Some((at, c)) = chars.next_if(|(at, c)| is_code(*c) || is_connector(text, *at, *c)) {
                end = at + c.len_utf8();
            }
            runs.push(Run::Code(start..end));
        }
    }
    runs
}

/// Whether the character at `at` joins the letters or digits on its two sides.
fn is_connector(text: &str, at: usize, c: char) -> bool {
    matches!(c, '-' | '.' | '_' | '/' | '\'')
        && text[at + c.len_utf8()..].chars().next().is_some_and(is_code)
        && text[..at].chars().next_back().is_some_and(is_code)
}

/// The terms of a code: the whole without connectors, and its parts where it has several.
///
/// `ppr-9087` yields `ppr9087`, `ppr` and `9087`, so any way of writing it finds any other. A decimal number stays whole.
fn codes(run: &str) -> Vec<String> {
    let is_decimal = run.split('.').count() == 2 && run.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_decimal {
        return vec![run.to_owned()];
    }
    let mut parts: Vec<String> = Vec::new();
    let mut last = None;
    for c in run.chars() {
        let sort = if c.is_numeric() {
            Some(true)
        } else if is_code(c) {
            Some(false)
        } else {
            None
        };
        if let Some(is_digit) = sort {
            match parts.last_mut() {
                Some(part) if last == Some(is_digit) => part.push(c),
                _ => parts.push(c.to_string()),
            }
        }
        last = sort;
    }
    if parts.len() > 1 {
        parts.push(parts.concat());
    }
    parts
}

/// Year and number of the documents named in a text: `〔2024〕12号` and `2023年第7号` yield `2024#12` and `2023#7`.
fn document_numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('号') {
        let before = text[..at].trim_end();
        let number_start = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let number = before[number_start..].trim_start_matches('0');
        if number.is_empty() || number.len() > 5 {
            continue;
        }
        let between = before[..number_start].trim_end_matches(|c: char| {
            c == ' ' || matches!(c, '第' | '年' | '〔' | '〕' | '[' | ']' | '(' | ')' | '【' | '】' | '<' | '>' | '#')
        });
        if between.len() == number_start {
            continue;
        }
        let year_start = between.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let year = &between[year_start..];
        if year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) {
            found.push(format!("{year}#{number}"));
        }
    }
    found
}

/// The analyzer as tantivy wants it, for passages.
#[derive(Clone)]
pub(super) struct PassageTokenizer(pub(super) Analyzer);

/// The sounds of a passage as tantivy wants them.
#[derive(Clone)]
pub(super) struct SoundTokenizer;

impl Tokenizer for SoundTokenizer {
    type TokenStream<'a> = PassageTokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PassageTokens {
        let text = join_spaced_han(&normalise_passage(text));
        PassageTokens { terms: sound::of_characters(&text).into_iter(), position: 0, token: Token::default() }
    }
}

impl Tokenizer for PassageTokenizer {
    type TokenStream<'a> = PassageTokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PassageTokens {
        PassageTokens { terms: self.0.passage(text).into_iter(), position: 0, token: Token::default() }
    }
}

/// The terms of one passage. Offsets are not given: nothing highlights from the index.
pub(super) struct PassageTokens {
    terms: std::vec::IntoIter<String>,
    position: usize,
    token: Token,
}

impl TokenStream for PassageTokens {
    fn advance(&mut self) -> bool {
        let Some(text) = self.terms.next() else { return false };
        self.token = Token { text, position: self.position, ..Token::default() };
        self.position += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
