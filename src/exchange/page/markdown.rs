//! Tags and texts → Markdown: headings, paragraphs, lists, tables, links.

use reqwest::Url;

use super::outline::Piece;
use super::table::Rows;

/// Deeper lists are flattened.
const DEEPEST_LIST: usize = 4;

/// Tables within tables beyond this are read as text.
const DEEPEST_TABLE: usize = 8;

/// Elements that begin a line of their own.
const BLOCKS: [&str; 22] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figure",
    "figcaption",
    "center",
];

/// `pieces` as Markdown, without a heading that only repeats `title`.
pub(super) fn markdown(pieces: &[Piece], title: Option<&str>, address: Option<&Url>) -> String {
    let mut writer = Writer { title, ..Writer::default() };
    for piece in pieces {
        match piece {
            Piece::Open { name, href, span, .. } => {
                let link = href.as_deref().and_then(|href| target(href, address));
                writer.open(name, link, *span);
            }
            Piece::Close { name } => writer.close(name),
            Piece::Text(text) => writer.text(text),
        }
    }
    writer.finish()
}

/// Where a link leads, if it leads to another page.
fn target(href: &str, address: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.starts_with('#') {
        return None;
    }
    let url = address.map_or_else(|| Url::parse(href), |address| address.join(href)).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https") && !url.as_str().contains(['(', ')', '<', '>']);
    is_plain.then(|| url.to_string())
}

#[derive(Default)]
struct Writer<'a> {
    title: Option<&'a str>,
    lines: Vec<String>,
    line: String,
    /// What begins the line: `## `, `- `.
    prefix: String,
    lists: Vec<Option<usize>>,
    tables: Vec<Rows>,
    link: Option<(usize, String)>,
}

impl Writer<'_> {
    fn open(&mut self, name: &str, link: Option<String>, span: (usize, usize)) {
        match name {
            "table" if self.tables.len() < DEEPEST_TABLE => {
                self.break_line();
                if let Some(outer) = self.tables.last_mut() {
                    outer.is_layout = true;
                }
                self.tables.push(Rows::default());
            }
            "tr" => self.in_table(Rows::begin_row),
            "td" | "th" => self.in_table(|rows| rows.begin_cell(span)),
            "br" | "hr" => self.break_line(),
            "ul" => self.list(None),
            "ol" => self.list(Some(0)),
            "li" => self.item(),
            "a" => self.link = link.map(|link| (self.line.len(), link)),
            _ if BLOCKS.contains(&name) => {
                self.break_line();
                if let Some(level) = heading_level(name) {
                    self.prefix = format!("{} ", "#".repeat(level));
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "table" => self.end_table(),
            "tr" => self.in_table(Rows::end_row),
            "td" | "th" => self.in_table(Rows::end_cell),
            "ul" | "ol" => {
                self.break_line();
                self.lists.pop();
            }
            "a" => self.end_link(),
            _ if BLOCKS.contains(&name) => self.break_line(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let text = escaped(text);
        if let Some(table) = self.tables.last_mut()
            && table.add(&text)
        {
            return;
        }
        self.line.push_str(&text);
    }

    fn in_table(&mut self, act: impl FnOnce(&mut Rows)) {
        match self.tables.last_mut() {
            Some(table) => act(table),
            None => self.break_line(),
        }
    }

    fn list(&mut self, numbers: Option<usize>) {
        self.break_line();
        if self.lists.len() < DEEPEST_LIST {
            self.lists.push(numbers);
        }
    }

    fn item(&mut self) {
        self.break_line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        self.prefix = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{indent}{number}. ")
            }
            _ => format!("{indent}- "),
        };
    }

    fn end_link(&mut self) {
        let Some((start, link)) = self.link.take() else { return };
        // Within a cell the line does not grow, and of a broken line the beginning is gone.
        if let Some(words) = self.line.get(start..).map(str::trim).filter(|words| !words.is_empty()) {
            let linked = format!("[{words}]({link})");
            self.line.truncate(start);
            self.line.push_str(&linked);
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let (rows, is_table) = table.finish();
        if !is_table {
            rows.into_iter().flatten().for_each(|cell| self.paragraph(&cell));
            return;
        }
        let mut lines = Vec::new();
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        for (at, mut row) in rows.into_iter().enumerate() {
            row.resize(width, String::new());
            lines.push(format!("| {} |", row.join(" | ")));
            if at == 0 {
                lines.push(format!("|{}", " --- |".repeat(width)));
            }
        }
        // In a cell of an outer table there are no lines; its rows are told one after another.
        if self.tables.last_mut().is_some_and(|outer| outer.add(&lines.join(" "))) {
            return;
        }
        self.lines.push(lines.join("\n"));
    }

    /// Ends the line, which becomes a paragraph; in a cell only a space.
    fn break_line(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.add(" ");
        }
        self.link = None;
        let (prefix, line) = (std::mem::take(&mut self.prefix), std::mem::take(&mut self.line));
        let line = tidy(&line);
        if line.is_empty() {
            // An item may begin with a block of its own.
            self.prefix = prefix;
            return;
        }
        if prefix.starts_with('#') && self.title.is_some_and(|title| tidy(&escaped(title)) == line) {
            return;
        }
        let line = if prefix.is_empty() { begun(&line) } else { line };
        let is_item = |line: &str| {
            line.trim_start().starts_with("- ")
                || line.trim_start().split_once(". ").is_some_and(|(n, _)| n.bytes().all(|b| b.is_ascii_digit()))
        };
        let text = prefix.clone() + &line;
        match self.lines.last_mut() {
            Some(last) if is_item(&prefix) && is_item(last) => {
                last.push('\n');
                last.push_str(&text);
            }
            _ => self.lines.push(text),
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.line.push_str(text);
        self.prefix.clear();
        self.break_line();
    }

    fn finish(mut self) -> String {
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.break_line();
        if self.lines.is_empty() { String::new() } else { self.lines.join("\n\n") + "\n" }
    }
}

/// Headings of pages begin below the document's title.
fn heading_level(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse::<usize>().ok()?;
    (1..=6).contains(&level).then(|| level.max(2))
}

/// Text that Markdown takes as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#') {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

/// One line: spaces run together, none between Chinese characters' ends, invisible signs gone.
fn tidy(line: &str) -> String {
    let visible: String =
        line.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A paragraph that does not look like the beginning of a list.
fn begun(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line[digits..].chars().next();
    if digits > 0 && matches!(after, Some('.' | ')')) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    if line.starts_with(['-', '+', '=']) { format!("\\{line}") } else { line.to_owned() }
}
