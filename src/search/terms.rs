//! Passages analysed on every core, in their order, for a writer that is one thread.
//!
//! Analysing takes as long as writing, and a single segment is written by one thread; so other threads analyse ahead of it. What
//! they hand over is one text a field with the terms joined by a separator, which [`JoinedTerms`] takes apart again.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::analyzer::{Analyzer, PassageTokenizer, SoundTokenizer};
use super::passage::Passage;
use super::schema::Kind;

/// Stands between joined terms; no term contains it, since terms are letters, digits and `#`.
const SEPARATOR: char = '\u{1f}';

/// Passages are handed over in blocks of so many.
const BLOCK: usize = 256;

/// Each thread analyses at most so many blocks ahead.
const AHEAD: usize = 4;

/// The terms of one passage.
pub(super) struct Terms {
    /// Of its text.
    pub(super) text: String,
    /// Of how it sounds; `None` where that is not looked up.
    pub(super) sound: Option<String>,
}

/// Analyses `passages` and gives the terms of each to `write`, in order, until it fails.
pub(super) fn in_order<E>(
    analyzer: &Analyzer,
    passages: &[Passage],
    mut write: impl FnMut(usize, &Passage, Terms) -> Result<(), E>,
) -> Result<(), E> {
    let blocks: Vec<&[Passage]> = passages.chunks(BLOCK).collect();
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(blocks.len()).max(1);
    thread::scope(|scope| {
        let analysed: Vec<Receiver<Vec<Terms>>> = (0..threads)
            .map(|first| {
                let (sender, receiver) = sync_channel(AHEAD);
                let mine: Vec<_> = blocks.iter().copied().skip(first).step_by(threads).collect();
                let (mut texts, mut sounds) = (PassageTokenizer(analyzer.clone()), SoundTokenizer);
                scope.spawn(move || {
                    for block in mine {
                        let terms = block.iter().map(|passage| analyse(passage, &mut texts, &mut sounds)).collect();
                        // Nobody listens any more where writing has failed.
                        if sender.send(terms).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for (number, block) in blocks.iter().enumerate() {
            // A thread that panicked has closed its channel; the scope passes the panic on.
            let Ok(terms) = analysed[number % threads].recv() else { break };
            for (at, (passage, terms)) in block.iter().zip(terms).enumerate() {
                write(number * BLOCK + at, passage, terms)?;
            }
        }
        Ok(())
    })
}

fn analyse(passage: &Passage, texts: &mut PassageTokenizer, sounds: &mut SoundTokenizer) -> Terms {
    let is_heard = matches!(passage.kind, Kind::Title | Kind::Question);
    Terms {
        text: joined(texts.token_stream(&passage.text)),
        sound: is_heard.then(|| joined(sounds.token_stream(&passage.text))),
    }
}

fn joined(mut terms: impl TokenStream) -> String {
    let mut joined = String::new();
    while terms.advance() {
        if !joined.is_empty() {
            joined.push(SEPARATOR);
        }
        joined.push_str(&terms.token().text);
    }
    joined
}

/// Takes joined terms apart.
#[derive(Clone)]
pub(super) struct JoinedTerms;

impl Tokenizer for JoinedTerms {
    type TokenStream<'a> = Parts<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Parts<'a> {
        Parts { rest: (!text.is_empty()).then_some(text), position: 0, token: Token::default() }
    }
}

/// The terms that were joined.
pub(super) struct Parts<'a> {
    rest: Option<&'a str>,
    position: usize,
    token: Token,
}

impl TokenStream for Parts<'_> {
    fn advance(&mut self) -> bool {
        let Some(rest) = self.rest else { return false };
        let (term, rest) = rest.split_once(SEPARATOR).map_or((rest, None), |(term, rest)| (term, Some(rest)));
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = self.position;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lexicon::Lexicon;

    fn tokens(mut stream: impl TokenStream) -> Vec<(String, usize)> {
        let mut tokens = Vec::new();
        while stream.advance() {
            tokens.push((stream.token().text.clone(), stream.token().position));
        }
        tokens
    }

    #[test]
    fn what_is_written_is_what_the_analyzer_gives_in_the_order_of_the_passages() {
        let analyzer = Analyzer::new(&Lexicon::default());
        let texts = ["财税〔2018〕76号，PPR-9087，1.5%", "", "公章丢了怎么补", "，。"];
        let passages: Vec<_> = (0..BLOCK * 5 + 3)
            .map(|number| Passage {
                owner: u32::try_from(number).unwrap(),
                kind: if number.is_multiple_of(2) { Kind::Question } else { Kind::Body },
                text: format!("{}{number}", texts[number % texts.len()]),
            })
            .collect();
        let mut next = 0;
        let written: Result<(), ()> = in_order(&analyzer, &passages, |at, passage, terms| {
            assert_eq!((at, passage.owner as usize), (next, next));
            let mut whole = PassageTokenizer(analyzer.clone());
            assert_eq!(tokens(JoinedTerms.token_stream(&terms.text)), tokens(whole.token_stream(&passage.text)));
            assert_eq!(terms.sound.is_some(), passage.kind == Kind::Question);
            next += 1;
            Ok(())
        });
        assert_eq!((written, next), (Ok(()), passages.len()));
        assert!(tokens(JoinedTerms.token_stream("")).is_empty());
    }

    #[test]
    fn a_failure_ends_it() {
        let passage = Passage { owner: 0, kind: Kind::Body, text: "公章".to_owned() };
        let passages = vec![passage; BLOCK * 40];
        let analyzer = Analyzer::new(&Lexicon::default());
        let failed = in_order(&analyzer, &passages, |at, _, _| if at == 300 { Err("full") } else { Ok(()) });
        assert_eq!(failed, Err("full"));
        assert_eq!(in_order(&analyzer, &[], |_, _, _| Err("nothing to write")), Ok(()));
    }
}
