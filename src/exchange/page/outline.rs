//! A page as a flat list of tags and texts, without what no reader sees.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// A tag or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Open {
        /// In lower case.
        name: String,
        /// The words of `id` and `class`, in lower case.
        marks: Vec<String>,
        /// Of a link.
        href: Option<String>,
        /// Columns and rows that a cell covers.
        span: (usize, usize),
    },
    Close {
        name: String,
    },
    Text(String),
}

impl Piece {
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The visible part of a page.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) pieces: Vec<Piece>,
    /// For every piece that opens something, the piece that closes it.
    closes: BTreeMap<usize, usize>,
    /// The `<title>`.
    pub(super) title: Option<String>,
    /// `<meta name="…" content="…">`, names in lower case; the first of a name counts.
    metas: BTreeMap<String, String>,
}

/// What holds no text for readers.
const UNSEEN: [&str; 20] = [
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "iframe", "svg", "button",
    "select", "object", "canvas", "dialog", "textarea", "video", "audio", "math",
];

/// Words of `id`, `class` and `role` that mark menus, paths, sharing bars and footers.
const BOILERPLATE: [&str; 24] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "position",
    "location",
    "header",
    "footer",
    "foot",
    "sidebar",
    "side",
    "share",
    "bdsharebuttonbox",
    "social-share",
    "related",
    "copyright",
    "print",
    "pagination",
    "banner",
    "contentinfo",
];

/// Elements without an end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// End tags are looked for among so many open elements; deeper nesting is nobody's layout.
const DEEPEST: usize = 200;

/// A cell covers at most so many columns or rows.
const WIDEST_SPAN: usize = 30;

impl Outline {
    pub(super) fn read(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut reading = Reading::default();
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => reading.open(&tag),
                Token::EndTag(tag) => reading.close(&lower(&tag.name)),
                Token::String(text) => reading.text(&String::from_utf8_lossy(&text)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        reading.outline
    }

    /// The content of the first of the metas called `names` that says anything.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .filter_map(|name| self.metas.get(*name))
            .map(|content| content.trim())
            .find(|content| !content.is_empty())
    }

    /// The piece at which what opens at `start` ends; the end of the page where it is never closed.
    pub(super) fn closed_at(&self, start: usize) -> usize {
        self.closes.get(&start).copied().unwrap_or(self.pieces.len())
    }
}

#[derive(Default)]
struct Reading {
    outline: Outline,
    /// Open elements: name, and where it stands among the pieces; `None` for what is not seen.
    open: Vec<(String, Option<usize>)>,
    /// How many of the open elements are not seen.
    unseen: usize,
    is_in_title: bool,
}

impl Reading {
    fn open(&mut self, tag: &StartTag<()>) {
        let name = lower(&tag.name);
        let attribute = |key: &[u8]| tag.attributes.get(key).map(|value| String::from_utf8_lossy(value).into_owned());
        if name == "meta" {
            let key = attribute(b"name").or_else(|| attribute(b"property"));
            if let (Some(key), Some(content)) = (key, attribute(b"content")) {
                self.outline.metas.entry(key.trim().to_lowercase()).or_insert(content);
            }
        }
        if name == "title" && self.outline.title.is_none() {
            self.is_in_title = true;
            return;
        }
        let words =
            [b"id".as_slice(), b"class", b"role"].into_iter().filter_map(attribute).collect::<Vec<_>>().join(" ");
        let marks: Vec<_> = words.split_whitespace().map(str::to_lowercase).collect();
        let is_hidden = attribute(b"hidden").is_some()
            || attribute(b"aria-hidden").is_some_and(|value| value == "true")
            || attribute(b"style").is_some_and(|style| style.replace(' ', "").to_lowercase().contains("display:none"));
        let is_unseen = is_hidden
            || UNSEEN.contains(&name.as_str())
            || marks.iter().any(|mark| BOILERPLATE.contains(&mark.as_str()));
        let is_void = VOID.contains(&name.as_str());
        let is_seen = self.unseen == 0 && !is_unseen;
        let at = is_seen.then_some(self.outline.pieces.len());
        if is_seen {
            let span = |key: &[u8]| attribute(key).and_then(|value| value.trim().parse().ok()).unwrap_or(1_usize);
            let span = (span(b"colspan").clamp(1, WIDEST_SPAN), span(b"rowspan").clamp(1, WIDEST_SPAN));
            self.outline.pieces.push(Piece::Open { name: name.clone(), marks, href: attribute(b"href"), span });
        }
        if !is_void {
            self.unseen += usize::from(!is_seen);
            self.open.push((name, at));
        }
    }

    fn close(&mut self, name: &str) {
        if name == "title" && self.is_in_title {
            self.is_in_title = false;
            return;
        }
        let depth = self.open.iter().rev().take(DEEPEST).position(|(open, _)| open == name);
        let Some(depth) = depth else { return };
        for (name, at) in self.open.drain(self.open.len() - depth - 1..).rev().collect::<Vec<_>>() {
            match at {
                Some(at) => {
                    self.outline.closes.insert(at, self.outline.pieces.len());
                    self.outline.pieces.push(Piece::Close { name });
                }
                None => self.unseen -= 1,
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_in_title {
            self.outline.title.get_or_insert_default().push_str(text);
        } else if self.unseen == 0 {
            self.outline.pieces.push(Piece::Text(text.to_owned()));
        }
    }
}

fn lower(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_lowercase()
}
