//! Finds words that say what sort of message it is: cues of known classes, the longest one first.
//!
//! Routing and facets read messages through this: a table of words by class becomes a sequence of classes with what lies
//! between them. Longest match is what keeps 人工 apart from 人工智能: whoever lists the longer word takes it out of the way.

use aho_corasick::{AhoCorasick, MatchKind};

/// One stretch of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'t, C> {
    /// The class of the words; `None` for what no cue covers.
    pub class: Option<C>,
    /// The words.
    pub text: &'t str,
}

/// Cues by class, ready to be looked for.
#[derive(Debug)]
pub struct Cues<C> {
    finder: AhoCorasick,
    classes: Vec<C>,
}

impl<C: Copy> Cues<C> {
    /// Takes a table of classes with their words, written as one text with bars between them.
    ///
    /// A word that stands under several classes belongs to the first one.
    ///
    /// # Panics
    ///
    /// When the words are too many for a search automaton; the tables are part of the program and small.
    #[must_use]
    pub fn new(table: &[(C, &str)]) -> Self {
        let mut classes = Vec::new();
        let mut words = Vec::new();
        for (class, list) in table {
            for word in list.split('|').map(str::trim).filter(|word| !word.is_empty()) {
                classes.push(*class);
                words.push(word);
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&words)
            .expect("the tables are part of the program and small");
        Self { finder, classes }
    }

    /// Reads a message as pieces that make up the whole of it, in order.
    ///
    /// A cue in Latin letters counts only where it is a word of its own: `hi` is not in `high`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::cue::Cues;
    /// let cues = Cues::new(&[('p', "人工"), ('t', "人工智能")]);
    /// let classes: Vec<_> = cues.read("人工智能要人工").iter().map(|piece| piece.class).collect();
    /// assert_eq!(classes, [Some('t'), None, Some('p')]);
    /// ```
    #[must_use]
    pub fn read<'t>(&self, message: &'t str) -> Vec<Piece<'t, C>> {
        let mut pieces = Vec::new();
        let mut end = 0;
        for found in self.finder.find_iter(message) {
            if !is_word(message, found.start(), found.end()) {
                continue;
            }
            if end < found.start() {
                pieces.push(Piece { class: None, text: &message[end..found.start()] });
            }
            end = found.end();
            let class = self.classes.get(found.pattern().as_usize()).copied();
            pieces.push(Piece { class, text: &message[found.start()..end] });
        }
        if end < message.len() {
            pieces.push(Piece { class: None, text: &message[end..] });
        }
        pieces
    }
}

/// Tells whether a stretch does not cut a Latin word.
fn is_word(message: &str, start: usize, end: usize) -> bool {
    let bytes = message.as_bytes();
    let is_latin = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphabetic);
    let cuts = |outside: Option<&u8>, inside: Option<&u8>| is_latin(outside) && is_latin(inside);
    !cuts(start.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(start))
        && !cuts(bytes.get(end), end.checked_sub(1).and_then(|at| bytes.get(at)))
}

/// A normalised message without the spaces that people put between Chinese characters; Latin words keep theirs.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::cue::closed_up;
/// assert_eq!(closed_up("人 工 please help"), "人工please help");
/// ```
#[must_use]
pub fn closed_up(message: &str) -> String {
    let mut closed = String::with_capacity(message.len());
    let mut chars = message.chars().peekable();
    while let Some(c) = chars.next() {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if c != ' ' || joins(closed.chars().next_back()) && joins(chars.peek().copied()) {
            closed.push(c);
        }
    }
    closed
}

/// How many letters, digits and Chinese characters a text holds.
#[must_use]
pub fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}
