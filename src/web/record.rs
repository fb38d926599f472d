//! What a browser said, as it is kept in the inbox.

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::wording;
use crate::desk::message::{Body, Incoming};
use crate::desk::ports::Received;

/// The longest text that is taken.
pub(super) const MAX_CHARS: usize = 4_000;

/// The longest button data, as everywhere.
const MAX_PRESS_BYTES: usize = 64;

/// The longest button label that is kept for showing it again.
const MAX_LABEL_CHARS: usize = 200;

/// The payload of an inbox message of the web channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Said {
    /// Words, or a shortcut for a command with what it was called.
    Text {
        /// The words.
        text: String,
        /// What people read instead, for shortcuts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// A pressed button.
    Press {
        /// Its data.
        press: String,
        /// What it was called.
        label: String,
    },
}

impl Said {
    /// Takes words.
    ///
    /// # Errors
    ///
    /// Refuses texts without anything in them and those that are too long.
    pub(super) fn text(text: &str, label: Option<&str>) -> Result<Self, Refusal> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        check_text(text)?;
        Ok(Self::Text { text: text.to_owned(), label: label.map(short) })
    }

    /// Takes a pressed button; whether it may be pressed is the desk's to say.
    ///
    /// # Errors
    ///
    /// Refuses what no button carries.
    pub(super) fn press(press: &str, label: &str) -> Result<Self, Refusal> {
        if press.is_empty() || press.len() > MAX_PRESS_BYTES {
            return Err(Refusal::invalid("invalid_press", wording::WRONG_PRESS));
        }
        Ok(Self::Press { press: press.to_owned(), label: short(label) })
    }

    /// What people read when the conversation is shown again.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Text { text, label } => label.as_deref().unwrap_or(text),
            Self::Press { label, .. } => label,
        }
    }

    pub(super) fn from_payload(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}

/// Whether a text can be taken.
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid("empty_text", wording::EMPTY));
    }
    let chars = text.chars().count();
    if chars > MAX_CHARS {
        let message = wording::too_long(MAX_CHARS, chars);
        return Err(Refusal::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "text_too_long", message));
    }
    Ok(())
}

/// Reads a message of the web channel back from the inbox; `None` when it was not written by this part.
#[must_use]
pub fn parse(received: &Received) -> Option<Incoming> {
    let body = match Said::from_payload(&received.payload)? {
        Said::Text { text, .. } => Body::Text(text),
        Said::Press { press, .. } => Body::Press(press),
    };
    Some(Incoming {
        id: received.id.clone(),
        chat: received.chat.clone(),
        sender: None,
        at: received.at,
        body,
        reply_to: None,
        thread: None,
    })
}

fn short(label: &str) -> String {
    label.trim().chars().take(MAX_LABEL_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::desk::message::{Channel, ChatAddress};

    fn received(payload: &str) -> Received {
        Received {
            id: "web:a:1".to_owned(),
            chat: ChatAddress::new(Channel::Web, "a"),
            payload: payload.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_was_said_reads_back() {
        for (said, body) in [
            (Said::text(" 怎么注销\r\n公司 ", None), Body::Text("怎么注销\n公司".to_owned())),
            (Said::text("/human", Some("找专员")), Body::Text("/human".to_owned())),
            (Said::press("human:3", "找专员"), Body::Press("human:3".to_owned())),
        ] {
            let payload = serde_json::to_string(&said.unwrap()).unwrap();
            assert_eq!(parse(&received(&payload)).unwrap().body, body);
        }
    }

    #[test]
    fn what_cannot_be_taken_is_refused() {
        assert_eq!(Said::text(" \n ", None).unwrap_err().code, "empty_text");
        assert!(Said::text(&"字".repeat(MAX_CHARS), None).is_ok());
        assert_eq!(Said::text(&"字".repeat(MAX_CHARS + 1), None).unwrap_err().code, "text_too_long");
        assert_eq!(Said::press("", "x").unwrap_err().code, "invalid_press");
        assert_eq!(Said::press(&"x".repeat(65), "x").unwrap_err().code, "invalid_press");
        assert_eq!(parse(&received("{}")), None);
    }
}
