//! Messages as every channel understands them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::ticket::TicketNumber;

/// A way in and out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// The Telegram bot.
    Telegram,
    /// The web chat page.
    Web,
    /// The terminal, as a company.
    Terminal,
    /// A commissioner's own desk, for those without Telegram: the chat is the commissioner's id.
    Desk,
}

/// One conversation: a channel and the chat within it. Written `telegram:42`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatAddress {
    /// The channel.
    pub channel: Channel,
    /// The chat, in the channel's own terms.
    pub chat: String,
}

impl ChatAddress {
    /// The conversation `chat` on `channel`.
    pub fn new(channel: Channel, chat: impl Into<String>) -> Self {
        Self { channel, chat: chat.into() }
    }
}

impl fmt::Display for ChatAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel, self.chat)
    }
}

/// The text is not an address of the form `<channel>:<chat>`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address of the form channel:chat")]
pub struct AddressError;

impl FromStr for ChatAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (channel, chat) = text.split_once(':').ok_or(AddressError)?;
        let channel = channel.parse().map_err(|_unknown_channel| AddressError)?;
        if chat.is_empty() {
            return Err(AddressError);
        }
        Ok(Self::new(channel, chat))
    }
}

/// Something a person sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Unique over all channels, such as `telegram:8231`; the same id is handled once.
    pub id: String,
    /// Where it came from.
    pub chat: ChatAddress,
    /// The name shown beside the message, if any.
    pub sender: Option<String>,
    /// When it was received.
    pub at: Timestamp,
    /// What it says.
    pub body: Body,
    /// The message it replies to.
    pub reply_to: Option<Replied>,
    /// The thread of the supervisors' group in which it was said, if it was; then `chat` is the writer's own conversation.
    pub thread: Option<ThreadPlace>,
}

impl Incoming {
    /// What logs and people call it: see [`reference()`].
    #[must_use]
    pub fn reference(&self) -> String {
        reference(&self.id)
    }
}

/// What logs and people call a message, by its id: eight characters that lead to it, but say neither whose it is nor what it says.
#[must_use]
pub fn reference(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(4).fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"))
}

/// A message that is replied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replied {
    /// The channel's id of it.
    pub id: String,
    /// What it says, where the assistant has written it; empty otherwise. Of a message whose sending was not recorded, because a
    /// process died over it, the id is not known.
    pub words: String,
}

/// A thread (话题) of a group, as its channel names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadPlace {
    /// The group.
    pub group: String,
    /// The thread within it.
    pub thread: i64,
}

/// What an incoming message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Words, commands (`/start …`) included.
    Text(String),
    /// A pressed button's data; see [`super::press::Press`].
    Press(String),
    /// A photo, a file, a voice message and the like, with the words below it.
    Attached {
        /// What is attached.
        attachment: Attachment,
        /// The words; may be empty.
        caption: String,
    },
    /// An earlier message as it reads now.
    Corrected {
        /// Its words; may be empty where something is attached.
        words: String,
        /// What is attached.
        attachment: Option<Attachment>,
    },
    /// Something too large to be passed on; the name is for people.
    TooLarge(String),
    /// Something that can be neither read nor passed on, such as a poll; the name is for people.
    Unsupported(String),
}

/// What a message shows besides words. The channel it came from keeps the content; only what names it there is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// What names it in its channel; a position is written `latitude,longitude`.
    pub reference: String,
    /// The file's name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Kinds of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    Photo,
    /// A moving picture without sound.
    Animation,
    /// A file of any kind.
    Document,
    /// A spoken message.
    Voice,
    /// A film.
    Video,
    /// A short round film.
    VideoNote,
    /// Music or another recording.
    Audio,
    /// A position on the map.
    Location,
}

/// What one side of a ticket says to the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The text; may be empty where something is attached.
    pub text: String,
    /// What goes with it.
    pub attachment: Option<Attachment>,
    /// Whether it corrects something said before (更正).
    pub is_correction: bool,
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// Something the assistant says. Plain text; channels escape it for their own markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Where it goes.
    pub to: ChatAddress,
    /// What it says.
    pub text: String,
    /// Rows of buttons below it.
    pub buttons: Vec<Vec<Button>>,
    /// The ticket it is about: a reply to it belongs to that ticket.
    pub about: Option<TicketNumber>,
    /// What is shown with it; only for the channel that it came from.
    pub attachment: Option<Attachment>,
}

/// A button below a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What people read.
    pub label: String,
    /// What comes back when it is pressed; at most 64 bytes, as Telegram demands.
    pub data: String,
}
