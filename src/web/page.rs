//! The chat page.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;

use super::assets::{ICON, SCRIPT, STYLE};
use super::record::{MAX_CHARS, Said};
use super::refusal::Refusal;
use super::turn::chain;
use super::visitor::Visitor;
use super::{Web, wording};
use crate::desk::message::Button;
use crate::desk::ports::Line;
use crate::desk::wording::{moment, talk};

/// Lines of the conversation that are shown again.
pub(super) const LINES_SHOWN: u32 = 60;

/// What a page brings besides the conversation.
pub(super) struct Draft {
    pub(super) status: StatusCode,
    /// A sentence of the page itself.
    pub(super) notice: Option<String>,
    /// Words that were not sent.
    pub(super) text: String,
}

#[derive(Template)]
#[template(path = "chat.html")]
struct Page<'a> {
    style: String,
    script: String,
    icon: String,
    messages: Vec<MessageView>,
    /// The last message that the page knows.
    after: i64,
    /// Makes what the page's forms send unique.
    form_id: String,
    notice: Option<String>,
    draft: String,
    examples: &'a [String],
    shortcuts: &'static [(&'static str, &'static str)],
    max_chars: usize,
}

struct MessageView {
    is_own: bool,
    paragraphs: Vec<Paragraph>,
    buttons: Vec<Vec<Button>>,
    /// When, for people; empty for what the page itself says.
    when: String,
    /// When, for programs.
    instant: String,
}

/// A line of a message and what it looks like; `chat.js` does the same.
struct Paragraph {
    class: &'static str,
    text: String,
}

/// `GET /`
pub(super) async fn show(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Refusal> {
    let visitor = Visitor::of(&headers, &web)?;
    Ok(web.page_with(&visitor, Draft { status: StatusCode::OK, notice: None, text: String::new() }).await)
}

impl Web {
    /// The page with the conversation so far. When that cannot be read, it says so and works all the same.
    pub(super) async fn page_with(&self, visitor: &Visitor, draft: Draft) -> Response {
        let history = self.0.store.history(&visitor.session.chat(), LINES_SHOWN).await;
        let (lines, trouble) = match history {
            Ok(lines) => (lines, None),
            Err(cause) => {
                tracing::warn!(error = chain(&cause), "a conversation could not be read");
                (Vec::new(), Some(wording::HISTORY_UNAVAILABLE.to_owned()))
            }
        };
        let now = self.0.clock.now();
        let page = Page {
            style: STYLE.address(),
            script: SCRIPT.address(),
            icon: ICON.address(),
            after: lines.iter().filter_map(|line| line.outbox_id).max().unwrap_or(0),
            messages: lines.into_iter().map(|line| MessageView::new(line, now)).collect(),
            form_id: super::session::random_hex().unwrap_or_default().chars().take(32).collect(),
            notice: draft.notice.or(trouble),
            draft: draft.text,
            examples: &self.0.config.examples,
            shortcuts: &wording::SHORTCUTS,
            max_chars: MAX_CHARS,
        };
        match page.render() {
            Ok(html) => visitor.welcome((draft.status, Html(html)).into_response()),
            Err(cause) => {
                tracing::error!(error = %cause, "the page could not be rendered");
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", wording::BROKEN).into_response()
            }
        }
    }
}

impl Page<'_> {
    fn welcome() -> Vec<Paragraph> {
        paragraphs(&talk::welcome())
    }
}

impl MessageView {
    fn new(line: Line, now: Timestamp) -> Self {
        let is_own = line.outbox_id.is_none();
        let text = if is_own {
            Said::from_payload(&line.text)
                .map_or_else(|| wording::UNREADABLE_LINE.to_owned(), |said| said.shown().to_owned())
        } else {
            line.text
        };
        Self {
            is_own,
            paragraphs: if is_own { vec![Paragraph { class: "", text }] } else { paragraphs(&text) },
            buttons: line.buttons,
            when: moment(line.at, now),
            instant: line.at.to_string(),
        }
    }
}

fn paragraphs(text: &str) -> Vec<Paragraph> {
    let before = std::iter::once("").chain(text.lines());
    text.lines()
        .zip(before)
        .map(|(line, before)| Paragraph { class: class(before.is_empty(), line), text: line.to_owned() })
        .collect()
}

/// What a line looks like; several answers in one message are parted by an empty line.
fn class(begins: bool, line: &str) -> &'static str {
    if begins && line.starts_with('【') {
        "title"
    } else if line.starts_with("请注意：") {
        "caution"
    } else if line.starts_with("依据：") || line.starts_with("效力：") || line.starts_with("核实日期：") {
        "source"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_look_like_what_they_are() {
        let classes: Vec<_> =
            paragraphs("【标题】\n请注意：已到期。\n正文\n【不是标题】\n依据：《办法》\n效力：已到期。\n\n【第二题】")
                .iter()
                .map(|line| line.class)
                .collect();
        assert_eq!(classes, ["title", "caution", "", "", "source", "source", "", "title"]);
    }
}
