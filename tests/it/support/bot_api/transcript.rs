//! Chats as text that people can read and snapshots can keep.

use std::fmt::Write as _;

use super::{
    chats::{Chat, Event},
    files::Medium,
    keyboard::{Action, Button},
    sent::SentMessage,
    state::State,
};

/// So much of a replied message is quoted.
const QUOTED_CHARS: usize = 12;

/// All chats in the order of their ids, each under its person's name.
///
/// Chats are told one after the other, because what happens in two of them has no fixed order.
pub(super) fn of_all(state: &State) -> String {
    let chats = state.chats.values();
    let told = chats.map(|chat| format!("== {} ({}) ==\n{}", chat.first_name, chat.id, of(chat)));
    told.collect::<Vec<_>>().join("\n\n")
}

/// One chat, a line for each thing that happened, as it was when it happened.
pub(super) fn of(chat: &Chat) -> String {
    chat.events.iter().map(|event| line(&chat.first_name, event)).collect::<Vec<_>>().join("\n")
}

fn line(person: &str, event: &Event) -> String {
    let who = |message: &SentMessage| match &message.member {
        Some(member) => member.clone(),
        None => if message.from_bot { "bot" } else { person }.to_owned(),
    };
    match event {
        Event::Said(message, replied) => {
            let replied = replied.as_ref().map(|replied| format!("re: {}", quote(replied)));
            let forwarded = message.forwarded.then(|| "forwarded".to_owned());
            let marks = replied.into_iter().chain(forwarded).map(|mark| format!(" ({mark})"));
            let marks: String = marks.collect();
            format!("{}{marks}:{}{}", who(message), shown(message), buttons(message))
        }
        Event::Edited(before, after) => {
            let text = if before.text == after.text { String::new() } else { shown(after) };
            format!("{} (edits {}):{text}{}", who(after), quote(before), buttons(after))
        }
        Event::Deleted(message) => format!("bot deletes: {}", quote(message)),
        Event::Press(who, button) => format!("{} presses [{button}]", who.as_deref().unwrap_or(person)),
        Event::Topic(verb, name) => format!("topic {verb} [{name}]"),
        Event::Notice(text) => format!("bot (notice): {text}"),
        Event::Blocked(true) => format!("{person} blocks the bot"),
        Event::Blocked(false) => format!("{person} starts the bot again"),
    }
}

/// Medium and text, each after a blank.
fn shown(message: &SentMessage) -> String {
    let medium = message.medium.map(|medium| format!(" {}", medium_mark(medium)));
    let mut shown = medium.unwrap_or_default();
    if !message.text.is_empty() {
        // Further lines stand below the first one, so that they cannot be taken for speakers.
        let _ = write!(shown, " {}", message.text.replace('\n', "\n    "));
    }
    shown
}

fn buttons(message: &SentMessage) -> String {
    let marks = message.buttons.iter().flatten().map(button_mark);
    marks.flat_map(|mark| [" ".to_owned(), mark]).collect()
}

fn medium_mark(medium: Medium) -> &'static str {
    match medium {
        Medium::Photo => "<photo>",
        Medium::Document => "<document>",
        Medium::Voice => "<voice>",
        Medium::Video => "<video>",
    }
}

fn button_mark(button: &Button) -> String {
    match &button.action {
        Action::Url(url) => format!("[{}]({url})", button.text),
        Action::Data(_) | Action::Say | Action::Other => format!("[{}]", button.text),
    }
}

/// Enough of a message to recognise it by.
fn quote(message: &SentMessage) -> String {
    let first_line = message.text.lines().next().unwrap_or_default();
    let mut quoted: String = first_line.chars().take(QUOTED_CHARS).collect();
    if quoted.is_empty() {
        return message.medium.map_or("", medium_mark).to_owned();
    }
    if quoted.len() < message.text.len() {
        quoted.push('…');
    }
    quoted
}
