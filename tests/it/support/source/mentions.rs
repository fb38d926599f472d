//! Which crates and which parts of this crate a source file names, in `use` declarations and in paths.

use super::{Piece, Source, Token};

/// A crate, or a module below this crate's root, that is named somewhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) line: usize,
    pub(crate) head: String,
    /// Whether it is another crate.
    pub(crate) is_crate: bool,
}

/// Everything that `source` names; a path that begins with neither `crate`, `self`, `super` nor one of `crates` is local.
pub(crate) fn mentions(source: &Source, crates: &[String]) -> Vec<Mention> {
    let mut reader = Reader {
        tokens: &source.tokens,
        at: 0,
        modules: modules_of(&source.path),
        inner: Vec::new(),
        crates,
        found: Vec::new(),
    };
    reader.read();
    reader.found
}

/// The modules that the file at `path` lies in: `desk`, `scene` for `src/desk/scene/mod.rs`.
fn modules_of(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    match path {
        "lib" | "main" | "mod" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    modules: Vec<String>,
    /// Inline modules that are open: name and number of open braces outside of it.
    inner: Vec<(String, usize)>,
    crates: &'a [String],
    found: Vec<Mention>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut braces = 0_usize;
        while let Some(token) = self.tokens.get(self.at) {
            match &token.piece {
                Piece::Sign('{') => braces += 1,
                Piece::Sign('}') => {
                    braces = braces.saturating_sub(1);
                    self.inner.retain(|(_, outside)| *outside < braces);
                }
                Piece::Word(word) if word == "mod" && self.sign(2) == Some('{') => {
                    let name = self.word(1).unwrap_or_default().to_owned();
                    self.inner.push((name, braces));
                }
                Piece::Word(word) if word == "use" && self.sign(1) != Some('<') => {
                    self.at += 1;
                    self.use_tree(&mut Vec::new());
                    continue;
                }
                Piece::Word(_) if self.begins_path() => {
                    self.path();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn sign(&self, ahead: usize) -> Option<char> {
        match self.tokens.get(self.at + ahead)?.piece {
            Piece::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match &self.tokens.get(self.at + ahead)?.piece {
            Piece::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_separator(&self, ahead: usize) -> bool {
        self.sign(ahead) == Some(':') && self.sign(ahead + 1) == Some(':')
    }

    /// Whether the word here is followed by `::` and is neither a method (`.name::<T>()`) nor the middle of a path.
    fn begins_path(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map(|at| &self.tokens[at].piece);
        let is_colon = |back| before(back) == Some(&Piece::Sign(':'));
        // A leading `::` begins a path too; in the middle of one, a word or a closing `>` stands before it.
        let is_middle = is_colon(1) && is_colon(2) && matches!(before(3), Some(Piece::Word(_) | Piece::Sign('>')));
        self.is_separator(1) && before(1) != Some(&Piece::Sign('.')) && !is_middle
    }

    /// Reads `a::b::c` and notes it.
    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let mut segments = Vec::new();
        while let Some(word) = self.word(0) {
            segments.push(word.to_owned());
            self.at += 1;
            if !self.is_separator(0) {
                break;
            }
            self.at += 2;
        }
        self.note(line, &segments);
    }

    /// Reads one branch of a `use` declaration and notes its leaves; `before` is the path that leads to it.
    fn use_tree(&mut self, before: &mut Vec<String>) {
        let depth = before.len();
        loop {
            let line = self.tokens.get(self.at).map_or(0, |token| token.line);
            if let Some(word) = self.word(0) {
                before.push(word.to_owned());
                self.at += 1;
            } else if self.sign(0) == Some('{') {
                self.at += 1;
                while self.at < self.tokens.len() && self.sign(0) != Some('}') {
                    let begin = self.at;
                    self.use_tree(before);
                    self.at += usize::from(self.sign(0) == Some(',') || self.at == begin);
                }
                self.at += 1;
                break;
            } else if self.sign(0) == Some('*') {
                self.at += 1;
                self.note(line, before);
                break;
            } else if !self.is_separator(0) {
                break;
            }
            if self.is_separator(0) {
                self.at += 2;
            } else {
                self.note(line, before);
                self.at += if self.word(0) == Some("as") { 2 } else { 0 };
                break;
            }
        }
        before.truncate(depth);
    }

    fn note(&mut self, line: usize, segments: &[String]) {
        let Some(first) = segments.first() else { return };
        let climbs = segments.iter().take_while(|segment| *segment == "super").count();
        let here: Vec<_> = self.modules.iter().chain(self.inner.iter().map(|(name, _)| name)).cloned().collect();
        let inside = match first.as_str() {
            "crate" => segments[1..].to_vec(),
            "self" => [&here[..], &segments[1..]].concat(),
            "super" => [&here[..here.len().saturating_sub(climbs)], &segments[climbs..]].concat(),
            name if self.crates.iter().any(|known| known == name) => {
                self.found.push(Mention { line, head: name.to_owned(), is_crate: true });
                return;
            }
            _ => return,
        };
        if let Some(head) = inside.into_iter().next() {
            self.found.push(Mention { line, head, is_crate: false });
        }
    }
}
