//! Rust sources as the tidy tests read them: a stream of words, signs and string literals, without comments.

pub(crate) mod mentions; // the crates and parts that a source names

use std::fs;
use std::path::Path;

/// One source file.
pub(crate) struct Source {
    /// Its path below the package, with slashes: `src/desk/mod.rs`.
    pub(crate) path: String,
    /// Its whole text.
    pub(crate) text: String,
    /// What it consists of, comments left out.
    pub(crate) tokens: Vec<Token>,
}

/// A piece of code, and the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) piece: Piece,
}

/// What a piece of code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// An identifier, keyword or number.
    Word(String),
    /// Anything else that is written as one character.
    Sign(char),
    /// The value of a string literal.
    Literal(String),
}

impl Source {
    /// Reads `text` as if it stood at `path`.
    pub(crate) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let tokens = Scanner { rest: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() }.scan();
        Self { path, text, tokens }
    }

    /// The tokens before the file's own tests, which stand at its end; none where the whole file serves tests.
    pub(crate) fn without_tests(&self) -> &[Token] {
        if self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.ends_with("/fixture.rs") {
            return &[];
        }
        let first_test = self.text.lines().position(|line| line.trim() == "#[cfg(test)]").map(|at| at + 1);
        let end = first_test.and_then(|first| self.tokens.iter().position(|token| token.line >= first));
        &self.tokens[..end.unwrap_or(self.tokens.len())]
    }

    /// String literals outside tests, each with its line.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (usize, &str)> {
        self.without_tests().iter().filter_map(|token| match &token.piece {
            Piece::Literal(text) => Some((token.line, text.as_str())),
            _ => None,
        })
    }
}

/// Every Rust file below `folder` of this package, in order of path.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    files(folder, "rs").into_iter().map(|(path, text)| Source::new(path, text)).collect()
}

/// The path and text of every file below `folder` of this package whose name ends in `.extension`, in order of path.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(Path::new(env!("CARGO_MANIFEST_DIR")), folder, extension, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no .{extension} file below {folder}");
    found
}

fn collect(package: &Path, folder: &str, extension: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(package.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}")) {
        let entry = entry.expect("the folder can be read");
        let name = entry.file_name().into_string().expect("file names are UTF-8");
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            collect(package, &path, extension, found);
        } else if Path::new(&name).extension().is_some_and(|ending| ending == extension) {
            let text = fs::read_to_string(entry.path()).unwrap_or_else(|error| panic!("{path}: {error}"));
            found.push((path, text));
        }
    }
}

struct Scanner {
    rest: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Scanner {
    fn scan(mut self) -> Vec<Token> {
        while let Some(c) = self.peek(0) {
            let line = self.line;
            let piece = match (c, self.peek(1)) {
                ('/', Some('/')) => {
                    self.skip_while(|c| c != '\n');
                    None
                }
                ('/', Some('*')) => {
                    self.skip_block_comment();
                    None
                }
                ('"', _) => {
                    self.next();
                    Some(Piece::Literal(self.literal()))
                }
                ('\'', _) => {
                    self.skip_character();
                    None
                }
                (c, _) if c.is_alphanumeric() || c == '_' => Some(self.word_or_literal()),
                (c, _) if c.is_whitespace() => {
                    self.next();
                    None
                }
                (c, _) => {
                    self.next();
                    Some(Piece::Sign(c))
                }
            };
            self.tokens.extend(piece.map(|piece| Token { line, piece }));
        }
        self.tokens
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    fn skip_while(&mut self, matches: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&matches) {
            self.next();
        }
    }

    /// Block comments nest.
    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.next(), self.peek(0)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => continue,
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    /// A character literal is passed over whole, of a lifetime only the quote.
    fn skip_character(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.next();
            self.next();
            self.skip_while(|c| c != '\'');
            self.next();
        } else if self.peek(1) == Some('\'') {
            self.next();
            self.next();
        }
    }

    /// A word, or a string literal with a prefix such as `r#`.
    fn word_or_literal(&mut self) -> Piece {
        let begin = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        let word: String = self.rest[begin..self.at].iter().collect();
        if matches!(word.as_str(), "b" | "c") && self.peek(0) == Some('"') {
            self.next();
            return Piece::Literal(self.literal());
        }
        if matches!(word.as_str(), "r" | "br" | "cr") {
            let hashes = self.rest[self.at..].iter().take_while(|c| **c == '#').count();
            if self.peek(hashes) == Some('"') {
                self.skip(hashes + 1);
                return Piece::Literal(self.raw_literal(hashes));
            }
        }
        Piece::Word(word)
    }

    /// The value up to the closing quote, which is consumed.
    fn literal(&mut self) -> String {
        let mut value = String::new();
        while let Some(c) = self.next() {
            match c {
                '"' => break,
                '\\' => match self.next() {
                    Some('n') => value.push('\n'),
                    Some('\n') => self.skip_while(char::is_whitespace),
                    Some(other) => value.push(other),
                    None => break,
                },
                other => value.push(other),
            }
        }
        value
    }

    fn raw_literal(&mut self, hashes: usize) -> String {
        let mut value = String::new();
        while let Some(c) = self.next() {
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.skip(hashes);
                break;
            }
            value.push(c);
        }
        value
    }
}
