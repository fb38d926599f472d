//! An HTML page → its title, what it says about itself, and its text as Markdown.
//!
//! Only text comes over: scripts, styles, forms, menus and footers are left behind, and whatever looks like markup in the text
//! is escaped. The page is read as a stream of tags, so neither deep nesting nor missing end tags can hurt.

mod markdown;
mod outline;
mod region;
mod table;

use reqwest::Url;

use outline::{Outline, Piece};

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its title, by its own account.
    pub title: Option<String>,
    /// When it was published, as written.
    pub published: Option<String>,
    /// Its main text as Markdown; headings from the second level down.
    pub markdown: String,
}

impl Page {
    /// Reads `html`; `address` is where it came from, against which its links are resolved.
    ///
    /// Never fails: of a page without text the Markdown is empty.
    #[must_use]
    pub fn read(html: &str, address: Option<&Url>) -> Self {
        let outline = Outline::read(html);
        let title = title(&outline);
        let main = region::main(&outline);
        Self {
            published: outline.meta(&["pubdate", "publishdate", "article:published_time"]).map(str::to_owned),
            markdown: markdown::markdown(&outline.pieces[main], title.as_deref(), address),
            title,
        }
    }
}

/// What the page's authors call it; the `<title>`, which often ends with the site's name, only where nothing better is there.
fn title(outline: &Outline) -> Option<String> {
    let named = outline.meta(&["articletitle", "og:title"]).map(str::to_owned);
    let heading = || {
        let start =
            outline.pieces.iter().position(|piece| matches!(piece, Piece::Open { name, .. } if name == "h1"))?;
        let end = outline.closed_at(start);
        Some(outline.pieces[start..end].iter().filter_map(Piece::text).collect::<String>())
    };
    let window = || {
        let title = outline.title.as_deref()?;
        // `文件名_网站名`, `文件名-网站名`: what stands first is the page.
        title.split(['_', '|', '｜']).map(str::trim).find(|part| !part.is_empty()).map(str::to_owned)
    };
    let tidy = |title: String| {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        (!title.is_empty()).then_some(title)
    };
    named.and_then(tidy).or_else(|| heading().and_then(tidy)).or_else(|| window().and_then(tidy))
}

#[cfg(test)]
mod tests;
