//! Commands that people can type on every channel.

use crate::domain::commissioner::Role;

/// A command, written `/start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Command {
    /// What this is; also redeems invitations and opens deep links.
    Start,
    /// How it works.
    Help,
    /// A person is wanted.
    Human,
    /// How do my tickets stand.
    Progress,
    /// A commissioner goes away, until a day or until they say so.
    Leave,
    /// A commissioner is back.
    Back,
    /// What a supervisor should look at.
    Supervise,
    /// Figures of a week or another period, for supervisors.
    Figures,
    /// A supervisor hands over all open tickets of somebody.
    Handover,
    /// Forget what was talked about.
    New,
}

impl Command {
    /// Tells whether companies use it; the others are for the roster.
    #[must_use]
    pub fn is_for_companies(self) -> bool {
        !matches!(self, Self::Leave | Self::Back | Self::Supervise | Self::Figures | Self::Handover)
    }

    /// Tells whether somebody with this role on the roster uses it.
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Supervise | Self::Figures | Self::Handover => role != Role::Commissioner,
            _ => true,
        }
    }

    /// Reads `/word argument`, also `/word@bot argument`; `None` when the text is no known command.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::desk::command::Command;
    /// assert_eq!(Command::parse("/start invite-abc"), Some((Command::Start, "invite-abc")));
    /// assert_eq!(Command::parse("/help@zqt_bot"), Some((Command::Help, "")));
    /// assert_eq!(Command::parse("怎么办"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<(Self, &str)> {
        let line = text.trim().strip_prefix('/')?;
        let (word, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let word = word.split_once('@').map_or(word, |(word, _bot)| word).to_ascii_lowercase();
        Some((word.parse().ok()?, argument.trim()))
    }
}
